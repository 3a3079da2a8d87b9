// SPDX-License-Identifier: GPL-2.0
/*
 * The seeded bugs once more: among all interleavings of a race that goes well
 * without the bug (test_interleave.c) one goes wrong with it. Nobody tells the
 * test where the window is.
 */
#include "bug.h"
#include "races.h"
#include "unit.h"
#include "world.h"

static bool is_found(enum pgdm_bug bug, const struct sim_scenario *race)
{
	bool found;

	pgdm_bugs = BIT(bug);
	found = sim_finds_failure(race);
	pgdm_bugs = 0;
	if (!found)
		unit_note("bug %u is not found by %s", bug, race->name);
	return found;
}

#define FOUND_TEST(bug, ...)						\
static bool bug(void)							\
{									\
	static const struct sim_scenario *const races[] = { __VA_ARGS__ }; \
	unsigned int i;							\
									\
	for (i = 0; i < ARRAY_SIZE(races); i++)		\
		CHECK(is_found(PGDM_BUG_##bug, races[i]));		\
	return true;							\
}

FOUND_TEST(publish_first, &race_write_dirty_sync, &race_audit_write,
	   &race_removal_flush, &race_removal_switch)
FOUND_TEST(lost_publish, &race_write_dirty_sync, &race_audit_write)
FOUND_TEST(user_half_late, &race_write_dirty_sync, &race_audit_write)
FOUND_TEST(no_write_through, &race_kernel_write_claim,
	   &race_audit_kernel_write)
FOUND_TEST(join_late, &race_kernel_write_claim, &race_forget_claim,
	   &race_forget_two_claims, &race_flag_write_claim,
	   &race_eager_write_claim)
FOUND_TEST(no_kernel_repeat, &race_kernel_write_claim)
FOUND_TEST(late_sequence, &race_write_full_sync, &race_two_writers_dirty_sync)
FOUND_TEST(skip_flush_sync, &race_removal_flush)
FOUND_TEST(skip_fault_sync, &race_write_fault)
FOUND_TEST(ignore_overrun, &race_writers_lap_the_ring)
FOUND_TEST(late_lower, &race_flag_write_flush)
FOUND_TEST(scan_first, &race_eager_write_claim, &race_flag_write_flush)
FOUND_TEST(plain_attach, &race_eager_write_claim, &race_eager_writes_full_sync,
	   &race_eager_removal_fault)
FOUND_TEST(change_early, &race_change_to_flag)

/* --- N1: an NMI at each step of a flush's sync --------------------------- */

static struct world *w;
static bool was_named;

static void nmi(void)
{
	struct pgdm_sync sync;

	WRITE_ONCE(w->primary[0]->page[0][9], ENTRY(9));
	was_named = w->cache[0]->syncing;
	pgdm_cache_fault(w->cache[0], 9, &sync);
}

static void flush(void)
{
	world_flush(w, 0);
}

/* Is the entry there after this sync or the next, wherever the NMI came? */
static bool nmis_are_harmless(void)
{
	unsigned int step, steps = 1;
	bool ok = true;

	for (step = 0; step < steps; step++) {
		w = world_create(2, 2, 1, 1);
		world_switch(w, 0, 0);
		world_write(w, 1, 0, 1, ENTRY(1));
		was_named = false;
		sim_watch(w->primary[0], sizeof(*w->primary[0]));
		sim_watch(&w->cache[0]->busy, sizeof(bool));
		sim_watch(&w->cache[0]->syncing, sizeof(void *));
		steps = sim_interrupt(step, flush, nmi);
		world_flush(w, 0);
		if (was_named)
			ok &= !world_differences(w->cache[0]->loaded,
						 w->primary[0]);
		world_destroy(w);
	}
	return ok;
}

static bool no_poison(void)
{
	bool without = nmis_are_harmless(), with;

	pgdm_bugs = BIT(PGDM_BUG_no_poison);
	with = nmis_are_harmless();
	pgdm_bugs = 0;
	CHECK(without);
	CHECK(!with);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(publish_first),
	UNIT_TEST(lost_publish),
	UNIT_TEST(user_half_late),
	UNIT_TEST(no_write_through),
	UNIT_TEST(join_late),
	UNIT_TEST(no_kernel_repeat),
	UNIT_TEST(late_sequence),
	UNIT_TEST(skip_flush_sync),
	UNIT_TEST(skip_fault_sync),
	UNIT_TEST(ignore_overrun),
	UNIT_TEST(late_lower),
	UNIT_TEST(scan_first),
	UNIT_TEST(plain_attach),
	UNIT_TEST(change_early),
	UNIT_TEST(no_poison),
};

UNIT_SUITE(bugs_interleave);
