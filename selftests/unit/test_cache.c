// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU's cache of mirrors: which is chosen, which is evicted, what happens
 * at its sync points.
 */
#include "unit.h"
#include "world.h"

/* The mirrors of a CPU, by the ids of their primaries, 0 when free. */
static bool holds(const struct world *w, unsigned int cpu, const u64 *ids)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++) {
		const struct pgdm_mirror *m = &w->cache[cpu]->mirror[i];

		if ((m->primary ? m->primary->id : 0) != ids[i]) {
			unit_note("mirror %u: id %llu, not %llu", i,
				  m->primary ? m->primary->id : 0, ids[i]);
			return false;
		}
	}
	return true;
}

#define HOLDS(w, cpu, ...)	holds(w, cpu, (const u64[]){ __VA_ARGS__ })

/* H1: where each switch is a first copy, it alone can say that a hook was missed. */
static bool first_copies_tell_of_a_miss(void)
{
	struct world *w = world_create(1, 2, 3, 1);
	const struct pgdm_sync *sync = &w->sync[0];
	unsigned int i;

	world_switch(w, 0, 0);
	CHECK(!sync->copied.missed);
	w->epoch++;
	for (i = 1; i < 9; i++) {
		world_switch(w, 0, i % 3);
		CHECK_EQUAL(sync->at, PGDM_AT_ATTACH);
		CHECK(sync->copied.missed);
	}
	/* The missed write is stored: the next copy counts. */
	pgdm_epoch.complete = w->epoch;
	for (; i < 18; i++) {
		world_switch(w, 0, i % 3);
		CHECK_EQUAL(sync->at, PGDM_AT_ATTACH);
		CHECK(!sync->copied.missed);
	}
	CHECK_EQUAL(sync->copied.kind, PGDM_DIRTY);
	world_destroy(w);
	return true;
}

static bool first_switch_attaches(void)
{
	struct world *w = world_create(1, 2, 1, 2);
	const struct pgdm_sync *sync = &w->sync[0];
	struct pgdm_mirror *m;

	world_write(w, 0, 0, 4, ENTRY(1));
	world_write(w, 0, 0, 400, ENTRY(2));
	m = world_switch(w, 0, 0);
	CHECK(m);
	CHECK(m == w->cache[0]->loaded);
	CHECK_EQUAL(m->id, 1);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	CHECK(sync->synced);
	CHECK_EQUAL(sync->at, PGDM_AT_ATTACH);
	/* One entry is marked; of the kernel half nothing is known yet. */
	CHECK_EQUAL(sync->copied.kind, PGDM_DIRTY);
	CHECK(sync->copied.sparse);
	CHECK_EQUAL(sync->copied.words, 2 * (1 + KERNEL_ENTRIES));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_sparse), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_first),
		    2 * (1 + KERNEL_ENTRIES));
	CHECK_EQUAL(sync->id, 1);
	CHECK_EQUAL(sync->seq, 1);
	CHECK_EQUAL(sync->evicted, 0);
	world_destroy(w);
	return true;
}

static bool second_switch_finds_the_mirror(void)
{
	struct world *w = world_create(2, 2, 2, 1);
	const struct pgdm_sync *sync = &w->sync[0];
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	world_switch(w, 0, 1);
	CHECK(world_switch(w, 0, 0) == m);
	CHECK_EQUAL(sync->at, PGDM_AT_SWITCH);
	CHECK_EQUAL(sync->copied.kind, PGDM_CLEAN);
	world_write(w, 1, 0, 4, ENTRY(1));
	CHECK(world_switch(w, 0, 0) == m);
	CHECK_EQUAL(sync->copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(sync->copied.words, 1);
	CHECK_EQUAL(sync->seq, 1);
	world_destroy(w);
	return true;
}

static bool untracked_mm_loads_nothing(void)
{
	struct world *w = world_create(1, 2, 1, 1);

	world_switch(w, 0, 0);
	CHECK(!world_switch(w, 0, -1));
	CHECK(!w->cache[0]->loaded);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_switches), 1);
	/* Sync points do nothing there, and are not counted. */
	world_flush(w, 0);
	CHECK(!w->sync[0].synced);
	world_fault(w, 0, 3);
	CHECK(!w->sync[0].synced);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_flush_receipts), 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_seen), 0);
	/* The mirror has been kept. */
	world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	world_destroy(w);
	return true;
}

/*
 *	switch to	1  2  3  4    5    2    6
 *	mirror 0	1  1  1  1    5    5    5
 *	mirror 1	-  2  2  2    2    2    2	loaded, passed over
 *	mirror 2	-  -  3  3    3    3    6
 *	mirror 3	-  -  -  4    4    4    4
 */
