// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "always-exit": a full copy at every return to user mode.
 *
 * Xen's first XPTI. There the copy is walked by the guest alone, and the way
 * back to the guest is the only point where it matters. Here the kernel walks
 * the mirror too, from the CR3 load on (S2), and would follow an entry to a
 * table that was freed (S3): those points are sync points as well, and so is the
 * fault, as the kernel may be the first to touch a new entry (S4).
 */
#include "policy.h"
#include "sync.h"

const struct pgdm_policy pgdm_policy_always_exit = {
	.name = "always-exit",
	.number = PGDM_POLICY_always_exit,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_all,
		[PGDM_AT_FLUSH] = pgdm_sync_all,
		[PGDM_AT_FAULT] = pgdm_sync_all,
		[PGDM_AT_USER_RETURN] = pgdm_sync_all,
	},
};
