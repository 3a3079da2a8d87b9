/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel half of a mirror that changes hands (M3), which is not copied as long as
 * no kernel-half entry of any root was written since it was last compared.
 *
 * Root 0 is init_mm's, which is never tracked. The kernel writes an entry there first,
 * and then, under pgd_lock, into each other root in its list that lacks it. CPU 0 has
 * one mirror, which it gives from root to root. CPU 1 is the kernel that writes. CPU 2
 * writes LDTs: the own entry of a root, which is like that of no other.
 *
 * To be set before: HANDS, how often the mirror changes hands; PASSES over all roots;
 * LDTS, writes of own entries; sets of roots, 2 for root 1, 4 for root 2, ...: TRACKED
 * from the beginning, BORN one after the other meanwhile, LATE: old mms that are tracked meanwhile, and have
 * an entry that init_mm has not.
 */
#define N	3
#define M	3
#define NM	1
#define E	2
#define PG	1
#define RING	1
#define LIVE	0
#define STORES_MIRRORS 1
#define SPARSE	0
#define AT_FIRST ALL
#define STORES_OWN 0
#ifndef HANDS
#define HANDS	2
#endif
#ifndef PASSES
#define PASSES	1
#endif
#ifndef LDTS
#define LDTS	0
#endif
#ifndef TRACKED
#define TRACKED	6
#endif
#ifndef BORN
#define BORN	0
#endif
#ifndef LATE
#define LATE	0
#endif

#include "machine.pml"
#include "policy.pml"
#include "engine.pml"

#define SHARED		0	/* the entries of a root: one that all have, */
#define OWN_ENTRY	1	/* and the own one */
#define CPU(x)		(1 << (x))
#define ROOT_BIT(p)	(1 << (p))

byte hands_left = HANDS;
byte passes_left = PASSES;
byte ldts_left = LDTS;

byte writes = 1;		/* pgdm_common.writes */
byte agreed = 1;		/* pgdm_common.agreed */
byte kernel_seen;		/* mirror->kernel_seen */
byte kernel_seq[M];
bit registered[M];
bit ready[M];
bit synced;			/* the mirror has had its first copy */

bit pgd_lock;
byte listed = TRACKED | LATE;	/* pgd_list */
byte way;			/* CPUs that have counted a write, and may not have stored it */
byte waited_for;		/* of these, whom the worker's grace period waits for */
bit written[M * E];		/* a writer of this word is under way */

/* --- the writer ------------------------------------------------------------ */

/* pgdm_root_write(), and the kernel's own store behind it. */
inline write_half(_c, _p, _i, _val)
{
	d_step {
		locked(_c) ->
		written[(_p) * E + (_i)] = 1;
		way = way | CPU(_c);
#ifndef count_late
		writes = writes + ((_i) == SHARED);
#endif
		SAY2(_c, "is about to write %d into the kernel half of root %d", _val, _p)
	};
	if
	:: registered[_p] ->
		d_step { room(_c) -> put(_c, PRIM(_p, _i, 0), _val); SAY1(_c, "stores it into root %d", _p) };
#ifdef count_late
		d_step { locked(_c) -> writes = writes + ((_i) == SHARED); SAY1(_c, "counts: %d writes", writes) };
#endif
		d_step { locked(_c) -> kernel_seq[_p]++ };
		write_mirrors(_c, _p, _i, _val)
	:: !registered[_p] ->
		d_step { room(_c) -> put(_c, PRIM(_p, _i, 0), _val); SAY1(_c, "stores it into root %d, which is not tracked", _p) };
#ifdef count_late
		d_step { locked(_c) -> writes = writes + ((_i) == SHARED); SAY1(_c, "counts: %d writes", writes) }
#endif
	fi;
	d_step {
		locked(_c) ->
		written[(_p) * E + (_i)] = 0;
		way = way & ~CPU(_c);
		waited_for = waited_for & ~CPU(_c)
	}
}

