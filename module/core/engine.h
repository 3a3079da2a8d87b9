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

/*
 * The count of missed hooks is one word, so that a clean sync compares one:
 * hooks missed, and from this bit on changes of policy, which ask for the same.
 */
#define PGDM_MISSED_CHANGE	BIT(32)
#define PGDM_MISSED_HOOKS	(PGDM_MISSED_CHANGE - 1)

/**
 * struct pgdm_engine - what all CPUs share
 * @policy: the policy in force; pgdm_policy_change() replaces it at any time,
 *	writers and sync points read it
 * @missed: how often the write hook was missed (H1) and the policy changed so
 *	far; never NULL
 * @missed_stored: a value that @missed had a grace period ago, or before the
 *	policy changed. A miss is counted before the kernel stores, so a full
 *	copy made at once may still lack the write; until this catches up, all
 *	syncs are full. Never NULL
 * @caches: by CPU number, NULL where a CPU never came up; entries are set
 *	once and stay until nobody can look any more
 * @nr_caches: length of @caches
 */
struct pgdm_engine {
	const struct pgdm_policy *policy;
	unsigned long *missed;
	unsigned long *missed_stored;
	struct pgdm_cache **caches;
	unsigned int nr_caches;
};

extern struct pgdm_engine pgdm_engine;

unsigned long pgdm_engine_count_missed(unsigned long what);
void pgdm_engine_store(struct pgdm_primary *p, const struct pgdm_write *w,
		       struct pgdm_stats *stats);
void pgdm_engine_raise(struct pgdm_primary *p);
void pgdm_engine_write_through(struct pgdm_primary *p,
			       const struct pgdm_write *w,
			       struct pgdm_stats *stats);
void pgdm_engine_forget(struct pgdm_primary *p);
unsigned int pgdm_engine_count(const struct pgdm_primary *p);
bool pgdm_engine_reaches(unsigned int cpu, const struct pgdm_primary *p,
			 u64 phys);

#endif
