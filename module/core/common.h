/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The common kernel half: what the kernel halves of all roots have in common.
 *
 * The kernel gives each mm the same kernel half, but for the own entries: in Linux that
 * of the LDT under PTI. So the kernel half of a mirror that gets another primary is
 * right already, unless a kernel-half entry was written meanwhile.
 *
 * DOC: M3, a mirror changes hands
 *
 * How long the roots are the same: the kernel does not write them all at once. It
 * writes init_mm's, from which newborns copy, and later the others, one by one. So
 * one number counts the writes, and another one says for which count all roots were
 * seen to agree:
 *
 *	writer (any root)		worker
 *	writes++, full barrier		w = writes
 *	[look the root up]		wait for all writers that counted themselves
 *	store				compare all tracked roots with init_mm's
 *					agreed = w, if they are the same
 *
 * While writes == agreed, no root's kernel half is other than init_mm's, and none is
 * being written: a writer that stores after the worker has waited has counted itself
 * after the worker read the number. A newborn that is registered later has copied
 * init_mm's; if a write came during its birth, the birth counts as a write as well.
 *
 * The owner of a mirror reads the agreed number before it compares the kernel half
 * word by word, and keeps it with the mirror (kernel_seen). When the mirror gets
 * another primary:
 *
 *	writer of p's kernel half	owner (first copy for p)
 *	writes++, full barrier		announce: mirror->primary = p
 *	store, kernel_seq++		full barrier
 *	full barrier			writes == mirror->kernel_seen?
 *	store into the mirrors found	yes: the kernel half is right
 *
 * If the owner does not see the writer's increment, the writer looks for mirrors
 * after the announcement, finds this one and stores into it (W3). If the owner sees
 * it, it compares the kernel half in full. A count after the store would leave room for
 * an owner that sees the old number and the mirror of the former primary, while a
 * writer has looked for the mirrors of the new one already.
 *
 * Where hooks were missed (H1) the numbers do not count. Own entries are compared each
 * time, by exchange, as in a full copy.
 */
#ifndef _PGDM_COMMON_H
#define _PGDM_COMMON_H

#include "entry.h"
#include "epoch.h"

#define PGDM_OWN_MAX		4

/**
 * struct pgdm_common - what is known of all roots' kernel halves
 * @writes: kernel-half writes of whatever root, but not of own entries, and what else
 *	makes the roots doubtful. From 1; any CPU adds, before the store (see
 *	pgdm_common_count())
 * @agreed: the value of @writes for which all roots were seen to agree, or 0. One
 *	thread at a time writes it
 * @epoch: the epoch at that time (H1); the same thread
 * @nr_own: how many own entries there are; constant
 * @own: their indices, 256..511; constant
 */
struct pgdm_common {
	atomic64_t writes;
	u64 agreed;
	unsigned long epoch;
	unsigned int nr_own;
	unsigned int own[PGDM_OWN_MAX];
};

extern struct pgdm_common pgdm_common;

/**
 * pgdm_common_is_own() - does each mm have this entry for itself?
 * @index: 256..511
 */
static inline bool pgdm_common_is_own(unsigned int index)
{
	unsigned int i;

	for (i = 0; i < pgdm_common.nr_own; i++)
		if (pgdm_common.own[i] == index)
			return true;
	return false;
}

/**
 * pgdm_common_writes() - how many writes were counted
 *
 * Context: any.
 */
static inline u64 pgdm_common_writes(void)
{
	return atomic64_read(&pgdm_common.writes);
}

bool pgdm_common_count(unsigned int index);
void pgdm_common_agree(u64 writes, unsigned long epoch);
void pgdm_common_disagree(void);
u64 pgdm_common_agreed(void);

#endif
