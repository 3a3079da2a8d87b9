/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One mm: writers of two entries, store buffers, the ring, faults, flushes;
 * with SWITCHES the way out of the mm and back, and lazy TLB; with MISSES,
 * NMI, ATTACH what these rules are about. With STORED the kernel stores before the hook is
 * called (W5): any time passes, the thread may go to another CPU, removals of both entries
 * may overlap. The hook is never told of UNSEEN additions. LEFT: entry 1 may have a mark
 * though it is not there.
 *
 * CPUs 0 to OWNERS - 1 have mirrors, the other CPUs only write.
 */
#ifndef N
#define N	3
#endif
#ifndef OWNERS
#define OWNERS	1
#endif
#define M	1
#define NM	1
#ifndef E
#define E	2
#endif
#ifndef PG
#define PG	1
#endif
#ifndef RING
#define RING	2
#endif
#ifndef LIVE
#define LIVE	1
#endif
#ifndef WRITES
#define WRITES	4
#endif
#ifndef FAULTS
#define FAULTS	255
#endif
#ifndef REMOVES
#define REMOVES	255
#endif
#ifndef SWITCHES
#define SWITCHES 0
#endif
#ifndef STRICT_WINDOW
#define STRICT_WINDOW 1
#endif

#ifdef ATTACH
#define TRACKS			/* the root is registered at some time, or not any more */
#define CALLS			/* the module calls CPUs by IPI */
#endif

#include "policy.pml"
#include "machine.pml"
#include "engine.pml"

byte writes_left = WRITES;
#ifdef UNSEEN
byte unseen_left = UNSEEN;
#endif
#ifdef MISSES
byte misses_left = MISSES;
#endif
byte unstored;			/* writes past a probe that did not see them */
bit registered[M];		/* in the registry's hash */
byte work[N];			/* the module's IPI: release mm work - 1, all mms, or: */
#define EVERYTHING	(M + 1)
#define ADOPT		(M + 2)

#include "kernel.pml"

#ifdef NMI
/* In a d_step: what a whole sync does. */
inline sync_in_nmi()
{
	h1 = 0;
	do
	:: h1 < E ->
		h2 = mem[PRIM(0, h1, 0)];
		mark_mirror(0, 0, h1, h2);
		if
		:: h2 != get(0, MIR(0, 0, h1, 0)) && sb_used[0] == 0 -> reach_memory(MIR(0, 0, h1, 0), h2)
		:: h2 != get(0, MIR(0, 0, h1, 0)) && sb_used[0] == 1 -> put(0, MIR(0, 0, h1, 0), h2)
		:: else
		fi;
		h1++
	:: else -> break
	od;
	seen[0] = seq[0];
	SAY1(0, "NMI: syncs, the mirror holds sequence %d", seq[0]);
	h1 = 0;
	h2 = 0
}

/*
 * N1: an NMI that faults while a sync point of CPU 0 is under way, at the entry
 * it likes. Nested as it is, it is over before the CPU goes on. Or one that faults
 * while CPU 0 stores into its own mirror, which is no sync point: it syncs.
 */
proctype nmi()
{
	byte i;

end:	do
#if STORES_OWN
	:: d_step {
			i < NMI && publishing[0] && locked(0) && has_own(0, 0) ->
			SAY(0, "NMI: faults inside the hook");
			sync_in_nmi();
			i++
		}
#endif
	:: d_step {
			i < NMI && busy[0] && syncing[0] ->
			SAY(0, "NMI: faults inside the sync");
#ifdef nested_sync
			/* Takes it for a sync point like any other. */
			sync_in_nmi();
#elif !defined(no_poison)
			missed_seen[0] = POISON;
			SAY(0, "NMI: marks the mirror to be copied in full");
#endif
			i++
		}
	od
}
#endif

#ifdef ATTACH
#if SPARSE
/* Writers that find the root registered make marks, too, and may clear one meanwhile. */
inline look_through()
{
	v = mem[PRIM(0, 0, 0)];
	d_step { MARK(0, 0) = MARK(0, 0) || v; SAY1(N - 1, "(tracker) has found %d in entry 0", v) };
	v = mem[PRIM(0, E - 1, 0)];
	d_step { MARK(0, E - 1) = MARK(0, E - 1) || v; v = 0; SAY(N - 1, "(tracker) has looked at all entries") }
}
#endif

/* A1: registers the root, waits for writers past the probe, lets mirrors be made. */
proctype attacher()
{
	byte v;

end:	d_step { registered[0] = 1; SAY(N - 1, "(tracker) registers the root") };
#if SPARSE && defined(scan_early)
	look_through();
#endif
#ifndef attach_early
	(unstored == 0);
#endif
#if SPARSE && !defined(scan_early)
	look_through();
#endif
	d_step { ready[0] = 1; work[0] = ADOPT; SAY(N - 1, "(tracker) the mm is ready, lets CPU 0 adopt it") }
}
#endif

/* Each CPU that has a mirror runs the mm, up to date; entry 0 is there. */
init
{
	d_step {
		h0 = 0;
		do
		:: h0 < PG -> mem[PRIM(0, 0, h0)] = 1; h0++
		:: else -> break
		od;
#if (SPARSE || defined(STORED)) && !defined(ATTACH)
		MARK(0, 0) = 1;
#endif
		h0 = 0;
		do
		:: h0 < OWNERS ->
#ifdef ATTACH
			/* On the primary: an mm that is being tracked while it runs. */
			cr3[h0] = ON_PRIMARY(0);
			walks[h0] = 1;
			cached[GEN(h0, 0)] = 1;
			loaded_mm[h0] = 1;
			mask[0] = mask[0] | CPU(h0);
			h0++
		:: 0 ->
#endif
			h1 = 0;
			do
			:: h1 < PG -> mem[MIR(h0, 0, 0, h1)] = 1; h1++
			:: else -> break
			od;
#if SPARSE
			MIRROR_MARK(h0, 0, 0) = 1;
#endif
			mem[OF(h0, 0)] = 1;
			SHARER(h0, 0) = 1;
			cr3[h0] = (LIVE -> ON_MIRROR(0) : ON_PRIMARY(0));
			walks[h0] = 1;
			cached[GEN(h0, 0)] = 1;
			loaded[h0] = 1;
			loaded_mm[h0] = 1;
			mask[0] = mask[0] | CPU(h0);
			h0++
		:: else -> break
		od;
#ifndef ATTACH
		ready[0] = 1;
#endif
		h0 = 0;
		h1 = 0
	};
#ifdef LEFT
	if
	:: MARK(0, E - 1) = 1
	:: true
	fi;
#endif
	atomic {
		run memory(0);
		run cpu(0);
#if N > 1
		run memory(1);
#if OWNERS > 1
		run cpu(1);
#else
		run writer(1, 0, 0);
#endif
#endif
#if N > 2
		run memory(2);
#if OWNERS > 2
		run cpu(2);
#else
		run writer(2, 0, E - 1);
#endif
#endif
#ifdef NMI
		run nmi();
#endif
#ifdef MISSES
		run settle();
#endif
#ifdef ATTACH
		run attacher();
#endif
		run audit()
	}
}
