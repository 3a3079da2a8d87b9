/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The epoch: from when on does a full copy count?
 *
 * Two things make every mirror doubtful at once: a root write whose hook was missed
 * (H1), and a change of policy. Each begins a new epoch, and a mirror is right
 * again when it was copied in full after all writes of that epoch were stored.
 * This has nothing to do with what a primary publishes: from its sequence and the
 * records an owner finds the entries that changed; a new epoch means that entries may
 * have changed for which there is no record.
 */
#ifndef _PGDM_EPOCH_H
#define _PGDM_EPOCH_H

#include <port.h>

/*
 * An epoch is one word, so that a clean sync compares one: how many hooks were
 * missed, and from this bit on how often the policy changed.
 */
#define PGDM_EPOCH_CHANGE	BIT(32)
#define PGDM_EPOCH_MISSES	(PGDM_EPOCH_CHANGE - 1)

/* No count comes that far: it marks a mirror "copy in full next". */
#define PGDM_EPOCH_POISON	(~0UL)

/**
 * struct pgdm_epoch - what all CPUs share
 * @latest: the number of the latest epoch; where the kernel counts its missed
 *	probes, so that a miss needs no code of ours. Never NULL
 * @complete: the latest epoch whose writes are surely stored. A miss is counted
 *	before the kernel stores, so a full copy made at once may still lack the
 *	write; until this catches up, all syncs are full. One thread at a time
 *	writes it, owners of mirrors read it
 */
struct pgdm_epoch {
	unsigned long *latest;
	unsigned long complete;
};

extern struct pgdm_epoch pgdm_epoch;

/**
 * pgdm_epoch_latest() - the number of the latest epoch
 *
 * Context: any.
 */
static __always_inline unsigned long pgdm_epoch_latest(void)
{
	return READ_ONCE(*pgdm_epoch.latest);
}

/**
 * pgdm_epoch_complete() - the epoch that a full copy begun now brings
 *
 * Context: any.
 */
static inline unsigned long pgdm_epoch_complete(void)
{
	/* Pairs with the release in pgdm_epoch_set_complete(). */
	return smp_load_acquire(&pgdm_epoch.complete);
}

/**
 * pgdm_epoch_same_misses() - was no hook missed since?
 * @epoch: the number of an epoch, or PGDM_EPOCH_POISON: then false
 *
 * Context: any.
 */
static inline bool pgdm_epoch_same_misses(unsigned long epoch)
{
	return !((pgdm_epoch_latest() ^ epoch) & PGDM_EPOCH_MISSES);
}

unsigned long pgdm_epoch_begin(unsigned long what);
void pgdm_epoch_set_complete(unsigned long epoch);

#endif