#define lacks_it(p)	((todo & ROOT_BIT(p)) && !mem[PRIM(p, SHARED, 0)])

proctype pass(byte c)
{
	byte r, p, todo;

end:	d_step { passes_left -> passes_left-- };
next:	write_half(c, p, SHARED, 1);
	if
	:: d_step { p == 0 && !pgd_lock -> pgd_lock = 1; todo = listed }
	:: p != 0
	fi;
	atomic {
		if
		:: lacks_it(1) -> p = 1
		:: lacks_it(2) -> p = 2
		:: else -> p = 0; todo = 0; pgd_lock = 0; goto done
		fi;
		todo = todo & ~ROOT_BIT(p);
		goto next
	};
done:	skip
}

proctype ldt(byte c)
{
	byte r, p, v;

end:	do
	:: d_step {
			ldts_left ->
			ldts_left--;
			if
			:: p = 1
			:: p = 2
			fi;
			v = !mem[PRIM(p, OWN_ENTRY, 0)]
		};
		write_half(c, p, OWN_ENTRY, v);
		p = 0;
		v = 0
	od
}

/* --- roots that come -------------------------------------------------------- */

/*
 * pgd_alloc() copies init_mm's half, with pgd_lock held. The newborn counts as a write
 * if there was one since it began, or if one from before may not have been stored then.
 * It is entered first: what is counted after that finds it when roots are compared.
 */
proctype birth(byte p; byte last)
{
	byte n;
	bit overlaps;

begin:	n = writes;
#ifndef birth_trusts_count
	overlaps = (way != 0);
#endif
	d_step {
		!pgd_lock ->
		mem[PRIM(p, SHARED, 0)] = mem[PRIM(0, SHARED, 0)];
		listed = listed | ROOT_BIT(p);
		SAY2(2, "(birth) root %d is made: its kernel half has %d", p, mem[PRIM(p, SHARED, 0)])
	};
#ifndef enter_late
	d_step { registered[p] = 1; SAY1(2, "(birth) enters root %d", p) };
#endif
#ifndef birth_uncounted
	d_step {
		overlaps = overlaps || writes != n;
		writes = writes + overlaps;
		SAY2(2, "(birth) of root %d: counts as %d writes", p, overlaps);
		overlaps = 0;
		n = 0
	};
#endif
#ifdef enter_late
	d_step { registered[p] = 1; SAY1(2, "(birth) enters root %d", p) };
#endif
	/* A1: pgdm_kernel_half_is_stored() */
	d_step { way == 0 -> ready[p] = 1; SAY1(2, "(birth) mirrors of root %d may be made", p) };
	if
	:: d_step { p < last -> p++; n = 0; overlaps = 0 }; goto begin
	:: p == last
	fi
}

/* pgdm_registry_add(), pgdm_registry_make_ready(): counts as a write, too. */
proctype track(byte p)
{
	d_step { registered[p] = 1; SAY1(2, "(tracker) enters root %d", p) };
	(way == 0);
#ifndef attach_uncounted
	writes++;
#endif
	d_step { ready[p] = 1; SAY1(2, "(tracker) mirrors of root %d may be made", p) }
}

/* --- the worker that compares the roots -------------------------------------- */

/* In answer to a bell, which each counted write rings. */
proctype worker()
{
	byte n, p;		/* n: the writes that it has looked at */
	bit same;

end:	do
	:: d_step {
			writes != (n -> n : 1) ->
			n = writes;
#ifndef agree_early
			waited_for = way;
#endif
			SAY1(2, "(worker) reads %d writes, waits for those under way", n)
		};
		d_step { waited_for == 0 -> same = 1; p = 1 };
#ifndef agree_blindly
		do
		:: p < M ->
			d_step {
				same = same && (!registered[p] || mem[PRIM(p, SHARED, 0)] == mem[PRIM(0, SHARED, 0)]);
				p++
			}
		:: else -> break
		od;
#endif
		p = 0;
		d_step {
			if
			:: same -> agreed = n; SAY1(2, "(worker) all roots agree: %d", n)
			:: else -> SAY(2, "(worker) the roots differ")
			fi;
			same = 0
		}
	od
}

