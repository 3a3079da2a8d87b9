// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "eager": the writer stores the entry into every mirror.
 *
 * NetBSD's SVS, Linux PTI, Mitosis. It is what every policy here does with the
 * kernel half (W3), and right for the same reason, with seq in the place of
 * kernel_seq: see pgdm_mirrors_write_through(). After the hook of a removal no
 * mirror leads to the table, and the flush that follows has nothing to do. A
 * mirror lacks an entry only while a writer is between its two stores.
 *
 * No lock is needed: two writers of one entry never meet (write.c), and
 * a writer and an owner that copies settle it by exchanges. (Where the kernel stores first,
 * they may: a remover may store its zero over an entry that was added meanwhile; the mirror
 * lacks the entry then, which is legal there: stored.h.)
 *
 * The writer's scan costs more the more CPUs there are (W2): a baseline.
 */
#include "mirrors.h"
#include "policy.h"
#include "sync.h"

const struct pgdm_policy pgdm_policy_eager = {
	.name = "eager",
	.number = PGDM_POLICY_eager,
	.skips_clean = true,
	.stores = true,
	.sparse = true,
	.publish = pgdm_mirrors_store,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_nothing,
		[PGDM_AT_FLUSH] = pgdm_sync_nothing,
		[PGDM_AT_FAULT] = pgdm_sync_entry_if_lacking,
	},
};
