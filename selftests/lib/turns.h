/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scenes that another process may disturb, and how to tell.
 *
 * A CPU of ours may be another process's for a moment, and the switch back is a sync
 * point that the test has not asked for: what a scene has counted proves less then. The
 * counter "switches" of the CPU has moved in that case.
 */
#ifndef _PGDM_TURNS_H
#define _PGDM_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "worker.h"

/**
 * struct pgdm_watch - watches whether other processes come to some CPUs
 * @here: watch the CPU of the caller, which is pinned to @cpu
 * @cpu: that CPU
 * @worker: watch the CPU of this worker, which has no job when the watch begins and
 *	ends; NULL: do not
 * @switches: to tracked mms on these CPUs when the watch began
 * @undisturbed: what the last pgdm_watch_end() has returned
 * @tries: how often pgdm_watch_again() was true
 */
struct pgdm_watch {
	bool here;
	unsigned int cpu;
	struct pgdm_worker *worker;
	uint64_t switches;
	bool undisturbed;
	unsigned int tries;
};

/**
 * pgdm_watch_begin() - begin to watch
 * @w: the watch
 *
 * A switch is counted before it syncs, so the worker is waited for.
 */
void pgdm_watch_begin(struct pgdm_watch *w);

/**
 * pgdm_watch_end() - has anything disturbed since the watch began?
 * @w: the watch
 * @own: so many switches are the scene's own
 *
 * Return: true if there was no other switch.
 */
bool pgdm_watch_end(struct pgdm_watch *w, unsigned int own);

/**
 * pgdm_watch_again() - must the scene be played again?
 * @w: the watch, which was ended
 *
 * For the condition of a do-while loop around a scene that has to be undisturbed. The
 * process dies when ten in a row were disturbed.
 *
 * Return: was it disturbed?
 */
bool pgdm_watch_again(struct pgdm_watch *w);

/**
 * struct pgdm_turns - the turns of a scene that counts the faults of a CPU
 * @watch: of that CPU
 * @cpu: that CPU
 * @seen: faults of tracked mms in this turn, once it has ended
 * @fixed: those that found an entry lacking
 * @nr: how many turns have ended
 * @undisturbed: in how many of them nothing disturbed
 */
struct pgdm_turns {
	struct pgdm_watch watch;
	unsigned int cpu;
	uint64_t seen;
	uint64_t fixed;
	unsigned int nr;
	unsigned int undisturbed;
};

/* On the caller's own CPU, or of a CPU whose worker has a job. */
#define PGDM_TURNS_ON(nr) { .cpu = (nr), .watch = { .here = true, .cpu = (nr) } }
/* On the CPU of a worker that has no job when a turn begins and ends. */
#define PGDM_TURNS_OF(w) { .cpu = (w)->cpu, .watch = { .worker = (w) } }

/**
 * pgdm_turn_begin() - from here on a turn may be disturbed
 * @t: the turns
 */
void pgdm_turn_begin(struct pgdm_turns *t);

/**
 * pgdm_turn_count() - count the faults from here on
 * @t: the turns, of which one has begun
 */
void pgdm_turn_count(struct pgdm_turns *t);

/**
 * pgdm_turn_faults() - the faults of the turn so far
 * @t: the turns
 * @seen: set to all faults; NULL: not wanted
 * @fixed: set to those that found an entry lacking; NULL: not wanted
 */
void pgdm_turn_faults(const struct pgdm_turns *t, uint64_t *seen,
		      uint64_t *fixed);

/**
 * pgdm_turn_end() - the faults are counted, and the turn is over
 * @t: the turns
 *
 * Return: true if nothing disturbed.
 */
bool pgdm_turn_end(struct pgdm_turns *t);

/*
 * Exactly so many, if nothing disturbed; never more.
 */
#define expect_count(wanted, counted, undisturbed) do {		\
	EXPECT_GE(wanted, counted);				\
	if (undisturbed) {					\
		EXPECT_EQ(wanted, counted);			\
	}							\
} while (0)

/* The turns were worth something. */
#define expect_half_undisturbed(t) \
	EXPECT_LE((t)->nr / 2, (t)->undisturbed)

#endif
