/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All mirrors of all CPUs.
 */
#ifndef _PGDM_MIRRORS_H
#define _PGDM_MIRRORS_H

#include <port.h>

struct pgdm_cache;
struct pgdm_primary;
struct pgdm_stats;
struct pgdm_write;

/**
 * struct pgdm_mirrors - every CPU's mirror cache
 * @caches: by CPU number, NULL where a CPU never came up; entries are set
 *	once and stay until no CPU can look any more
 * @nr_caches: length of @caches
 */
struct pgdm_mirrors {
	struct pgdm_cache **caches;
	unsigned int nr_caches;
};

extern struct pgdm_mirrors pgdm_mirrors;

/**
 * pgdm_mirrors_cache() - the cache of a CPU
 * @cpu: the CPU, below nr_caches
 *
 * Context: any.
 * Return: the cache, initialised whole, or NULL.
 */
static inline struct pgdm_cache *pgdm_mirrors_cache(unsigned int cpu)
{
	/* Pairs with the release of the thread that made the cache. */
	return smp_load_acquire(&pgdm_mirrors.caches[cpu]);
}

void pgdm_mirrors_store(struct pgdm_primary *p, const struct pgdm_write *w,
			struct pgdm_stats *stats);
void pgdm_mirrors_raise(struct pgdm_primary *p);
void pgdm_mirrors_write_through(struct pgdm_primary *p,
				const struct pgdm_write *w,
				struct pgdm_stats *stats);
void pgdm_mirrors_forget(struct pgdm_primary *p);
unsigned int pgdm_mirrors_count(const struct pgdm_primary *p);
bool pgdm_mirrors_reach(unsigned int cpu, const struct pgdm_primary *p,
			u64 phys);

#endif
