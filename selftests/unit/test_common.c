// SPDX-License-Identifier: GPL-2.0
/*
 * The common kernel half (M3): when a mirror that changes hands needs no copy of it.
 *
 * CPU 0 owns the mirrors, CPU 1 writes.
 */
#include "unit.h"
#include "world.h"

#define K	300		/* a kernel-half entry */

static struct world *w;

/* Both mirrors of CPU 0 had an empty primary: their kernel halves are compared. */
static void start(unsigned int pages)
{
	w = world_create(2, 2, 3, pages);
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
}

static void write_1(unsigned int which, unsigned int index, u64 value)
{
	world_write(w, 1, which, index, value);
}

static void write_all(unsigned int index, u64 value)
{
	unsigned int which;

	for (which = 0; which < w->primaries; which++)
		write_1(which, index, value);
}

/* What the worker does when it finds all roots the same. */
static void agree(void)
{
	pgdm_common_agree(pgdm_common_writes(), pgdm_epoch_complete());
}

/* All kernel halves are empty, or differ in own entries alone. */
static bool is_left_out(unsigned int which)
{
	struct pgdm_mirror *m = world_switch(w, 0, which);

	CHECK_EQUAL(w->sync[0].at, PGDM_AT_ATTACH);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(w->sync[0].copied.words,
		    pgdm_common.nr_own * w->pages);
	CHECK_EQUAL(world_differences(m, w->primary[which]), 0);
	return true;
}

static bool is_compared(unsigned int which)
{
	struct pgdm_mirror *m = world_switch(w, 0, which);

	CHECK_EQUAL(w->sync[0].at, PGDM_AT_ATTACH);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_DIRTY);
	CHECK_EQUAL(w->sync[0].copied.words, KERNEL_ENTRIES * w->pages);
	CHECK_EQUAL(world_differences(m, w->primary[which]), 0);
	return true;
}

/* Of whatever root, before the store; but not of entries that each mm has for itself. */
static bool writes_are_counted(void)
{
	start(2);
	CHECK_EQUAL(pgdm_common_writes(), 1);
	CHECK(pgdm_common_count(256));
	CHECK(pgdm_common_count(511));
	CHECK_EQUAL(pgdm_common_writes(), 3);
	CHECK(!pgdm_common_count(OWN));
	CHECK_EQUAL(pgdm_common_writes(), 3);
	pgdm_common.nr_own = 2;
	pgdm_common.own[1] = 400;
	CHECK(!pgdm_common_count(400));
	CHECK(!pgdm_common_count(OWN));
	CHECK(pgdm_common_count(401));
	pgdm_common.nr_own = 0;
	CHECK(pgdm_common_count(OWN));
	CHECK_EQUAL(pgdm_common_writes(), 5);
	/* The user half does not belong to it. */
	write_1(0, 3, ENTRY(3));
	CHECK_EQUAL(pgdm_common_writes(), 5);
	write_1(0, K, ENTRY(3));
	CHECK_EQUAL(pgdm_common_writes(), 6);
	world_destroy(w);
	return true;
}

static bool agreement_ends_with_a_write(void)
{
	u64 counted;

	start(1);
	CHECK_EQUAL(pgdm_common_agreed(), 1);
	pgdm_common_count(K);
	CHECK_EQUAL(pgdm_common_agreed(), 0);
	agree();
	CHECK_EQUAL(pgdm_common_agreed(), 2);
	/* A write while the worker compared. */
	counted = pgdm_common_writes();
	pgdm_common_count(K);
	pgdm_common_agree(counted, pgdm_epoch_complete());
	CHECK_EQUAL(pgdm_common_agreed(), 0);
	agree();
	CHECK_EQUAL(pgdm_common_agreed(), 3);
	pgdm_common_disagree();
	CHECK_EQUAL(pgdm_common_agreed(), 0);
	world_destroy(w);
	return true;
}

