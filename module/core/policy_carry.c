// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "carry": a write raises a flag that is carried to the TLB flush, and
 * a write that no flush follows gets one; a full copy where a flush arrives
 * with the flag raised, and at every switch.
 *
 * The thread's answer. The flag is the primary's sequence, as with "flag-mm".
 * What the thread would have done at each place that writes without a flush is
 * done here at the one place where the kernel adds a root entry, when that
 * returns. Until then the CPU may fault on the entry (S4).
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
	if (pgdm_primary_seq(p) != m->seen && !pgdm_bug(skip_flush_sync))
		pgdm_mirror_sync_full(m, p, done);
}

static void copy_on_fault(struct pgdm_mirror *m, struct pgdm_primary *p,
			  unsigned int index, struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_fault_sync) && pgdm_mirror_lacks(m, p, index))
		pgdm_mirror_sync_full(m, p, done);
}

const struct pgdm_policy pgdm_policy_carry = {
	.name = "carry",
	.number = PGDM_POLICY_carry,
	.signal = PGDM_SIGNAL_FLUSH,
	.on_switch = copy,
	.on_flush = copy_on_flush,
	.on_fault = copy_on_fault,
};