static bool evicts_in_turn(void)
{
	struct world *w = world_create(1, 4, 6, 1);
	int i;

	for (i = 0; i < 4; i++) {
		world_switch(w, 0, i);
		CHECK_EQUAL(w->sync[0].evicted, 0);
	}
	CHECK(HOLDS(w, 0, 1, 2, 3, 4));
	world_switch(w, 0, 4);
	CHECK_EQUAL(w->sync[0].evicted, 1);
	CHECK(HOLDS(w, 0, 5, 2, 3, 4));
	world_switch(w, 0, 1);
	CHECK(HOLDS(w, 0, 5, 2, 3, 4));
	world_switch(w, 0, 5);
	CHECK_EQUAL(w->sync[0].evicted, 3);
	CHECK(HOLDS(w, 0, 5, 2, 6, 4));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 2);
	world_destroy(w);
	return true;
}

/* The first free one is the one being left: the next free one, and no eviction. */
static bool free_mirrors_before_evictions(void)
{
	struct world *w = world_create(1, 4, 4, 1);

	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	world_switch(w, 0, 0);
	pgdm_mirrors_forget(w->primary[0]);
	CHECK(HOLDS(w, 0, 0, 2, 0, 0));
	world_switch(w, 0, 2);
	CHECK(HOLDS(w, 0, 0, 2, 3, 0));
	CHECK_EQUAL(w->sync[0].evicted, 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 0);
	world_destroy(w);
	return true;
}

/* Each of several that became free at once; and one that was free and being left. */
static bool all_free_mirrors_before_evictions(void)
{
	struct world *w = world_create(1, 3, 7, 1);

	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
	world_switch(w, 0, 3);
	CHECK(HOLDS(w, 0, 4, 2, 3));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 1);
	pgdm_mirrors_forget(w->primary[1]);
	pgdm_mirrors_forget(w->primary[2]);
	world_switch(w, 0, 4);
	world_switch(w, 0, 5);
	CHECK(HOLDS(w, 0, 4, 5, 6));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 1);

	pgdm_mirrors_forget(w->primary[5]); /* the mirror that is loaded */
	world_switch(w, 0, 6);
	CHECK(HOLDS(w, 0, 4, 7, 0));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 2);
	world_switch(w, 0, 0);
	CHECK(HOLDS(w, 0, 4, 7, 1));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 2);
	world_destroy(w);
	return true;
}

/* L1: a CR3 may still hold the mirror that is being left. */
static bool never_evicts_what_is_left(void)
{
	struct world *w = world_create(1, 3, 7, 1);
	unsigned int i;

	for (i = 0; i < 500; i++) {
		const struct pgdm_mirror *left = w->cache[0]->loaded;
		u64 id = left ? left->id : 0;

		CHECK(world_switch(w, 0, (i * 5 + i / 7) % 7));
		if (left)
			CHECK_EQUAL(left->id, id);
	}
	world_destroy(w);
	return true;
}

static bool two_mirrors_alternate(void)
{
	struct world *w = world_create(1, PGDM_MIRRORS_MIN, 5, 1);
	const struct pgdm_mirror *last = NULL;
	int i;

	for (i = 0; i < 50; i++) {
		const struct pgdm_mirror *m = world_switch(w, 0, i % 5);

		CHECK(m);
		CHECK(m != last);
		last = m;
	}
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_evictions), 48);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_cache_busy), 0);
	world_destroy(w);
	return true;
}

/* An evicted mirror's words never show in the next primary's. */
static bool eviction_leaves_no_trace(void)
{
	struct world *w = world_create(1, 2, 3, 2);
	unsigned int i;
	int which;

	for (i = 0; i < PGDM_ENTRIES; i++)
		world_write(w, 0, 0, i, ENTRY(i + 1));
	for (i = 0; i < PGDM_ENTRIES; i += 3)
		world_write(w, 0, 1, i, ENTRY(i + 1000));
	for (which = 0; which < 12; which++) {
		struct pgdm_mirror *m = world_switch(w, 0, which % 3);

		CHECK_EQUAL(world_differences(m, w->primary[which % 3]), 0);
	}
	world_destroy(w);
	return true;
}

/*
 * Kernel-half writers may be storing into a mirror: it is passed over, and if
 * that is so of all, the mm stays native.
 */
static bool busy_mirrors_are_passed_over(void)
{
	struct world *w = world_create(1, 3, 5, 1);
	struct pgdm_cache *c = w->cache[0];

	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
	CHECK(HOLDS(w, 0, 1, 2, 3));
	c->mirror[0].writers.counter = 1;
	CHECK(world_switch(w, 0, 3) == &c->mirror[1]);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_cache_busy), 0);

	c->mirror[2].writers.counter = 1;
	CHECK(!world_switch(w, 0, 4));
	CHECK(!c->loaded);
	CHECK(!w->sync[0].synced);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_cache_busy), 1);
	/* Native now: the mirror that was left is free to be taken. */
	CHECK(world_switch(w, 0, 4) == &c->mirror[1]);

	c->mirror[0].writers.counter = 0;
	c->mirror[2].writers.counter = 0;
	CHECK(world_switch(w, 0, 0));
	world_destroy(w);
	return true;
}