/* H1: a write that was not counted. A change of policy is none. */
static bool agreement_ends_with_a_miss(void)
{
	start(1);
	w->epoch++;
	CHECK_EQUAL(pgdm_common_agreed(), 0);
	/* Not all missed writes are stored. */
	agree();
	CHECK_EQUAL(pgdm_common_agreed(), 0);
	pgdm_epoch.complete = w->epoch;
	CHECK_EQUAL(pgdm_common_agreed(), 0);
	agree();
	CHECK_EQUAL(pgdm_common_agreed(), 1);
	w->epoch += PGDM_EPOCH_CHANGE;
	CHECK_EQUAL(pgdm_common_agreed(), 1);
	world_destroy(w);
	return true;
}

static bool nothing_written_nothing_compared(void)
{
	unsigned int i;

	start(2);
	for (i = 0; i < 12; i++)
		CHECK(is_left_out(i % 3));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 0);
	world_destroy(w);
	return true;
}

/* Of the mirror's former primary, of its next one, of one that has no mirror. */
static bool any_root_makes_it_compared(void)
{
	unsigned int which;

	for (which = 0; which < 3; which++) {
		start(2);
		write_1(which, K, ENTRY(which + 1));
		/* The roots differ now: it is compared each time. */
		CHECK(is_compared(0));
		CHECK(is_compared(1));
		CHECK(is_compared(2));
		CHECK(is_compared(0));
		world_destroy(w);
	}
	return true;
}

/* Once all roots have the new entry, each mirror is compared once more. */
static bool compared_once_after_an_agreement(void)
{
	struct pgdm_mirror *first = NULL, *second;

	start(2);
	write_all(K, ENTRY(7));
	CHECK(is_compared(0));
	first = w->cache[0]->loaded;
	CHECK_EQUAL(first->kernel_seen, 0);
	agree();
	/* Compared before the agreement: that does not count. */
	CHECK(is_compared(1));
	second = w->cache[0]->loaded;
	CHECK_EQUAL(second->kernel_seen, pgdm_common_writes());
	CHECK(is_compared(2));
	CHECK_EQUAL(first->kernel_seen, pgdm_common_writes());
	CHECK(is_left_out(0));
	CHECK(is_left_out(1));
	world_destroy(w);
	return true;
}

/* It stays with its primary: W3 keeps it right, and nothing is compared. */
static bool kept_mirrors_are_written_through(void)
{
	struct pgdm_mirror *m;

	start(2);
	m = w->cache[0]->loaded;
	write_all(K, ENTRY(7));
	CHECK_EQUAL(m->page[0][K], ENTRY(7));
	CHECK_EQUAL(m->kernel_seen, 1);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	agree();
	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	/* What it has is right, but that is not known. */
	CHECK_EQUAL(w->sync[0].copied.words, 2 * KERNEL_ENTRIES);
	CHECK_EQUAL(world_differences(w->cache[0]->loaded, w->primary[1]), 0);
	world_destroy(w);
	return true;
}

/* The LDT of one mm, in both tables: the next owner gets its own, or none. */
static bool own_entries_are_compared_each_time(void)
{
	struct pgdm_mirror *m;

	start(2);
	write_1(1, OWN, ENTRY(11));
	world_write_user_page(w, 1, 1, OWN, ENTRY(12));
	world_write_user_page(w, 1, 2, OWN, ENTRY(22));
	CHECK_EQUAL(pgdm_common_writes(), 1);
	/* Mirror 0 was primary 1's, mirror 1 was primary 2's. */
	CHECK(is_left_out(0));
	m = w->cache[0]->loaded;
	CHECK_EQUAL(m->page[0][OWN], 0);
	CHECK_EQUAL(m->page[1][OWN], 0);
	CHECK(is_left_out(1));
	m = w->cache[0]->loaded;
	CHECK_EQUAL(m->page[0][OWN], ENTRY(11));
	CHECK_EQUAL(m->page[1][OWN], ENTRY(12));
	CHECK(is_left_out(2));
	CHECK_EQUAL(w->cache[0]->loaded->page[1][OWN], ENTRY(22));
	world_destroy(w);
	return true;
}

