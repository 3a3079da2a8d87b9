/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine: memory, one store buffer a CPU (x86 TSO), CR3, and what a CPU
 * may have cached of the root that CR3 leads to.
 *
 * A plain store goes into the CPU's own buffer (put()), and reaches memory
 * later, in order: the process memory() drains buffers at any time. A load
 * (get()) sees the CPU's own buffer first. A locked operation and a barrier
 * wait until the buffer is empty, and act at once (locked()). Walks read memory only: that a
 * walk may see the CPU's own buffered store is the case "drained earlier".
 *
 * The caches. A CPU may walk at any moment, also speculatively, and keep what
 * it finds until it is invalidated. So cached[c, p] is not filled by steps of
 * its own: it holds every table that some root entry led to at some moment
 * since the last invalidation, while CR3 led there. That is the most that a
 * CPU can have cached; a protocol that is right with it is right with less.
 *
 * To be set before: N CPUs, M tracked mms, NM mirrors a CPU, E entries a root,
 * PG tables a root (2: PTI), RING records, LIVE.
 */

#define SB	2		/* words in a store buffer */

/* --- the words of memory that plain stores race on ---------------------- */

#define PRIM(p, i, g)		((((p) * E + (i)) * PG) + (g))
#define A_RING			(M * E * PG)
#define RECORD(p, s)		(A_RING + (p) * RING + ((s) % RING))
#define A_MIRROR		(A_RING + M * RING)
#define MIR(c, m, i, g)		(A_MIRROR + ((((c) * NM + (m)) * E + (i)) * PG) + (g))
#define A_OWNER			(A_MIRROR + N * NM * E * PG)
#define OF(c, m)		(A_OWNER + (c) * NM + (m))	/* mirror->primary: 0, or p + 1 */
#define A_FLAG			(A_OWNER + N * NM)
#define FLAG(c, m)		(A_FLAG + (c) * NM + (m))
#define A_LAZY			(A_FLAG + N * NM)
#define LAZY(c)			(A_LAZY + (c))
#define A_MISSED		(A_LAZY + N)
#define WORDS			(A_MISSED + 1)

#ifdef TRACES
#define WORD	short
#else
#define WORD	byte
#endif

WORD mem[WORDS];
WORD sb_at[N * SB], sb_value[N * SB];
byte sb_used[N];

/* --- roots, and what is cached of them ---------------------------------- */

#define ON_PRIMARY(p)	(1 + (p))
#define ON_MIRROR(m)	(1 + M + (m))
#define holds(c, m)	(cr3[c] == ON_MIRROR(m))

byte cr3[N];		/* 0: a root that is not tracked */
byte walks[N];		/* the mm that CR3's root belongs to, + 1 */
bit window[N];		/* between leaving mm_cpumask and writing CR3 */
byte cached[N * M];	/* a bit for each table */
byte freed[M];		/* tables that were freed and not used again */

#define ROOT(c)		((cr3[c] <= M) -> PRIM(cr3[c] - 1, 0, 0) : MIR(c, cr3[c] - 1 - M, 0, 0))
#define WALK(c, i, g)	mem[ROOT(c) + (i) * PG + (g)]
#define USER_PAGE	(PG - 1)

/* A table's number: two for each entry, used in turn; 0 is no table. */
bit turn[M * E];
#define TABLE(p, i)	(1 + 2 * (i) + turn[(p) * E + (i)])
#define GEN(c, p)	((c) * M + (p))
#define BIT(v)		((1 << (v)) >> 1)

/* Scratch for d_steps; never part of a state. */
hidden byte h0, h1, h2;

/* --- properties ---------------------------------------------------------- */

/* Which are checked: all, or the one that a row asks for. */
#ifndef PROPERTY
#define PROPERTY	0
#endif
#define WALKS		1	/* no walk reaches a freed table */
#define FLUSHED		2	/* after a flush no loaded mirror has what it was for */
#define REUSED		3	/* no mirror is given up while a CR3 holds it */
#define LOST		4	/* nothing published is lost */
#define TWICE		5	/* never two faults in a row without progress */
#define PROGRESS	6	/* an access gets through in the end: liveness.pml */
#define AHEAD		7	/* no mirror has what its primary has not had yet */
#define OWN		8	/* no CPU faults at an entry that it added; if asked for alone */
#define HALF		9	/* the kernel half of a synced mirror is its primary's */
#define checks(x)	(PROPERTY == 0 || PROPERTY == (x))

