/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mirror cache of one CPU: a fixed set of mirrors, as the kernel keeps a
 * few ASIDs.
 */
#ifndef _PGDM_CACHE_H
#define _PGDM_CACHE_H

#include "mirror.h"
#include "stats.h"

/*
 * At least two: the mirror that is loaded cannot be the one that the next mm
 * takes (L1).
 */
#define PGDM_MIRRORS_MIN	2
#define PGDM_MIRRORS_MAX	64
#define PGDM_MIRRORS_DEFAULT	6	/* the kernel's TLB_NR_DYN_ASIDS */

#define PGDM_HINTS		16

/**
 * struct pgdm_cache - one CPU's mirrors
 *
 * Other CPUs read @root, and write it and @freed when they take a mirror away. These
 * share no cache line with the fields before @cpu, which the owning CPU writes at each
 * sync point.
 *
 * @loaded: the mirror that the CPU walks (in shadow mode: would walk); the
 *	owning CPU writes it, the oracle reads it
 * @busy: a sync point is under way (N1); owning CPU only
 * @syncing: the mirror that it works on (N1); owning CPU only
 * @next: where the search for a mirror to evict goes on; owning CPU only
 * @hint: by some bits of a root's address, its mirror, if it has one and no other root
 *	has taken the place since (fast.h). Never NULL; owning CPU only
 * @stuck_at: address of the last fault that the policy left unfixed
 * @stuck: how many such faults there were in a row; owning CPU only
 * @stats: what this CPU counted
 * @cpu: the owning CPU; constant
 * @nr: how many mirrors; constant
 * @freed: may a mirror be free? Any CPU sets it after it has freed one; the owning CPU
 *	clears it before it looks for one. Without it, each mm that takes another's
 *	mirror would have to look at all of them first
 * @root: by mirror, where the primary's table is, or 0: free. The owning CPU
 *	writes it before it announces a mirror, and to 0 when it gives one up;
 *	any CPU writes 0 when it has taken a mirror away. Compact, so that a
 *	mirror is found without a look at all of them; mirror->primary alone
 *	decides whether a mirror belongs to a primary
 * @mirror: the mirrors
 */
struct pgdm_cache {
	struct pgdm_mirror *loaded;
	struct pgdm_mirror *syncing;
	bool busy;
	unsigned int next;
	struct pgdm_mirror *hint[PGDM_HINTS];
	u64 stuck_at;
	unsigned int stuck;
	struct pgdm_stats stats;
	unsigned int cpu ____cacheline_aligned;
	unsigned int nr;
	bool freed;
	unsigned long root[PGDM_MIRRORS_MAX];
	struct pgdm_mirror mirror[];
};

/**
 * pgdm_cache_find() - the mirror that a CPU has of a primary
 * @c: the CPU's cache
 * @p: the primary
 *
 * There is at most one: only the owning CPU claims, and only where it finds none.
 *
 * Context: any. On another CPU than the owning one the answer may be old at once:
 * see pgdm_cache_claim().
 * Return: the mirror, or NULL.
 */
static inline struct pgdm_mirror *pgdm_cache_find(struct pgdm_cache *c,
						  const struct pgdm_primary *p)
{
	unsigned long root = (unsigned long)p->page[PGDM_KERNEL_PAGE];
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (READ_ONCE(c->root[i]) == root &&
		    READ_ONCE(c->mirror[i].primary) == p)
			return &c->mirror[i];
	return NULL;
}

/**
 * pgdm_cache_unload() - what is switched in is not tracked
 * @c: this CPU's cache
 *
 * Context: IRQs off.
 */
static inline void pgdm_cache_unload(struct pgdm_cache *c)
{
	WRITE_ONCE(c->loaded, NULL);
}

void pgdm_cache_init(struct pgdm_cache *c, unsigned int cpu, unsigned int nr);
struct pgdm_mirror *pgdm_cache_claim(struct pgdm_cache *c,
				     struct pgdm_primary *p,
				     const struct pgdm_mirror *leaving,
				     u64 *evicted);
void pgdm_cache_drop(struct pgdm_cache *c);

#endif
