// SPDX-License-Identifier: GPL-2.0
/*
 * The writer's own CPU: under dirty it stores into the mirror that it has loaded.
 */
#include "fast.h"
#include "unit.h"
#include "world.h"

static struct world *w;
static struct pgdm_primary *p;
static struct pgdm_mirror *m;

/* CPU 0 runs in the mm that is written; CPUs 1 and 2 do not, until a test says so. */
static void start(unsigned int pages)
{
	w = world_create(3, 2, 3, pages);
	p = w->primary[0];
	m = world_switch(w, 0, 0);
}

static bool is_clean(void)
{
	struct pgdm_audit found;

	CHECK_EQUAL(m->seen, pgdm_primary_seq(p));
	CHECK_EQUAL(world_differences(m, p), 0);
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	return true;
}

/* No fault, no copy at the next switch; the mark is there. */
static bool addition_leaves_it_clean(void)
{
	start(1);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK(!pgdm_mirror_lacks(m, p, 3));
	CHECK_EQUAL(m->page[0][3], ENTRY(3));
	CHECK(pgdm_marks_have(m->marks, 3));
	CHECK_EQUAL(m->seen, 1);
	CHECK(is_clean());
	world_fault(w, 0, 3);
	CHECK(!w->sync[0].fixed);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_own_stores), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_dirty), 1);
	world_destroy(w);
	return true;
}

static bool pair_gets_both_words(void)
{
	start(2);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK_EQUAL(m->page[PGDM_KERNEL_PAGE][3], ENTRY(3) | PGDM_ENTRY_NX);
	CHECK_EQUAL(m->page[PGDM_USER_PAGE][3], ENTRY(3));
	CHECK(is_clean());
	/* A write of one table leaves the other one alone. */
	world_write_user_page(w, 0, 0, 3, ENTRY(4));
	CHECK_EQUAL(m->page[PGDM_KERNEL_PAGE][3], ENTRY(3) | PGDM_ENTRY_NX);
	CHECK_EQUAL(m->page[PGDM_USER_PAGE][3], ENTRY(4));
	CHECK(is_clean());
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_own_stores), 3);
	world_destroy(w);
	return true;
}

/* S5: nothing leads to the table when the hook is over; the other CPU has to sync. */
static bool removal_is_stored_at_once(void)
{
	const u64 table = ENTRY(99) & PGDM_ENTRY_ADDR;

	start(2);
	world_write(w, 0, 0, 3, ENTRY(99));
	world_switch(w, 1, 0);
	CHECK_EQUAL(world_find_reaching(p, table), 0);
	world_write(w, 0, 0, 3, 0);
	CHECK_EQUAL(world_find_reaching(p, table), 1);
	CHECK(is_clean());
	world_flush(w, 1);
	CHECK_EQUAL(world_find_reaching(p, table), -1);
	CHECK(!pgdm_marks_have(m->marks, 3));
	CHECK(!pgdm_marks_have(p->marks, 3));
	world_destroy(w);
	return true;
}

/* It lacked an older change: the entry is there, and the sequence is as it was. */
static bool behind_stays_behind(void)
{
	struct pgdm_audit found;

	start(2);
	world_write(w, 1, 0, 3, ENTRY(3));
	world_write(w, 0, 0, 4, ENTRY(4));
	CHECK_EQUAL(m->seen, 0);
	CHECK(!pgdm_mirror_lacks(m, p, 4));
	CHECK(pgdm_mirror_lacks(m, p, 3));
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 2);
	world_flush(w, 0);
	/* Its own entry is there already. */
	CHECK_EQUAL(w->sync[0].copied.words, 2);
	CHECK(is_clean());
	/* From here on it follows again. */
	world_write(w, 0, 0, 5, ENTRY(5));
	CHECK_EQUAL(m->seen, 3);
	CHECK(is_clean());
	world_destroy(w);
	return true;
}

/* However many it adds, no record is needed. */
static bool many_leave_it_clean(void)
{
	unsigned int i;

	start(2);
	for (i = 0; i < 5 * PGDM_RING; i++)
		world_write(w, 0, 0, i % 256, i % 3 ? ENTRY(i) : 0);
	CHECK(is_clean());
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_dirty), 1);
	world_destroy(w);
	return true;
}

/* The CPU has the mm's mirror, and another one loaded. */
static bool mirrors_that_are_not_loaded_are_left_alone(void)
{
	struct pgdm_mirror *other;

	start(1);
	other = world_switch(w, 0, 1);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK(pgdm_mirror_lacks(m, p, 3));
	CHECK_EQUAL(m->seen, 0);
	CHECK_EQUAL(other->page[0][3], 0);
	CHECK(!pgdm_marks_have(other->marks, 3));
	CHECK_EQUAL(other->seen, 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_own_stores), 0);
	world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.words, 1);
	CHECK(is_clean());
	world_destroy(w);
	return true;
}