/* --- the owner ------------------------------------------------------------------ */

#define may_take(p)	(hands_left && ready[p] && mem[OF(0, 0)] != (p) + 1)

proctype owner(byte c)
{
	byte q, s, v, w, k;
	byte p, n, all;		/* all: what kernel_seen will be, + 1; 0: not in full */

end:	do
	:: d_step {
			may_take(1) || may_take(2) ->
			if
			:: may_take(1) -> p = 1
			:: may_take(2) -> p = 2
			fi;
			hands_left--;
			synced = 0
		};
		claim(c, p, 0);
		if
		:: d_step { w == 0 -> p = 0 }
		:: w != 0 ->
			/* The announcement is in memory: claim()'s barrier. */
			d_step { w = 0; n = writes; SAY2(c, "reads %d writes; its mirror's half is of %d", n, kernel_seen) };
			if
#ifdef ignore_kernel_write
			:: d_step { kernel_seen -> n = 0 }
			:: d_step { kernel_seen == 0 -> all = (agreed == n -> n + 1 : 1); n = 0 }
#else
			:: d_step { n == kernel_seen -> n = 0 }
			:: d_step { n != kernel_seen -> all = (agreed == n -> n + 1 : 1); n = 0 }
#endif
			fi;
again:			q = kernel_seq[p];
			if
			:: all -> copy_word(c, 0, p, SHARED, 0)
			:: else
			fi;
#ifdef skip_own_entries
			if
			:: all -> copy_word(c, 0, p, OWN_ENTRY, 0)
			:: else
			fi;
#else
			copy_word(c, 0, p, OWN_ENTRY, 0);
#endif
			atomic {
				locked(c) ->
				if
				:: kernel_seq[p] != q -> goto again
				:: else
				fi;
				if
				:: all -> kernel_seen = all - 1
				:: else
				fi;
				synced = 1;
				SAY2(c, "has its mirror of root %d; the half is of %d writes", p, kernel_seen);
				all = 0; q = 0; p = 0
			}
		fi
	od
}

/* --- W3 --------------------------------------------------------------------------- */

/*
 * HALF: a mirror that has had its first copy has the kernel half of its primary, but for
 * a word of which a writer is under way.
 */
#define OWNED		(mem[OF(0, 0)] - 1)
#define half_differs(i)	(!written[OWNED * E + (i)] && mem[MIR(0, 0, i, 0)] != mem[PRIM(OWNED, i, 0)])

proctype audit()
{
end:	d_step { checks(HALF) && synced && mem[OF(0, 0)] && (half_differs(SHARED) || half_differs(OWN_ENTRY)) ->
		VIOLATED(0, "its mirror has not the kernel half of its primary") }
}

#define begins(p)							\
	if								\
	:: TRACKED & ROOT_BIT(p) -> registered[p] = 1; ready[p] = 1	\
	:: LATE & ROOT_BIT(p) -> mem[PRIM(p, SHARED, 0)] = 1		\
	:: else								\
	fi

init
{
	d_step {
		begins(1);
		begins(2);
#if TRACKED & 2
		mem[OF(0, 0)] = 2;
		SHARER(0, 1) = 1;
		kernel_seen = 1;
		synced = 1;
#endif
		/* That they differ in their own entries is the rule. */
		mem[PRIM(2, OWN_ENTRY, 0)] = 1
	};
	atomic {
		run memory(0);
		run memory(1);
		run memory(2);
		run owner(0);
		run pass(1);
#if LDTS
		run ldt(2);
#endif
#if BORN
		run birth((BORN & 2 -> 1 : 2), 2);
#endif
#if LATE & 4
		run track(2);
#endif
		run worker();
		run audit()
	}
}
