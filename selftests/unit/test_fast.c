// SPDX-License-Identifier: GPL-2.0
/*
 * The fast paths: they act on a clean mirror, and on one that one or two records
 * bring up to date, count what the long way would count, and otherwise leave
 * everything as it was.
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

	CHECK(!world_fast_switch(c, world_root(w, which)));
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
	CHECK(world_fast_switch(c, world_root(w, 0)) == m);
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

/* @n changes behind. */
static void fall_behind(unsigned int n)
{
	unsigned int i;

	for (i = 1; i <= n; i++)
		world_write(w, 1, 0, i, ENTRY(i));
}

static bool switch_declines_a_mirror_far_behind(void)
{
	start(1);
	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	fall_behind(PGDM_FAST_CHANGES + 1);
	CHECK(declines_switch(0));
	w->fast = true;
	world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(w->sync[0].copied.words, PGDM_FAST_CHANGES + 1);
	CHECK(world_fast_switch(c, world_root(w, 0)));
	world_destroy(w);
	return true;
}

/* The same by the fast path and by the long way: words, counts, marks, sequence. */
static bool few_changes(unsigned int pages, unsigned int n, bool flush)
{
	struct pgdm_mirror *m;
	u64 before[3];

	start(pages);
	m = world_switch(w, 0, 0);
	if (!flush)
		world_switch(w, 0, 1);
	fall_behind(n);
	before[0] = world_stat(w, 0, PGDM_STAT_syncs_dirty);
	before[1] = world_stat(w, 0, PGDM_STAT_entries_copied);
	before[2] = world_stat(w, 0, PGDM_STAT_entries_first);
	if (flush)
		CHECK(pgdm_fast_flush(c));
	else
		CHECK(world_fast_switch(c, world_root(w, 0)) == m);
	CHECK(c->loaded == m);
	CHECK(!c->busy);
	CHECK(!c->syncing);
	CHECK_EQUAL(m->seen, n);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	CHECK(pgdm_marks_have(m->marks, 1));
	CHECK(pgdm_marks_have(m->marks, n));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_dirty), before[0] + 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_copied),
		    before[1] + n * pages);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_bytes_copied),
		    8 * (before[1] + n * pages));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_first), before[2]);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_flush_receipts), flush);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_switches), flush ? 1 : 3);
	world_destroy(w);
	return true;
}

static bool one_and_two_changes_are_copied(void)
{
	unsigned int pages, n, flush;

	for (pages = 1; pages <= 2; pages++)
		for (n = 1; n <= PGDM_FAST_CHANGES; n++)
			for (flush = 0; flush < 2; flush++)
				CHECK(few_changes(pages, n, flush));
	return true;
}

/* A removal is a change, too; and the same entry twice. */
static bool removals_are_copied(void)
{
	struct pgdm_mirror *m;

	start(2);
	fall_behind(1);
	m = world_switch(w, 0, 0);
	world_write(w, 1, 0, 1, 0);
	CHECK(pgdm_fast_flush(c));
	CHECK_EQUAL(m->page[0][1] | m->page[1][1], 0);
	world_write(w, 1, 0, 1, ENTRY(7));
	world_write(w, 1, 0, 1, ENTRY(8));
	CHECK(pgdm_fast_flush(c));
	CHECK_EQUAL(m->page[1][1], ENTRY(8));
	CHECK_EQUAL(m->seen, 4);
	world_destroy(w);
	return true;
}

/* The entry came and went: two records, and no word to store. */
static bool what_came_and_went_is_clean(void)
{
	const struct pgdm_mirror *m;

	start(2);
	m = world_switch(w, 0, 0);
	world_write(w, 1, 0, 3, ENTRY(3));
	world_write(w, 1, 0, 3, 0);
	CHECK(pgdm_fast_flush(c));
	CHECK_EQUAL(m->seen, 2);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_flush_receipts), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_dirty), 1); /* the first copy */
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	world_destroy(w);
	return true;
}

/*
 * Its writer has not written it yet, or an older one has overwritten it. What was copied
 * before that is not counted; the long way copies what is marked.
 */
static bool unreadable_records_take_the_long_way(void)
{
	unsigned int which;

	for (which = 1; which <= 2; which++) {
		struct pgdm_mirror *m;

		start(1);
		m = world_switch(w, 0, 0);
		fall_behind(2);
		w->primary[0]->ring[which] = 0;
		CHECK(declines_flush());
		CHECK_EQUAL(m->seen, 0);
		CHECK(!c->busy);
		CHECK(!c->syncing);
		world_switch(w, 0, 1);
		CHECK(declines_switch(0));
		w->fast = true;
		CHECK(world_switch(w, 0, 0) == m);
		CHECK(w->sync[0].copied.sparse);
		CHECK_EQUAL(m->seen, 2);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		world_destroy(w);
	}
	return true;
}

/* Only where the policy's verb is to copy the changes. */
static bool other_verbs_take_the_long_way(void)
{
	struct pgdm_policy lazy = pgdm_policy_dirty;

	start(1);
	world_switch(w, 0, 0);
	lazy.at[PGDM_AT_FLUSH] = pgdm_sync_nothing;
	pgdm_policy_in_force = &lazy;
	fall_behind(1);
	CHECK(declines_flush());
	CHECK(world_fast_switch(c, world_root(w, 0)));
	CHECK_EQUAL(world_differences(c->loaded, w->primary[0]), 0);
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
	CHECK(world_fast_switch(c, world_root(w, 0)) == m);
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
	fall_behind(PGDM_FAST_CHANGES + 1);
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
		CHECK_EQUAL(!!world_fast_switch(c, world_root(w, 0)),
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
	UNIT_TEST(switch_declines_a_mirror_far_behind),
	UNIT_TEST(one_and_two_changes_are_copied),
	UNIT_TEST(removals_are_copied),
	UNIT_TEST(what_came_and_went_is_clean),
	UNIT_TEST(unreadable_records_take_the_long_way),
	UNIT_TEST(other_verbs_take_the_long_way),
	UNIT_TEST(misses_and_poison_are_not_clean),
	UNIT_TEST(forgotten_and_dying_primaries_are_declined),
	UNIT_TEST(root_used_again),
	UNIT_TEST(flush_of_a_clean_mirror),
	UNIT_TEST(fault_looks_at_the_entry),
	UNIT_TEST(other_policies_take_the_long_way),
};

UNIT_SUITE(fast);
