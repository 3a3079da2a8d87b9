/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine: every CPU's mirror cache, and the policy in force.
 */
#ifndef _PGDM_ENGINE_H
#define _PGDM_ENGINE_H

#include <port.h>

struct pgdm_cache;
struct pgdm_policy;
struct pgdm_primary;
struct pgdm_stats;
struct pgdm_write;

/**
 * struct pgdm_engine - what all CPUs share
 * @policy: the policy in force; replaced at any time, read once a sync point
 * @missed: how often the write hook was missed so far (H1); never NULL
 * @missed_stored: how many of those writes are known to have been stored: a
 *	value that @missed had a grace period ago. A miss is counted before the
 *	kernel stores, so a full copy made at once may still lack the write;
 *	until this catches up, all syncs are full. Never NULL
 * @caches: by CPU number, NULL where a CPU never came up; entries are set
 *	once and stay until nobody can look any more
 * @nr_caches: length of @caches
 */
struct pgdm_engine {
	const struct pgdm_policy *policy;
	const unsigned long *missed;
	const unsigned long *missed_stored;
	struct pgdm_cache **caches;
	unsigned int nr_caches;
};

extern struct pgdm_engine pgdm_engine;

void pgdm_engine_write_through(struct pgdm_primary *p,
			       const struct pgdm_write *w,
			       struct pgdm_stats *stats);
void pgdm_engine_forget(struct pgdm_primary *p);
unsigned int pgdm_engine_count(const struct pgdm_primary *p);
int pgdm_engine_find_reaching(const struct pgdm_primary *p, u64 phys);

#endif
