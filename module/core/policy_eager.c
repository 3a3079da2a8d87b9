// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "eager": the writer stores the entry into every mirror.
 *
 * NetBSD's SVS, Linux PTI, Mitosis. It is what every policy here does with the
 * kernel half (W3), and right for the same reason, with seq in the place of
 * kernel_seq: see pgdm_engine_write_through(). After the hook of a removal no
 * mirror leads to the table, and the flush that follows has nothing to do. A
 * mirror lacks an entry only while a writer is between its two stores.
 *
 * No lock is needed: two writers of one entry never meet (core/primary.c), and
 * a writer and an owner that copies settle it by exchanges.
 *
 * The writer's scan costs more the more CPUs there are (W2): a baseline.
 */
#include "policy.h"
#include "bug.h"
#include "engine.h"

static void store_everywhere(struct pgdm_primary *p, const struct pgdm_write *w,
			     struct pgdm_stats *stats)
{
	pgdm_engine_store(p, w, stats);
}

static void do_nothing(struct pgdm_mirror *m, struct pgdm_primary *p,
		       struct pgdm_copied *done)
{
}

static void sync_on_fault(struct pgdm_mirror *m, struct pgdm_primary *p,
			  unsigned int index, struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_fault_sync) && pgdm_mirror_lacks(m, p, index))
		pgdm_mirror_sync_entry(m, p, index, done);
}

const struct pgdm_policy pgdm_policy_eager = {
	.name = "eager",
	.number = PGDM_POLICY_eager,
	.skips_clean = true,
	.stores = true,
	.on_publish = store_everywhere,
	.on_switch = do_nothing,
	.on_flush = do_nothing,
	.on_fault = sync_on_fault,
};
