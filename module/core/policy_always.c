// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "always": a full copy at every switch, flush receipt and fault.
 *
 * The baseline. It needs no kick and keeps no state; it is right because
 * every sync point of the protocol copies everything.
 */
#include "policy.h"
#include "sync.h"

const struct pgdm_policy pgdm_policy_always = {
	.name = "always",
	.number = PGDM_POLICY_always,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_all,
		[PGDM_AT_FLUSH] = pgdm_sync_all,
		[PGDM_AT_FAULT] = pgdm_sync_all,
	},
};
