/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scene on the stage: three mms take turns on a CPU that has two mirrors, so that
 * each turn is a first copy. To be loaded with mirrors=2.
 *
 * They take turns on the worker's CPU, always in the same order. The test's mm, which
 * the worker brings there in between, is not tracked. So each mm takes the mirror of
 * the one whose turn was before the last.
 */
#ifndef _PGDM_FIRST_COPIES_H
#define _PGDM_FIRST_COPIES_H

#include "stage.h"

#define NR_MMS	3

/**
 * struct mms - the three
 * @p: a process in each
 * @has: the slots that were added in each
 * @own: entries of the user half that each has besides: its program's
 */
struct mms {
	struct pgdm_partner p[NR_MMS];
	bool has[NR_MMS][PGDM_SLOT_END];
	unsigned int own;
};

/**
 * struct copies - what a CPU has counted
 * @attaches: first copies
 * @first: words copied in these
 * @entries: words copied
 * @sparse: copies that went by the marks
 * @dirty: copies of some entries, those among them
 * @full: full copies
 */
struct copies {
	uint64_t attaches;
	uint64_t first;
	uint64_t entries;
	uint64_t sparse;
	uint64_t dirty;
	uint64_t full;
};

static struct copies count_copies(unsigned int cpu)
{
	static const char *const names[] = {
		"attaches", "entries_first", "entries_copied",
		"syncs_sparse", "syncs_dirty", "syncs_full",
	};
	uint64_t n[6];

	pgdm_cpu_stats(cpu, 6, names, n);
	return (struct copies){ n[0], n[1], n[2], n[3], n[4], n[5] };
}

static struct copies copies_since(unsigned int cpu, struct copies before)
{
	struct copies c = count_copies(cpu);

	c.attaches -= before.attaches;
	c.first -= before.first;
	c.entries -= before.entries;
	c.sparse -= before.sparse;
	c.dirty -= before.dirty;
	c.full -= before.full;
	return c;
}

/* Not tracked yet; no slot is added. */
static void start_mms(struct mms *mms)
{
	unsigned int i;

	memset(mms, 0, sizeof(*mms));
	for (i = 0; i < NR_MMS; i++)
		pgdm_partner_start(&mms->p[i], THERE);
	mms->own = pgdm_slots_used(mms->p[0].pid);
}

static void stop_mms(struct mms *mms)
{
	unsigned int i;

	for (i = 0; i < NR_MMS; i++)
		pgdm_partner_stop(&mms->p[i]);
}

/*
 * Its process has answered, and may not have gone to sleep: another turn of it, later,
 * would put the order out.
 */
static void end_turn(const struct mms *mms, unsigned int i)
{
	pgdm_wait_for(pgdm_sleeps(mms->p[i].pid));
}

/* An mm's turn. */
static void take_turn(FIXTURE_DATA(stage) *self, struct mms *mms, unsigned int i)
{
	pgdm_worker_call(&self->worker, pgdm_job_ping, &mms->p[i]);
	end_turn(mms, i);
}

/* An mm's turn, in which it calls a function: what that has returned. */
static int call_in_turn(struct mms *mms, unsigned int i,
			int (*job)(void *arg), void *arg)
{
	int answer = pgdm_partner_call(&mms->p[i], job, arg);

	end_turn(mms, i);
	return answer;
}

/* A turn of each. Returns how many of them were first copies. */
static unsigned int take_turns(FIXTURE_DATA(stage) *self, struct mms *mms)
{
	struct copies c = count_copies(THERE);
	unsigned int i;

	for (i = 0; i < NR_MMS; i++)
		take_turn(self, mms, i);
	return (unsigned int)copies_since(THERE, c).attaches;
}

static void exchange_mms(struct mms *mms, unsigned int a, unsigned int b)
{
	const struct mms old = *mms;

	mms->p[a] = old.p[b];
	mms->p[b] = old.p[a];
	memcpy(mms->has[a], old.has[b], sizeof(mms->has[a]));
	memcpy(mms->has[b], old.has[a], sizeof(mms->has[b]));
}

/**
 * begin_turns() - find the order in which each turn is a first copy
 * @self: the stage
 * @mms: all tracked; mms 1 and 2 may be others afterwards
 *
 * The round robin among mirrors stands where the last test has left it, and mirrors
 * that are free are taken before. One of the two cyclic orders evicts the mm whose turn
 * comes next, the other one that whose turn came last. Each mirror was used under the
 * policy in force when this returns, and the last turn was that of mm 2.
 */
