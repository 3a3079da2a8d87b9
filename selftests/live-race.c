// SPDX-License-Identifier: GPL-2.0
/*
 * All CPUs at once, live: entries that come are visible on each of them within
 * one extra fault (bug 1), entries that go are gone on all of them when munmap()
 * has returned (bug 3), while a thread on each CPU reads.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define SLOT PGDM_SLOT_FIRST
#define MAX_READERS 15

/*
 * On two CPUs, and fewer on more: emulated CPUs share the few that the host has, so
 * that each round and turn takes the longer the more of them there are.
 */
#define ROUNDS (50 * 2 / pgdm_nr_cpus())
#define TURNS (200 * 2 / pgdm_nr_cpus())

static struct pgdm_worker readers[MAX_READERS];
static unsigned int nr_readers;

/* On each CPU but ours; the stage's own worker stops first. */
static void readers_start(FIXTURE_DATA(stage) *self)
{
	unsigned int i;

	pgdm_worker_stop(&self->worker);
	nr_readers = pgdm_nr_cpus() - 1;
	if (nr_readers > MAX_READERS)
		nr_readers = MAX_READERS;
	for (i = 0; i < nr_readers; i++)
		pgdm_worker_start(&readers[i], i + 1);
}

static void readers_stop(FIXTURE_DATA(stage) *self)
{
	unsigned int i;

	for (i = 0; i < nr_readers; i++)
		pgdm_worker_stop(&readers[i]);
	pgdm_worker_start(&self->worker, THERE);
}

/*
 * Each reader spins in user mode between its reads, in the mm, and passes no
 * sync point: it lacks the entry, and faults exactly once, unless another process
 * has the CPU for a moment.
 */
STAGE_TEST(one_extra_fault_on_each_cpu)
{
	const unsigned int rounds = ROUNDS;
	unsigned int i, round, undisturbed = 0;
	struct pgdm_turns turns[MAX_READERS];

	readers_start(self);
	track_self();
	for (i = 0; i < nr_readers; i++)
		turns[i] = (struct pgdm_turns)PGDM_TURNS_OF(&readers[i]);
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < nr_readers; i++)
			pgdm_turn_begin(&turns[i]);
		pgdm_slot_add(SLOT + round);
		for (i = 0; i < nr_readers; i++) {
			bool alone;

			pgdm_turn_count(&turns[i]);
			pgdm_worker_call(&readers[i], pgdm_job_read,
					 pgdm_slot_address(SLOT + round, 0));
			alone = pgdm_turn_end(&turns[i]);
			undisturbed += alone;
			expect_count(1, turns[i].seen, alone);
			expect_count(1, turns[i].fixed, alone);
		}
	}
	EXPECT_LE(rounds * nr_readers / 2, undisturbed);
	check_mirrors(_metadata);
	readers_stop(self);
}

static __thread sigjmp_buf no_page;
static atomic_long gone;	/* the last turn whose munmap() has returned */
static atomic_bool stop;
static atomic_ulong stale;	/* values read of a turn that was gone */
static atomic_ulong reads;	/* that found a page */

static void on_segv(int sig)
{
	(void)sig;
	siglongjmp(no_page, 1);
}

/* Zero is a page that the writer has not written yet. */
static void race_job(void *unused)
{
	volatile long *page = (volatile long *)pgdm_slot_address(SLOT, 0);

	(void)unused;
	sigsetjmp(no_page, 1);
	while (!atomic_load(&stop)) {
		long before = atomic_load(&gone), value = *page;

		if (value && value <= before)
			atomic_fetch_add(&stale, 1);
		else
			atomic_fetch_add(&reads, 1);
	}
}

STAGE_TEST(gone_on_all_cpus)
{
	volatile long *page = (volatile long *)pgdm_slot_address(SLOT, 0);
	const long turns = TURNS;
	unsigned int i;
	long turn;

	ASSERT_NE(SIG_ERR, signal(SIGSEGV, on_segv));
	readers_start(self);
	track_self();
	for (i = 0; i < nr_readers; i++)
		pgdm_worker_send(&readers[i], race_job, NULL);
	for (turn = 1; turn <= turns; turn++) {
		unsigned long found = atomic_load(&reads);

		pgdm_slot_map(SLOT);
		*page = turn;
		/* The last reader comes when it can: CPUs may be emulated. */
		if (turn % 8 == 0)
			pgdm_wait_for(atomic_load(&reads) > found);
		pgdm_slot_unmap(SLOT);
		atomic_store(&gone, turn);
	}
	atomic_store(&stop, true);
	for (i = 0; i < nr_readers; i++)
		pgdm_worker_wait(&readers[i]);
	readers_stop(self);
	EXPECT_LT(0, atomic_load(&reads));
	EXPECT_EQ(0, atomic_load(&stale));
}

TEST_HARNESS_MAIN
