// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "always-exit": a full copy at every return to user mode.
 *
 * Xen's first XPTI. There the copy is walked by the guest alone, and the way
 * back to the guest is the only point where it matters. Here the kernel walks
 * the mirror too, from the CR3 load on (S2), and would follow an entry whose
 * table was freed (S3): those points are sync points as well, and so is the
 * fault, as the kernel may be the first to touch a new entry (S4).
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

static void copy_on_fault(struct pgdm_mirror *m, struct pgdm_primary *p,
			  unsigned int index, struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_fault_sync))
		pgdm_mirror_sync_full(m, p, done);
}

static void copy_on_user_return(struct pgdm_mirror *m, struct pgdm_primary *p,
				struct pgdm_copied *done)
{
	if (!pgdm_bug(skip_user_return))
		pgdm_mirror_sync_full(m, p, done);
}

const struct pgdm_policy pgdm_policy_always_exit = {
	.name = "always-exit",
	.number = PGDM_POLICY_always_exit,
	.on_switch = copy,
	.on_flush = copy_on_flush,
	.on_fault = copy_on_fault,
	.on_user_return = copy_on_user_return,
};
