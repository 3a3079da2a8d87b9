// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "dirty": only the entries that changed, at switch, flush receipt and
 * fault; nobody is told.
 *
 * A writer leaves a record with the primary (W2), and each CPU looks at the
 * primary's sequence at the three points where it may matter. The thread's
 * objection, that a new entry needs no flush and so is never picked up, is
 * met by the fault: the CPU that lacks the entry faults on it once, and that
 * is a sync point.
 */
#include "policy.h"
#include "bug.h"

static void sync(struct pgdm_mirror *m, struct pgdm_primary *p,
		 struct pgdm_copied *done)
{
	pgdm_mirror_sync_dirty(m, p, done);
}

static void sync_on_flush(struct pgdm_mirror *m, struct pgdm_primary *p,
			  struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_flush_sync))
		pgdm_mirror_sync_dirty(m, p, done);
}

static void sync_on_fault(struct pgdm_mirror *m, struct pgdm_primary *p,
			  unsigned int index, struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_fault_sync) && pgdm_mirror_lacks(m, p, index))
		pgdm_mirror_sync_entry(m, p, index, done);
}

const struct pgdm_policy pgdm_policy_dirty = {
	.name = "dirty",
	.number = PGDM_POLICY_dirty,
	.skips_clean = true,
	.on_switch = sync,
	.on_flush = sync_on_flush,
	.on_fault = sync_on_fault,
};
