/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry's hash: roots are looked up, from any context.
 */
#ifndef _PGDM_REGISTRY_HASH_H
#define _PGDM_REGISTRY_HASH_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#include "core/primary.h"

struct mm_struct;

/**
 * struct pgdm_mm - one tracked address space
 * @primary: its root table
 * @root: virtual address of the root table, the key; with PTI the kernel's
 *	table of the pair
 * @mm: the owner of the root; no reference is held. Valid until pgd_free()
 *	ends this entry, so look at it under its bucket's lock only
 * @ready: mirrors may be made (A1); set once
 * @excluded: untracked on request under track=all, or while a cgroup is followed: has
 *	no mirrors, and is kept so that it is not taken for a stray. Bucket's lock
 * @newborn: entered when pgd_alloc() returned it; constant
 * @since: mms that were born later have a greater context.ctx_id; constant
 * @node: bucket's lock to change, RCU to walk
 * @rcu: the entry outlives a grace period
 * @sharers: memory of the primary's set; CPUs write it when they claim, so it
 *	has lines of its own
 */
struct pgdm_mm {
	struct pgdm_primary primary;
	unsigned long root;
	struct mm_struct *mm;
	bool ready;
	bool newborn;
	bool excluded;
	u64 since;
	struct hlist_node node;
	struct rcu_head rcu;
	unsigned long sharers[] ____cacheline_aligned;
};

int pgdm_registry_hash_init(void);
void pgdm_registry_hash_exit(void);

struct pgdm_mm *pgdm_registry_find(unsigned long root);
struct pgdm_mm *pgdm_registry_find_tracked(unsigned long root);
struct pgdm_mm *pgdm_registry_find_ready(unsigned long root);
void pgdm_registry_lock(const struct pgdm_primary *p, unsigned long *flags);
void pgdm_registry_unlock(const struct pgdm_primary *p, unsigned long flags);

#endif
