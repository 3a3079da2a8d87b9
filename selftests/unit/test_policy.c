// SPDX-License-Identifier: GPL-2.0
/*
 * The policies: names, what each does at each sync point, changes of policy.
 */
#include "unit.h"
#include "world.h"

static bool table_is_consistent(void)
{
	unsigned int i;

	CHECK(pgdm_nr_policies <= PGDM_NR_POLICIES_MAX);
	for (i = 0; i < pgdm_nr_policies; i++) {
		CHECK_EQUAL(pgdm_policies[i]->number, i);
		CHECK(pgdm_policy_find(pgdm_policies[i]->name) ==
		      pgdm_policies[i]);
	}
	return true;
}

static bool names_are_exact(void)
{
	CHECK(pgdm_policy_find("always") == &pgdm_policy_always);
	CHECK(pgdm_policy_find("dirty") == &pgdm_policy_dirty);
	CHECK(!pgdm_policy_find(""));
	CHECK(!pgdm_policy_find("Dirty"));
	CHECK(!pgdm_policy_find("dirty "));
	CHECK(!pgdm_policy_find("alway"));
	CHECK(!pgdm_policy_find("always-"));
	return true;
}

/* Copied words at a switch, a flush and a fault, with nothing to do. */
static bool always_copies_all_at_every_point(void)
{
	struct world *w = world_create(1, 2, 1, 2);

	pgdm_engine.policy = &pgdm_policy_always;
	world_switch(w, 0, 0);
	world_switch(w, 0, 0);
	world_flush(w, 0);
	world_fault(w, 0, 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 4);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_bytes_copied), 4 * 8192);
	world_destroy(w);
	return true;
}

static bool dirty_copies_nothing_twice(void)
{
	struct world *w = world_create(1, 2, 1, 2);

	world_switch(w, 0, 0);
	world_write(w, 0, 0, 3, ENTRY(3));
	world_switch(w, 0, 0);
	world_switch(w, 0, 0);
	world_flush(w, 0);
	world_fault(w, 0, 3);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_dirty), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 3);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_copied), 1024 + 2);
	world_destroy(w);
	return true;
}

/* Every policy leaves the loaded mirror right at each sync point. */
static bool every_policy_syncs(void)
{
	unsigned int i;

	for (i = 0; i < pgdm_nr_policies; i++) {
		struct world *w = world_create(1, 2, 1, 2);
		struct pgdm_mirror *m;

		pgdm_engine.policy = pgdm_policies[i];
		m = world_switch(w, 0, 0);
		world_write(w, 0, 0, 3, ENTRY(3));
		world_flush(w, 0);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		world_write(w, 0, 0, 4, ENTRY(3));
		world_fault(w, 0, 4);
		CHECK_EQUAL(pgdm_mirror_lacks(m, w->primary[0], 4),
			    pgdm_policies[i] == &pgdm_policy_flush_only);
		world_write(w, 0, 0, 5, ENTRY(3));
		world_switch(w, 0, 0);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		CHECK_EQUAL(w->sync[0].policy, i);
		world_destroy(w);
	}
	return true;
}

/*
 *	always		dirty			always		dirty
 *	attach, full	2 writes: 2 words	full		write: 1 word
 */
static bool policies_change_in_between(void)
{
	struct world *w = world_create(1, 2, 1, 1);
	struct pgdm_mirror *m;

	pgdm_engine.policy = &pgdm_policy_always;
	m = world_switch(w, 0, 0);
	world_write(w, 0, 0, 1, ENTRY(1));
	pgdm_engine.policy = &pgdm_policy_dirty;
	world_write(w, 0, 0, 2, ENTRY(2));
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(w->sync[0].copied.words, 2);
	world_write(w, 0, 0, 3, ENTRY(3));
	pgdm_engine.policy = &pgdm_policy_always;
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	pgdm_engine.policy = &pgdm_policy_dirty;
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	world_write(w, 0, 0, 4, ENTRY(4));
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.words, 1);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(table_is_consistent),
	UNIT_TEST(names_are_exact),
	UNIT_TEST(always_copies_all_at_every_point),
	UNIT_TEST(dirty_copies_nothing_twice),
	UNIT_TEST(every_policy_syncs),
	UNIT_TEST(policies_change_in_between),
};

UNIT_SUITE(policy);
