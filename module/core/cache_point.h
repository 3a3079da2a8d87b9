/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sync points of a CPU, and the guard that live mode needs.
 */
#ifndef _PGDM_CACHE_POINT_H
#define _PGDM_CACHE_POINT_H

#include "cache.h"
#include "policy.h"

/* Faults at one address without progress before the guard steps in. */
#define PGDM_GUARD_FAULTS	64

/**
 * struct pgdm_sync - the record of one sync, for the caller to trace
 * @copied: kind, words, whether a hook was missed
 * @synced: did a sync happen at all?
 * @fixed: the sync was a fault's, and the entry differed
 * @at: the sync point
 * @policy: number of the policy that ran
 * @id: the primary's number
 * @seq: sequence that the mirror holds now
 * @cycles: TSC cycles from the first load to the last store
 * @evicted: number of the primary that lost its mirror, or 0
 */
struct pgdm_sync {
	struct pgdm_copied copied;
	bool synced;
	bool fixed;
	enum pgdm_point at;
	unsigned int policy;
	u64 id;
	u64 seq;
	u64 cycles;
	u64 evicted;
};

struct pgdm_mirror *pgdm_cache_switch(struct pgdm_cache *c,
				      struct pgdm_primary *p,
				      struct pgdm_sync *sync);
struct pgdm_mirror *pgdm_cache_switch_absent(struct pgdm_cache *c,
					     struct pgdm_primary *p,
					     struct pgdm_sync *sync);
bool pgdm_cache_point(struct pgdm_cache *c, enum pgdm_point at,
		      struct pgdm_sync *sync);
bool pgdm_cache_fault(struct pgdm_cache *c, unsigned int index,
		      struct pgdm_sync *sync);
bool pgdm_cache_guard(struct pgdm_cache *c, unsigned int index, u64 address);

#endif
