// SPDX-License-Identifier: GPL-2.0
/*
 * The seeded bugs once more: among all interleavings of a race that goes well
 * without the bug (test_interleave.c) one goes wrong with it. The test does not
 * depend on where the window is.
 */
#include "bug.h"
#include "races.h"
#include "unit.h"
#include "world.h"

/* The bugs of the table's last column: a test each. */
#define FOUND(X) \
	X(publish_first) \
	X(lost_publish) \
	X(user_half_late) \
	X(no_write_through) \
	X(join_late) \
	X(no_kernel_repeat) \
	X(late_sequence) \
	X(skip_flush_sync) \
	X(skip_fault_sync) \
	X(ignore_overrun) \
	X(late_lower) \
	X(scan_first) \
	X(plain_attach) \
	X(change_early) \
	X(mark_late) \
	X(unmark_early) \
	X(keep_leftover) \
	X(ignore_kernel_write) \
	X(count_late) \
	X(skip_own_entries) \
	X(own_too_far) \
	X(unmark_first) \
	X(no_second_look) \
	X(copy_unmarked) \
	X(no_second_copy) \
	X(trust_mark)

/* None is without a race that finds it, and none without a test. */
#define FOUND_BIT(bug)		| FINDS(bug)
#define RACE_FINDS(name, text, policy, setup, owner, writer, third,	\
		   must_hold, preemptions, delays, finds)		\
				| (finds)
static_assert((0 FOUND(FOUND_BIT)) == (0 RACES(RACE_FINDS)));

static bool finds(const struct sim_scenario *race, enum pgdm_bug bug)
{
	bool found;

	pgdm_bugs = BIT(bug);
	found = sim_finds_failure(race);
	pgdm_bugs = 0;
	if (!found)
		unit_note("bug %u is not found by %s", bug, race->name);
	return found;
}

/* Each race that has the bug in its row must find it. */
static bool is_found(enum pgdm_bug bug)
{
	unsigned int i;

	for (i = 0; i < NR_RACES; i++)
		if (races[i].finds & BIT(bug))
			CHECK(finds(&races[i].scenario, bug));
	return true;
}

#define FOUND_TEST(bug)							\
static bool bug(void)							\
{									\
	return is_found(PGDM_BUG_##bug);				\
}

FOUND(FOUND_TEST)

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

#define FOUND_ROW(bug)	UNIT_TEST(bug),

static const struct unit_test tests[] = {
	FOUND(FOUND_ROW)
	UNIT_TEST(no_poison),
};

UNIT_SUITE(bugs_interleave);