/* W2: one mirror, this CPU's. */
static bool other_cpus_are_left_alone(void)
{
	struct pgdm_mirror *other;

	start(2);
	other = world_switch(w, 1, 0);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK(pgdm_mirror_lacks(other, p, 3));
	CHECK_EQUAL(other->seen, 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_own_stores), 2);
	world_fault(w, 1, 3);
	CHECK(w->sync[1].fixed);
	CHECK(!pgdm_mirror_lacks(other, p, 3));
	world_destroy(w);
	return true;
}

/* Nothing is loaded, or its primary was forgotten a moment ago. */
static bool without_a_mirror_nothing_is_stored(void)
{
	struct pgdm_write write;

	start(1);
	world_switch(w, 0, -1);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK_EQUAL(m->page[0][3], 0);
	world_switch(w, 0, 0);
	pgdm_mirrors_forget(p);
	CHECK(w->cache[0]->loaded == m);
	world_write(w, 0, 0, 4, ENTRY(4));
	CHECK_EQUAL(m->page[0][4], 0);
	pgdm_write_init(&write, 5, ENTRY(5), false, false, true);
	CHECK(!write.own);
	world_destroy(w);
	return true;
}

/* The kernel half is written through, and to each mirror once. */
static bool kernel_half_is_stored_once(void)
{
	start(2);
	world_write(w, 0, 0, 300, ENTRY(3));
	CHECK_EQUAL(m->page[0][300], ENTRY(3));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_write_throughs), 1);
	CHECK(is_clean());
	world_destroy(w);
	return true;
}

/* Only dirty does it: the baselines are as the systems that they stand for. */
static bool only_dirty_does_it(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		const struct pgdm_policy *policy = pgdm_policies[i];

		start(1);
		pgdm_policy_in_force = policy;
		world_write(w, 0, 0, 3, ENTRY(3));
		CHECK_EQUAL(pgdm_mirror_lacks(m, p, 3),
			    policy != &pgdm_policy_dirty && !policy->stores);
		CHECK_EQUAL(m->seen, policy == &pgdm_policy_dirty);
		CHECK_EQUAL(policy->stores_own,
			    policy == &pgdm_policy_dirty);
		world_destroy(w);
	}
	return true;
}

/* The next primary of the mirror gets none of it. */
static bool next_primary_finds_the_marks(void)
{
	start(2);
	world_write(w, 0, 0, 3, ENTRY(3));
	world_switch(w, 0, 1);
	CHECK(world_switch(w, 0, 2) == m);
	CHECK_EQUAL(world_differences(m, w->primary[2]), 0);
	world_destroy(w);
	return true;
}

/* A mirror that is to be copied in full is copied in full all the same. */
static bool doubtful_mirrors_stay_doubtful(void)
{
	start(1);
	w->epoch++;
	p->page[0][9] = ENTRY(9);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK_EQUAL(m->seen, 1);
	CHECK(pgdm_mirror_lacks(m, p, 9));
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK_EQUAL(world_differences(m, p), 0);
	m->epoch = PGDM_EPOCH_POISON;
	world_write(w, 0, 0, 4, ENTRY(3));
	CHECK_EQUAL(m->epoch, PGDM_EPOCH_POISON);
	world_destroy(w);
	return true;
}

/* The fast path finds it clean. */
static bool fast_path_finds_it_clean(void)
{
	start(2);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK(pgdm_fast_flush(w->cache[0]));
	CHECK(pgdm_fast_fault(w->cache[0], 3));
	world_switch(w, 0, 1);
	CHECK(world_fast_switch(w->cache[0], world_root(w, 0)) == m);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 3);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(addition_leaves_it_clean),
	UNIT_TEST(pair_gets_both_words),
	UNIT_TEST(removal_is_stored_at_once),
	UNIT_TEST(behind_stays_behind),
	UNIT_TEST(many_leave_it_clean),
	UNIT_TEST(mirrors_that_are_not_loaded_are_left_alone),
	UNIT_TEST(other_cpus_are_left_alone),
	UNIT_TEST(without_a_mirror_nothing_is_stored),
	UNIT_TEST(kernel_half_is_stored_once),
	UNIT_TEST(only_dirty_does_it),
	UNIT_TEST(next_primary_finds_the_marks),
	UNIT_TEST(doubtful_mirrors_stay_doubtful),
	UNIT_TEST(fast_path_finds_it_clean),
};

UNIT_SUITE(own);
