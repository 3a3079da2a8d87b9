/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a trace of the real module one of the model's? The records of one mm, in
 * their order, are in records.pml, which tools/model/accept makes.
 *
 * A record is written after what it tells of, so what it tells of happened
 * after the CPU's record before it, and before this one; within that it may come
 * before or after what other CPUs' records tell of. So each CPU does the steps of
 * its next record, in the model's own inlines, as soon as its record before has
 * been written, then waits for its turn to write. Where a step comes out otherwise
 * than the record says, the path ends. The trace is accepted if there is a path on
 * which all records are written.
 *
 * No record says which mirror a CPU has loaded when it writes. A CPU that has made a
 * first copy is taken to have that one loaded from then on: only threads of the mm write
 * its root, and an eviction cannot be replayed.
 */
#define M	1
#define NM	1
#define PG	1
#define RING	64
#define LIVE	0
#define TRACES

#define P_PUBLISH	1
#define P_SYNC		2
#define P_FAULT		3
#define P_MARK		4

#define R_SWITCH	1
#define R_FLUSH		2
#define R_FAULT		3
#define R_ATTACH	4

#include "records.h"
#include "machine.pml"
#include "policy.pml"
#include "engine.pml"

short written;			/* records written so far */
c_code { static int farthest; }

/*
 * Of a sync, for comparison. A copy by marks counts more entries than there are here:
 * those that were there before and that no record names, and what an older owner left
 * in the mirror. So of that the record's number is a bound.
 */
bit did_full[N];
bit did_marked[N];
short did_entries[N];
short did_named[N];
#define as_many(c, n, named) (did_marked[c] -> did_entries[c] <= (n) : did_entries[c] == (n) && did_named[c] == (named))

#include "records.pml"

inline next_record()
{
	c_code {
		Ptraced->at = Ptraced->c ? order_1[Ptraced->pos] : order_0[Ptraced->pos];
		Ptraced->kind = record[Ptraced->at][0];
		Ptraced->a = record[Ptraced->at][1];
		Ptraced->b = record[Ptraced->at][2];
		Ptraced->d = record[Ptraced->at][3];
		Ptraced->named = record[Ptraced->at][4];
		Ptraced->pos++;
	}
}

inline write_record(_c)
{
	atomic {
		written == at ->
		written++;
		c_code {
			if (now.written > farthest) {
				farthest = now.written;
				printf("written: %d\n", farthest);
			}
		};
		assert(written < RECORDS)
	}
}

proctype traced(byte c)
{
	short q, r, s, v, w, k, e2, need;
	short m, p, e, what;
	short at, kind, a, b, d, named;
	short pos;
	bit faulted;

end:	do
	:: d_step { pos < count_of(c) -> next_record() };
		if
		:: kind == P_MARK
		:: kind == P_PUBLISH ->
			hook_write(c, 0, b, d);
			/* Whose is sequence a? */
			a > 0 && get(c, RECORD(0, a)) == a * E + b
		:: kind == P_FAULT ->
			/* The sync's record follows. */
			lacks(c, 0, 0, a);
			d_step { k == b -> k = 0; faulted = 1; e = a; what = AT_FAULT };
			goto sync
		:: kind == P_SYNC && faulted -> faulted = 0; goto compare
		:: kind == P_SYNC && !faulted ->
			if
			:: b == R_SWITCH -> what = AT_SWITCH
			:: b == R_FLUSH -> what = AT_FLUSH
			:: b == R_ATTACH ->
				/* In full while a miss, or the kernel half, is looked after. */
				what = (d < 0 -> ALL : AT_FIRST);
				d_step { locked(c) -> mem[OF(c, 0)] = 1; SHARER(c, 0) = 1 };
				loaded[c] = 1
			fi;
			goto sync
		fi;
record:		write_record(c)
	od;
sync:	did_full[c] = 0;
	did_marked[c] = 0;
	did_entries[c] = 0;
	did_named[c] = 0;
	sync_point(c, 0, 0, what, e);
	what = 0;
	e = 0;
	if
	:: faulted -> goto record
	:: else
	fi;
compare:
	atomic {
		seen[ID(c, 0)] == a && did_full[c] == (d < 0) && (d < 0 || as_many(c, d, named)) ->
		did_full[c] = 0;
		did_marked[c] = 0;
		did_entries[c] = 0;
		did_named[c] = 0
	};
	goto record
}

init
{
	d_step { first_values() };
	atomic {
		run memory(0);
		run traced(0);
		run memory(1);
		run traced(1)
	}
}
