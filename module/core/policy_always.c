// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "always": a full copy at every switch, flush receipt and fault.
 *
 * The baseline. It needs no signal and keeps no state; it is right because
 * every sync point of the protocol copies everything.
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

const struct pgdm_policy pgdm_policy_always = {
	.name = "always",
	.number = PGDM_POLICY_always,
	.on_switch = copy,
	.on_flush = copy_on_flush,
	.on_fault = copy_on_fault,
};
