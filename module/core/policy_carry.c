// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "carry": a write raises a flag that is carried to the TLB flush, and
 * a write that no flush follows gets one; a full copy where a flush arrives
 * with the flag raised, and at every switch.
 *
 * The mail thread's answer. The flag is the primary's sequence, as with "flag-mm".
 * The mail thread would send a flush from each place that writes without one; here
 * it is sent from the one function by which the kernel adds a root entry, when
 * that returns. Until then the CPU may fault on the entry (S4).
 */
#include "policy.h"
#include "sync.h"

const struct pgdm_policy pgdm_policy_carry = {
	.name = "carry",
	.number = PGDM_POLICY_carry,
	.kick = PGDM_KICK_FLUSH,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_all,
		[PGDM_AT_FLUSH] = pgdm_sync_all_if_behind,
		[PGDM_AT_FAULT] = pgdm_sync_all_if_lacking,
	},
};
