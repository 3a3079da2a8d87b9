/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two mms and a CPU with fewer mirrors than mms: switches, lazy TLB, eviction;
 * and what ends it all: the exit of an mm, untracking, rmmod.
 *
 * CPU 0 has the mirrors. CPU 1 writes mm 1 (or WRITTEN), natively, the last entry. The manager, on a CPU of
 * its own, does what ENDS says, a sum of:
 */
#define EXIT		1	/* mm 1 exits, its root is freed */
#define UNTRACK		2	/* mm 1 is untracked, and lives on */
#define RMMOD		4	/* the module goes */

#define N	3
#define M	2
#ifndef NM
#define NM	1
#endif
#ifndef E
#define E	1
#endif
#define PG	1
#ifndef RING
#define RING	2
#endif
#ifndef LIVE
#define LIVE	1
#endif
#ifndef WRITES
#define WRITES	2
#endif
#ifndef ENDS
#define ENDS	0
#endif
#ifndef FAULTS
#define FAULTS	1
#endif
#ifndef REMOVES
#define REMOVES	0
#endif
#ifndef STRICT_WINDOW
#define STRICT_WINDOW 1
#endif
/* The mm that is written, less one: CPU 0 is a sharer of the first alone. */
#ifndef WRITTEN
#define WRITTEN	0
#endif
#define SWITCHES 1
#define TRACKS
#define CALLS

#include "machine.pml"
#include "policy.pml"
#include "engine.pml"

byte writes_left = WRITES;
#ifdef MISSES
byte misses_left = MISSES;
#endif
byte unstored;
bit registered[M];
byte work[N];
#define EVERYTHING	(M + 1)
#define ADOPT		(M + 2)

#include "kernel.pml"

/* All mirrors of mm 1 are taken from it, the root leaves the registry. */
inline leave(_p)
{
	forget(2, _p);
	d_step { registered[_p] = 0; ready[_p] = 0; SAY(2, "takes the mirrors from the mm, and its root from the registry") }
}

#define nobody_runs(p)	(user[0] != (p) + 1 && !LOCK(p, 0))
#define nobody_has(p)	(loaded_mm[0] != (p) + 1)

proctype manager()
{
	byte q, r, s, v, w, k;
#ifdef STORED
	byte e2;
#endif

#if ENDS & UNTRACK
	/* pgdm_registry_remove() */
	d_step { dead[0] = 1; SAY(2, "untrack: no mirror of mm 1 is taken any more") };
#ifdef forget_first
	leave(0);
#endif
	d_step { work[0] = 1; SAY(2, "sends the CPUs that have one back to the primary") };
	(work[0] == 0);
#ifndef forget_first
	leave(0);
#endif
#endif
#if ENDS & EXIT
	/* exit_mmap(): the last user is gone, other CPUs may have it lazily. */
	d_step { nobody_runs(0) -> gone[0] = 1; begin_removal(0, 0); SAY(2, "exit_mmap of mm 1") };
	if
	:: mem[PRIM(0, 0, 0)] ->
		write_root(2, 0, 0, 0);
		flush_send(2, 0, 1);
		d_step { answered(2) -> free_table(2, 0, 0) }
	:: else
	fi;
	/* pgd_free(): a CPU that has it loaded, lazily or not, holds a reference. */
	nobody_has(0);
	if
	:: registered[0] -> leave(0)
	:: else
	fi;
	d_step {
		if
		:: checks(REUSED) && (cr3[0] == ON_PRIMARY(0) || walks[0] == 1) -> VIOLATED(0, "a root is freed, and this CPU is on it, or on a mirror that is given up while it holds it")
		:: else
		fi;
		SAY(2, "frees the root of mm 1")
	};
#endif
#if ENDS & RMMOD
	/* pgdm_live_exit(), then the hooks, then pgdm_registry_exit() */
#ifdef release_before_key
	d_step { work[0] = EVERYTHING; SAY(2, "rmmod: sends all CPUs back to their primaries") };
	(work[0] == 0);
	d_step { live = 0; SAY(2, "no CPU takes a mirror any more") };
#else
	d_step { live = 0; SAY(2, "rmmod: no CPU takes a mirror any more") };
	d_step { work[0] = EVERYTHING; SAY(2, "sends all CPUs back to their primaries") };
	(work[0] == 0);
#endif
#ifndef release_before_key
	d_step { work[0] = ADOPT; SAY(2, "lets all CPUs go on in shadow mode") };
	(work[0] == 0);
#endif
	/* The hooks are out when their grace period is over: no CPU is in one. */
	d_step { !busy[0] -> ready[0] = 0; ready[1] = 0; unhooked = 1; SAY(2, "takes the hooks out") };
	leave(0);
	leave(1);
	d_step {
		h0 = 0;
		do
		:: h0 < NM -> given_up(0, h0); h0++
		:: else -> break
		od;
		h0 = 0;
		SAY(2, "frees the mirrors")
	};
#endif
end:	0
}

/* CPU 0 runs mm 1, its mirror is loaded and up to date; mm 2 is there too. */
init
{
	d_step {
		mem[PRIM(0, 0, 0)] = 1;
		mem[PRIM(1, 0, 0)] = 1;
		mem[MIR(0, 0, 0, 0)] = 1;
#if SPARSE || defined(STORED)
		MARK(0, 0) = 1;
		MARK(1, 0) = 1;
#endif
#if SPARSE
		MIRROR_MARK(0, 0, 0) = 1;
#endif
		mem[OF(0, 0)] = 1;
		SHARER(0, 0) = 1;
		cr3[0] = (LIVE -> ON_MIRROR(0) : ON_PRIMARY(0));
		walks[0] = 1;
		cached[GEN(0, 0)] = 1;
		loaded[0] = 1;
		loaded_mm[0] = 1;
		user[0] = 1;
		mask[0] = 1;
		ready[0] = 1;
		ready[1] = 1;
		registered[0] = 1;
		registered[1] = 1
	};
	atomic {
		run memory(0);
		run memory(1);
		run memory(2);
		run cpu(0);
		run writer(1, WRITTEN, E - 1);
		run manager();
#ifdef MISSES
		run settle();
#endif
		run audit()
	}
}
