// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "flush-only": a full copy at switch and flush receipt, nothing else.
 *
 * The thread's proposal, and incomplete: a new entry needs no flush, and a CPU
 * that lacks it faults for ever. It is here to be seen. Removals are right, as
 * they are flushed; in live mode the guard (pgdm_cache_guard()) ends the
 * faulting, and counts that.
 */
#include "policy.h"
#include "bug.h"

static void copy(struct pgdm_mirror *m, struct pgdm_primary *p,
		 struct pgdm_copied *done)
{
	pgdm_mirror_sync_full(m, p, done);
}

static void copy_on_flush(struct pgdm_mirror *m, struct pgdm_primary *p,
			  struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_flush_sync))
		pgdm_mirror_sync_full(m, p, done);
}

static void do_nothing(struct pgdm_mirror *m, struct pgdm_primary *p,
		       unsigned int index, struct pgdm_copied *done)
{
}

const struct pgdm_policy pgdm_policy_flush_only = {
	.name = "flush-only",
	.number = PGDM_POLICY_flush_only,
	.on_switch = copy,
	.on_flush = copy_on_flush,
	.on_fault = do_nothing,
};
