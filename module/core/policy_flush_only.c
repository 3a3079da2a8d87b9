// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "flush-only": a full copy at switch and flush receipt, nothing else.
 *
 * The mail thread's proposal, and incomplete: a new entry needs no flush, and a
 * CPU that lacks it faults for ever. The policy is here to show that. Removals are
 * right, as they are flushed; in live mode the guard (pgdm_cache_guard()) ends the
 * faulting, and counts that.
 */
#include "policy.h"
#include "sync.h"

const struct pgdm_policy pgdm_policy_flush_only = {
	.name = "flush-only",
	.number = PGDM_POLICY_flush_only,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_all,
		[PGDM_AT_FLUSH] = pgdm_sync_all,
		[PGDM_AT_FAULT] = pgdm_sync_nothing,
	},
};
