// SPDX-License-Identifier: GPL-2.0
/*
 * The common kernel half: what the kernel halves of all roots have in common.
 */
#include "common.h"

struct pgdm_common pgdm_common = { .writes = { 1 } };

/**
 * pgdm_common_count() - a kernel-half entry of some root is being written
 * @index: which entry, 256..511
 *
 * To be called before the store, and before the root is looked up, for tracked and
 * untracked roots; with hooks=tables after init_mm's and before the others'
 * (root_stored.c). A full barrier.
 *
 * Context: any but NMI.
 * Return: was it counted? Writes of own entries are not.
 */
bool pgdm_common_count(unsigned int index)
{
	if (pgdm_common_is_own(index))
		return false;
	atomic64_inc_return(&pgdm_common.writes);
	return true;
}

/**
 * pgdm_common_agree() - all roots were seen to have the same kernel half
 * @writes: what pgdm_common_writes() returned, before the caller waited for writers
 * @epoch: the epoch that was complete before the caller compared, see
 *	pgdm_epoch_complete()
 *
 * If a write was counted meanwhile, this changes nothing.
 *
 * Context: one caller at a time.
 */
void pgdm_common_agree(u64 writes, unsigned long epoch)
{
	WRITE_ONCE(pgdm_common.epoch, epoch);
	/* Pairs with the acquire in pgdm_common_agreed(). */
	smp_store_release(&pgdm_common.agreed, writes);
}

/**
 * pgdm_common_disagree() - the roots were seen to differ
 *
 * Mirrors that were compared when the roots agreed keep the number of that time. A
 * root that was found to differ without any write, because it was not looked at before,
 * must not take one of them over unseen: so this counts as a write. To be called before
 * mirrors of such a root may be made.
 *
 * Context: as pgdm_common_agree().
 */
void pgdm_common_disagree(void)
{
	WRITE_ONCE(pgdm_common.agreed, 0);
	atomic64_inc_return(&pgdm_common.writes);
}

/**
 * pgdm_common_agreed() - the number to keep with a mirror compared from now on
 *
 * Context: any.
 * Return: the number of writes, or 0: the roots may differ.
 */
u64 pgdm_common_agreed(void)
{
	/* Pairs with the release in pgdm_common_agree(). */
	u64 agreed = smp_load_acquire(&pgdm_common.agreed);

	if (agreed != pgdm_common_writes() ||
	    !pgdm_epoch_same_misses(READ_ONCE(pgdm_common.epoch)))
		return 0;
	return agreed;
}