/* What a replay prints; a search prints nothing. */
#define SAY(c, text)		printf("@%d|", c); printf(text); printf("\n")
#define SAY1(c, text, x)	printf("@%d|", c); printf(text, x); printf("\n")
#define SAY2(c, text, x, y)	printf("@%d|", c); printf(text, x, y); printf("\n")
#define VIOLATED(c, text)	printf("@%d|VIOLATED: ", c); printf(text); printf("\n"); assert(false)

inline check_walk(_x)
{
	if
	:: checks(WALKS) && walks[_x] && !window[_x] &&
	   (cached[(_x) * M + walks[_x] - 1] & freed[walks[_x] - 1]) ->
		VIOLATED(_x, "a walk on this CPU can reach a freed table")
	:: else
	fi
}

/* CR3's root of CPU x now leads, or led a moment ago, to table v. */
inline reaches(_x, _v)
{
	cached[(_x) * M + walks[_x] - 1] = cached[(_x) * M + walks[_x] - 1] | BIT(_v);
	check_walk(_x)
}

inline reaches_all(_x)
{
	h1 = 0;
	do
	:: walks[_x] && h1 < E * PG ->
		h2 = mem[ROOT(_x) + h1];
		reaches(_x, h2);
		h1++
	:: else -> break
	od;
	h1 = 0;
	h2 = 0
}

/* --- memory and store buffers -------------------------------------------- */

/* For the property "twice", which counts faults: entry words that changed. */
byte tried[N];		/* the CPU faulted at entry tried - 1 of all roots', see start_fault() */

/* For the property "own": the CPU added entry added - 1 of all roots', and has been on one mirror since. */
byte added[N];

inline reach_memory(_a, _v)
{
	mem[_a] = _v;
	h0 = 0;
	do
	:: h0 < N ->
		if
		:: cr3[h0] && _a >= ROOT(h0) && _a < ROOT(h0) + E * PG ->
			reaches(h0, _v)
		:: else
		fi;
		if
		:: tried[h0] && _a < A_RING && _a / PG == tried[h0] - 1 ->
			tried[h0] = 0
#ifdef ZEROES
		/* W5: what the fault had brought was taken out again. */
		:: tried[h0] && !(_v) && _a == MIR(h0, 0, tried[h0] - 1, 0) -> tried[h0] = 0
#endif
		:: else
		fi;
		if
		:: added[h0] && !(_v) && _a < A_RING && _a / PG == added[h0] - 1 ->
			added[h0] = 0
		:: else
		fi;
		h0++
	:: else -> break
	od;
	h0 = 0
}

inline drain_one(_x)
{
	reach_memory(sb_at[(_x) * SB], sb_value[(_x) * SB]);
	sb_at[(_x) * SB] = sb_at[(_x) * SB + 1];
	sb_value[(_x) * SB] = sb_value[(_x) * SB + 1];
	sb_at[(_x) * SB + 1] = 0;
	sb_value[(_x) * SB + 1] = 0;
	sb_used[_x]--
}

/*
 * A locked operation, a barrier: in a d_step whose guard is this. Whatever
 * order memory() drains in is one of those in which the operation may come.
 */
#define locked(x)	(sb_used[x] == 0)

/* In a d_step whose guard is room(c). */
#define room(x)		(sb_used[x] < SB)

inline put(_x, _a, _v)
{
	sb_at[(_x) * SB + sb_used[_x]] = _a;
	sb_value[(_x) * SB + sb_used[_x]] = _v;
	sb_used[_x]++
}

#define get(x, a)							\
	((sb_used[x] == 2 && sb_at[(x) * SB + 1] == (a)) ->		\
		sb_value[(x) * SB + 1] :				\
	 ((sb_used[x] >= 1 && sb_at[(x) * SB] == (a)) ->		\
		sb_value[(x) * SB] : mem[a]))

proctype memory(byte c)
{
end:	do
	:: d_step { sb_used[c] > 0 -> drain_one(c) }
	od
}