/* Without PTI there are none, and the entry is as any other. */
static bool without_own_entries_every_write_counts(void)
{
	start(1);
	pgdm_common.nr_own = 0;
	CHECK(is_left_out(0));
	write_1(0, OWN, ENTRY(3));
	CHECK(is_compared(1));
	world_destroy(w);
	return true;
}

/* The mirror is as if new: nothing is known of it. */
static bool new_mirrors_are_compared(void)
{
	w = world_create(1, 2, 3, 1);
	CHECK(is_compared(0));
	CHECK(is_compared(1));
	CHECK(is_left_out(2));
	CHECK(is_left_out(0));
	world_destroy(w);
	return true;
}

/* Two mms that existed before differ: it is never left out. */
static bool disagreement_is_always_compared(void)
{
	unsigned int i;

	w = world_create(2, 2, 3, 2);
	w->primary[1]->page[0][K] = ENTRY(1);
	pgdm_common_disagree();
	for (i = 0; i < 9; i++)
		CHECK(is_compared(i % 3));
	world_destroy(w);
	return true;
}

/*
 * An mm that existed before is found to differ, and nothing was written. The mirrors that
 * it may take over were compared when all others agreed.
 */
static bool newcomer_that_differs_is_compared(void)
{
	struct pgdm_mirror *m;

	w = world_create(1, 2, 3, 1);
	world_switch(w, 0, 0);
	CHECK_EQUAL(world_switch(w, 0, 2)->kernel_seen, 1);
	w->primary[1]->page[0][K] = ENTRY(1);
	pgdm_common_disagree();
	m = world_switch(w, 0, 1);
	CHECK(m);
	CHECK_EQUAL(world_differences(m, w->primary[1]), 0);
	world_destroy(w);
	return true;
}

/* H1: an entry was written, and no hook saw it. */
static bool misses_make_it_compared(void)
{
	struct pgdm_mirror *m;

	start(1);
	w->epoch++;
	w->primary[0]->page[0][K] = ENTRY(1);
	m = world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK_EQUAL(m->kernel_seen, 0);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	pgdm_epoch.complete = w->epoch;
	world_flush(w, 0);
	CHECK_EQUAL(m->kernel_seen, 0);
	w->primary[1]->page[0][K] = ENTRY(1);
	w->primary[2]->page[0][K] = ENTRY(1);
	agree();
	world_switch(w, 0, 1);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK_EQUAL(w->cache[0]->loaded->kernel_seen, 1);
	/* The marks of primary 2 are to be made right first. */
	world_switch(w, 0, 2);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK(is_left_out(0));
	CHECK(is_left_out(1));
	world_destroy(w);
	return true;
}

/* A full copy under a baseline keeps the number as well. */
static bool full_copies_keep_the_number(void)
{
	start(1);
	write_all(K, ENTRY(1));
	agree();
	pgdm_policy_change(&pgdm_policy_always);
	world_switch(w, 0, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK_EQUAL(w->cache[0]->loaded->kernel_seen, pgdm_common_writes());
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(writes_are_counted),
	UNIT_TEST(agreement_ends_with_a_write),
	UNIT_TEST(agreement_ends_with_a_miss),
	UNIT_TEST(nothing_written_nothing_compared),
	UNIT_TEST(any_root_makes_it_compared),
	UNIT_TEST(compared_once_after_an_agreement),
	UNIT_TEST(kept_mirrors_are_written_through),
	UNIT_TEST(own_entries_are_compared_each_time),
	UNIT_TEST(without_own_entries_every_write_counts),
	UNIT_TEST(new_mirrors_are_compared),
	UNIT_TEST(disagreement_is_always_compared),
	UNIT_TEST(newcomer_that_differs_is_compared),
	UNIT_TEST(misses_make_it_compared),
	UNIT_TEST(full_copies_keep_the_number),
};

UNIT_SUITE(common);