static void begin_turns(FIXTURE_DATA(stage) *self, struct mms *mms)
{
	unsigned int rounds = 0, good = 0;

	while (good < 2) {
		good = take_turns(self, mms) == NR_MMS ? good + 1 : 0;
		if (++rounds % 4)
			continue;
		if (rounds > 20)
			pgdm_die("some turns are no first copies");
		if (good < 2)
			exchange_mms(mms, 1, 2);
	}
}

/* Slots as the argument of a function that a process calls: both ends in a word. */
static void *span(unsigned int first, unsigned int end)
{
	return (void *)((uintptr_t)first << 16 | end);
}

static int add_span(void *span)
{
	pgdm_slots_add((uintptr_t)span >> 16, (uintptr_t)span & 0xffff);
	return 0;
}

static int unmap_span(void *span)
{
	pgdm_slots_unmap((uintptr_t)span >> 16, (uintptr_t)span & 0xffff);
	return 0;
}

static void note_slots(struct mms *mms, unsigned int i, unsigned int first,
		       unsigned int end, bool has)
{
	unsigned int slot;

	for (slot = first; slot < end; slot++)
		mms->has[i][slot] = has;
}

/* An mm's turn, in which it adds slots. */
static void add_slots(struct mms *mms, unsigned int i, unsigned int first,
		      unsigned int end)
{
	call_in_turn(mms, i, add_span, span(first, end));
	note_slots(mms, i, first, end, true);
}

/* ... in which it removes them. */
static void __attribute__((unused))
remove_slots(struct mms *mms, unsigned int i, unsigned int first,
	     unsigned int end)
{
	call_in_turn(mms, i, unmap_span, span(first, end));
	note_slots(mms, i, first, end, false);
}

/* The words of a sparse first copy: what the mm has, or had the mirror's former one. */
static uint64_t sparse_words(const struct mms *mms, unsigned int i)
{
	unsigned int former = (i + NR_MMS - 2) % NR_MMS;
	unsigned int slot, entries = mms->own;

	for (slot = PGDM_SLOT_FIRST; slot < PGDM_SLOT_END; slot++)
		entries += mms->has[i][slot] || mms->has[former][slot];
	/* The entry of the LDT. */
	entries += pgdm_has_pti();
	return entries * pgdm_pages();
}

/**
 * expect_sparse_turn() - a turn of an mm, by a sparse first copy of exactly what is there
 * @_metadata: of the test
 * @self: the stage
 * @mms: each mirror was used since the copies became sparse
 * @i: which of them
 */
static void expect_sparse_turn(struct __test_metadata *_metadata,
			       FIXTURE_DATA(stage) *self, struct mms *mms,
			       unsigned int i)
{
	struct copies c = count_copies(THERE);

	take_turn(self, mms, i);
	c = copies_since(THERE, c);
	EXPECT_EQ(1, c.attaches);
	EXPECT_EQ(1, c.sparse);
	EXPECT_EQ(1, c.dirty);
	EXPECT_EQ(0, c.full);
	EXPECT_EQ(sparse_words(mms, i), c.first) {
		TH_LOG("mm %u", i);
	}
	EXPECT_EQ(c.first, c.entries);
}

/**
 * expect_sparse_turns() - such a turn of each mm
 * @_metadata: of the test
 * @self: the stage
 * @mms: the last turn was that of mm 2
 *
 * The audit compares all words of each of these copies.
 */
static void expect_sparse_turns(struct __test_metadata *_metadata,
				FIXTURE_DATA(stage) *self, struct mms *mms)
{
	expect_sparse_turn(_metadata, self, mms, 0);
	expect_sparse_turn(_metadata, self, mms, 1);
	check_mirrors(_metadata);
	expect_sparse_turn(_metadata, self, mms, 2);
	check_mirrors(_metadata);
}

/* Their mirrors are on the worker's CPU alone. */
#define track_mms(mms) do {						\
	unsigned int i_;						\
									\
	for (i_ = 0; i_ < NR_MMS; i_++)					\
		ASSERT_EQ(0, pgdm_writef("track", "pid %d",		\
					 (mms)->p[i_].pid));		\
} while (0)

#endif