/* A mirror that is found needs no claim: writers do not keep it away. */
static bool busy_mirror_of_the_same_mm_is_used(void)
{
	struct world *w = world_create(1, 2, 2, 1);
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	world_switch(w, 0, 1);
	m->writers.counter = 1;
	CHECK(world_switch(w, 0, 0) == m);
	world_destroy(w);
	return true;
}

static bool flush_syncs_the_loaded_mirror_only(void)
{
	struct world *w = world_create(2, 2, 2, 1);
	struct pgdm_mirror *other = world_switch(w, 0, 0);
	struct pgdm_mirror *m = world_switch(w, 0, 1);

	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 1, 1, ENTRY(2));
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].at, PGDM_AT_FLUSH);
	CHECK_EQUAL(w->sync[0].id, 2);
	CHECK_EQUAL(world_differences(m, w->primary[1]), 0);
	CHECK_EQUAL(world_differences(other, w->primary[0]), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_flush_receipts), 1);
	world_destroy(w);
	return true;
}

static bool fault_on_a_published_entry(void)
{
	struct world *w = world_create(2, 2, 1, 2);
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 0, 2, ENTRY(2));
	world_fault(w, 0, 2);
	CHECK(w->sync[0].synced);
	CHECK(w->sync[0].fixed);
	CHECK_EQUAL(w->sync[0].at, PGDM_AT_FAULT);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(w->sync[0].copied.words, 4);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_fixed), 1);
	world_destroy(w);
	return true;
}

/* The writer is between its store and its publication. */
static bool fault_on_a_stored_entry(void)
{
	struct world *w = world_create(2, 2, 1, 2);
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	w->primary[0]->page[0][2] = ENTRY(2);
	w->primary[0]->page[1][2] = ENTRY(2);
	world_fault(w, 0, 2);
	CHECK(w->sync[0].fixed);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(m->page[1][2], ENTRY(2));
	CHECK_EQUAL(m->seen, 0);
	/* Its record comes later, and brings the entry once more. */
	world_write(w, 1, 0, 2, ENTRY(2));
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	world_destroy(w);
	return true;
}

/* A fault for another reason: nothing is done, whatever is published. */
static bool fault_on_an_entry_that_is_there(void)
{
	struct world *w = world_create(2, 2, 1, 1);
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	world_write(w, 1, 0, 1, ENTRY(1));
	world_fault(w, 0, 2);
	CHECK(w->sync[0].synced);
	CHECK(!w->sync[0].fixed);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_seen), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_fixed), 0);
	world_destroy(w);
	return true;
}

/*
 * The mail thread's objection: a new entry needs no flush. One fault brings it, and
 * none on the CPU that adds it.
 */
static bool new_entry_costs_one_fault(void)
{
	struct world *w = world_create(2, 2, 1, 2);
	struct pgdm_mirror *m = world_switch(w, 1, 0);
	unsigned int i;

	world_switch(w, 0, 0);
	for (i = 0; i < 256; i++) {
		world_write(w, 0, 0, i, ENTRY(i + 1));
		CHECK(!pgdm_mirror_lacks(w->cache[0]->loaded, w->primary[0],
					 i));
		CHECK(pgdm_mirror_lacks(m, w->primary[0], i));
		world_fault(w, 1, i);
		CHECK(!pgdm_mirror_lacks(m, w->primary[0], i));
	}
	CHECK_EQUAL(world_stat(w, 1, PGDM_STAT_faults_fixed), 256);
	CHECK_EQUAL(world_stat(w, 1, PGDM_STAT_entries_copied),
		    2 * (KERNEL_ENTRIES + 256));
	world_destroy(w);
	return true;
}

