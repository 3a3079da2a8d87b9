// SPDX-License-Identifier: GPL-2.0
/*
 * The epoch: from when on does a full copy count? (Which entries changed is what a
 * primary's record says, primary.h.)
 */
#include "epoch.h"

static unsigned long no_probe;

struct pgdm_epoch pgdm_epoch __read_mostly = { .latest = &no_probe };

/**
 * pgdm_epoch_begin() - let all mirrors be copied in full
 * @what: 1 for a missed hook, PGDM_EPOCH_CHANGE for a change of policy
 *
 * The kernel counts misses in the same word, and not atomically. If its store
 * overwrites what is added here, the number has changed all the same: the kernel
 * has added a miss.
 *
 * Context: any.
 * Return: the number of the new epoch.
 */
unsigned long pgdm_epoch_begin(unsigned long what)
{
	return atomic64_add_return(what, (atomic64_t *)pgdm_epoch.latest);
}

/**
 * pgdm_epoch_set_complete() - full copies count for this epoch from now on
 * @epoch: all of its writes are stored
 *
 * Context: one caller at a time.
 */
void pgdm_epoch_set_complete(unsigned long epoch)
{
	/* Pairs with the acquire in pgdm_epoch_complete(). */
	smp_store_release(&pgdm_epoch.complete, epoch);
}
