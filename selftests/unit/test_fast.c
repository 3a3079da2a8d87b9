// SPDX-License-Identifier: GPL-2.0
/*
 * The fast paths: they act only on a clean mirror, count what the long way
 * would count, and otherwise leave everything as it was.
 */
#include "fast.h"
#include "unit.h"
#include "world.h"

static struct world *w;
static struct pgdm_cache *c;

static void start(unsigned int pages)
{
	w = world_create(2, 2, 3, pages);
	c = w->cache[0];
}

/* Returns NULL, and has written nothing. */
static bool declines_switch(unsigned int which)
{
	const struct pgdm_mirror *loaded = c->loaded;
	struct pgdm_stats before = c->stats;

	CHECK(!pgdm_fast_switch(c, world_root(w, which)));
	CHECK(c->loaded == loaded);
	CHECK(!memcmp(&before, &c->stats, sizeof(before)));
	return true;
}

static bool declines_flush(void)
{
	struct pgdm_stats before = c->stats;

	CHECK(!pgdm_fast_flush(c));
	CHECK(!memcmp(&before, &c->stats, sizeof(before)));
	return true;
}

static bool switch_loads_a_clean_mirror(void)
{
	struct pgdm_mirror *m;

	start(1);
	m = world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	CHECK(pgdm_fast_switch(c, world_root(w, 0)) == m);
	CHECK(c->loaded == m);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_switches), 3);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 1);
	world_destroy(w);
	return true;
}

static bool switch_declines_what_has_no_mirror(void)
{
	start(1);
	world_switch(w, 0, 0);
	CHECK(declines_switch(1));
	/* Evicted: the root is another's now. */
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
	CHECK(declines_switch(0));
	world_destroy(w);
	return true;
}

static bool switch_declines_a_dirty_mirror(void)
{
	start(1);
	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	world_write(w, 1, 0, 3, ENTRY(3));
	CHECK(declines_switch(0));
	w->fast = true;
	world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK(pgdm_fast_switch(c, world_root(w, 0)));
	world_destroy(w);
	return true;
}

/* H1 and N1 */
static bool misses_and_poison_are_not_clean(void)
{
	start(1);
	world_switch(w, 0, 0);
	w->epoch++;
	CHECK(declines_switch(0));
	CHECK(declines_flush());
	pgdm_epoch.complete = w->epoch;
	world_flush(w, 0);
	CHECK(pgdm_fast_flush(c));
	c->mirror[0].epoch = PGDM_EPOCH_POISON;
	CHECK(declines_switch(0));
	CHECK(declines_flush());
	world_destroy(w);
	return true;
}

static bool forgotten_and_dying_primaries_are_declined(void)
{
	start(1);
	world_switch(w, 0, 0);
	w->primary[0]->dead = 1;
	CHECK(declines_switch(0));
	pgdm_mirrors_forget(w->primary[0]);
	CHECK(declines_switch(0));
	CHECK(declines_flush());
	CHECK(!pgdm_fast_fault(c, 3));
	world_destroy(w);
	return true;
}

/* The root came back as another mm's: the old mirror has no primary. */
static bool root_used_again(void)
{
	struct pgdm_mirror *m;

	start(1);
	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	pgdm_mirrors_forget(w->primary[0]);
	world_bear(w, 0, 77);
	CHECK(declines_switch(0));
	m = world_switch(w, 0, 0);
	CHECK_EQUAL(m->id, 77);
	CHECK(pgdm_fast_switch(c, world_root(w, 0)) == m);
	world_destroy(w);
	return true;
}

static bool flush_of_a_clean_mirror(void)
{
	start(2);
	world_switch(w, 0, 0);
	CHECK(pgdm_fast_flush(c));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_flush_receipts), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 1);
	world_write(w, 1, 0, 3, 0);
	CHECK(declines_flush());
	world_destroy(w);
	return true;
}

/* S4: the entry is compared, whatever the sequence says. */
static bool fault_looks_at_the_entry(void)
{
	start(2);
	world_switch(w, 0, 0);
	world_write(w, 1, 0, 3, ENTRY(3));
	CHECK(pgdm_fast_fault(c, 4));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_seen), 1);
	CHECK(!pgdm_fast_fault(c, 3));
	world_flush(w, 0);
	CHECK(pgdm_fast_fault(c, 3));
	w->primary[0]->page[1][3] = 0;
	CHECK(!pgdm_fast_fault(c, 3));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_fixed), 0);
	/* N1: a fault inside a sync takes the long way. */
	c->busy = true;
	CHECK(!pgdm_fast_fault(c, 5));
	world_destroy(w);
	return true;
}

static bool other_policies_take_the_long_way(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		start(1);
		pgdm_policy_in_force = pgdm_policies[i];
		world_switch(w, 0, 0);
		CHECK_EQUAL(pgdm_fast_flush(c), pgdm_policies[i]->skips_clean);
		CHECK_EQUAL(pgdm_fast_fault(c, 1),
			    pgdm_policies[i]->skips_clean);
		CHECK_EQUAL(!!pgdm_fast_switch(c, world_root(w, 0)),
			    pgdm_policies[i]->skips_clean);
		world_destroy(w);
	}
	CHECK(pgdm_policy_dirty.skips_clean);
	CHECK(!pgdm_policy_always.skips_clean);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(switch_loads_a_clean_mirror),
	UNIT_TEST(switch_declines_what_has_no_mirror),
	UNIT_TEST(switch_declines_a_dirty_mirror),
	UNIT_TEST(misses_and_poison_are_not_clean),
	UNIT_TEST(forgotten_and_dying_primaries_are_declined),
	UNIT_TEST(root_used_again),
	UNIT_TEST(flush_of_a_clean_mirror),
	UNIT_TEST(fault_looks_at_the_entry),
	UNIT_TEST(other_policies_take_the_long_way),
};

UNIT_SUITE(fast);