/* H1: a write that no hook saw, then its count. */
static bool missed_hook_makes_syncs_full_until_stored(void)
{
	struct world *w = world_create(1, 2, 2, 1);
	struct pgdm_mirror *m = world_switch(w, 0, 0);
	const struct pgdm_sync *sync = &w->sync[0];

	/* The count comes first, then a sync, then the kernel's store. */
	w->epoch++;
	world_flush(w, 0);
	CHECK_EQUAL(sync->copied.kind, PGDM_FULL);
	CHECK(sync->copied.missed);
	w->primary[0]->page[0][9] = ENTRY(9);
	world_flush(w, 0);
	CHECK_EQUAL(sync->copied.kind, PGDM_FULL);
	CHECK(sync->copied.missed);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);

	/* A grace period later: once more, and that was it. */
	pgdm_epoch.complete = w->epoch;
	world_flush(w, 0);
	CHECK_EQUAL(sync->copied.kind, PGDM_FULL);
	world_flush(w, 0);
	CHECK_EQUAL(sync->copied.kind, PGDM_CLEAN);
	CHECK(!sync->copied.missed);

	/* A mirror that is made now starts clean. */
	world_switch(w, 0, 1);
	world_switch(w, 0, 1);
	CHECK_EQUAL(sync->copied.kind, PGDM_CLEAN);
	world_destroy(w);
	return true;
}

static bool drop_gives_all_up(void)
{
	struct world *w = world_create(1, 3, 3, 1);
	int i;

	for (i = 0; i < 3; i++)
		world_switch(w, 0, i);
	pgdm_cache_drop(w->cache[0]);
	CHECK(!w->cache[0]->loaded);
	CHECK(HOLDS(w, 0, 0, 0, 0));
	world_switch(w, 0, 1);
	CHECK_EQUAL(w->sync[0].at, PGDM_AT_ATTACH);
	CHECK_EQUAL(w->sync[0].evicted, 0);
	world_destroy(w);
	return true;
}

/* N1: what a fault inside a sync reports is all zero, whatever was there. */
static bool nested_fault_reports_nothing(void)
{
	struct world *w = world_create(1, 2, 1, 1);
	struct pgdm_cache *c = w->cache[0];
	struct pgdm_sync sync;

	world_switch(w, 0, 0);
	memset(&sync, 0xff, sizeof(sync));
	c->busy = true;
	pgdm_cache_fault(c, 3, &sync);
	c->busy = false;
	CHECK(!sync.synced);
	CHECK(!sync.fixed);
	CHECK_EQUAL(sync.evicted, 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_nested), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_faults_seen), 0);
	world_destroy(w);
	return true;
}

/* A policy that leaves a CPU to fault at one address for ever. */
static bool guard_ends_endless_faults(void)
{
	struct pgdm_policy lazy = pgdm_policy_dirty;
	struct world *w = world_create(2, 2, 1, 2);
	struct pgdm_cache *c = w->cache[0];
	struct pgdm_mirror *m = world_switch(w, 0, 0);
	u64 address = 3ULL << 39;
	unsigned int i;

	lazy.at[PGDM_AT_FAULT] = pgdm_sync_nothing;
	pgdm_policy_in_force = &lazy;
	world_write(w, 1, 0, 3, ENTRY(3));
	for (i = 1; i < PGDM_GUARD_FAULTS; i++) {
		world_fault(w, 0, 3);
		CHECK(!pgdm_cache_guard(c, 3, address));
		CHECK(pgdm_mirror_lacks(m, w->primary[0], 3));
	}
	/* Another address is progress, if but a little. */
	CHECK(!pgdm_cache_guard(c, 3, address + 8));
	for (i = 1; i < PGDM_GUARD_FAULTS; i++)
		CHECK(!pgdm_cache_guard(c, 3, address));
	CHECK(pgdm_cache_guard(c, 3, address));
	CHECK(!pgdm_mirror_lacks(m, w->primary[0], 3));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_livelocks_broken), 1);
	CHECK(!pgdm_cache_guard(c, 3, address));
	CHECK(!c->busy);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(first_copies_tell_of_a_miss),
	UNIT_TEST(first_switch_attaches),
	UNIT_TEST(second_switch_finds_the_mirror),
	UNIT_TEST(untracked_mm_loads_nothing),
	UNIT_TEST(evicts_in_turn),
	UNIT_TEST(free_mirrors_before_evictions),
	UNIT_TEST(all_free_mirrors_before_evictions),
	UNIT_TEST(never_evicts_what_is_left),
	UNIT_TEST(two_mirrors_alternate),
	UNIT_TEST(eviction_leaves_no_trace),
	UNIT_TEST(busy_mirrors_are_passed_over),
	UNIT_TEST(busy_mirror_of_the_same_mm_is_used),
	UNIT_TEST(flush_syncs_the_loaded_mirror_only),
	UNIT_TEST(fault_on_a_published_entry),
	UNIT_TEST(fault_on_a_stored_entry),
	UNIT_TEST(fault_on_an_entry_that_is_there),
	UNIT_TEST(new_entry_costs_one_fault),
	UNIT_TEST(missed_hook_makes_syncs_full_until_stored),
	UNIT_TEST(drop_gives_all_up),
	UNIT_TEST(nested_fault_reports_nothing),
	UNIT_TEST(guard_ends_endless_faults),
};

UNIT_SUITE(cache);
