// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "dirty": only the entries that changed, at switch, flush receipt and
 * fault; nothing is sent to any CPU. A mirror that has just got another primary, or
 * fell too far behind, gets the entries that are there, and not the whole table.
 *
 * A writer leaves a record with the primary (W2), and each CPU looks at the
 * primary's sequence at the three points where it may matter. The mail thread's
 * objection, that a new entry needs no flush and so is never picked up, is
 * met by the fault: the CPU that lacks the entry faults on it once, and that
 * is a sync point. The CPU that adds the entry does not fault: the writer stores it
 * into the mirror that this CPU has loaded as well.
 */
#include "policy.h"
#include "sync.h"

const struct pgdm_policy pgdm_policy_dirty = {
	.name = "dirty",
	.number = PGDM_POLICY_dirty,
	.skips_clean = true,
	.stores_own = true,
	.sparse = true,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_changes,
		[PGDM_AT_FLUSH] = pgdm_sync_changes,
		[PGDM_AT_FAULT] = pgdm_sync_entry_if_lacking,
	},
};
