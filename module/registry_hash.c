// SPDX-License-Identifier: GPL-2.0
/*
 * The registry's hash: roots are looked up, from any context.
 *
 * A2: a root is found in our own hash of roots. struct page's pt_mm is no
 * substitute: EFI, kexec and identity maps have none, and neither has the
 * user table of a PTI pair.
 */
#include "registry_hash.h"

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "inject.h"
#include "kernel_half.h"
#include "registry_buckets.h"

/* A bucket for each 2 MiB of memory: a process takes more than that. */
#define PAGES_A_BUCKET	512
#define BUCKET_BITS_MIN	10
#define BUCKET_BITS_MAX	16

struct pgdm_bucket *pgdm_registry_buckets;
unsigned int pgdm_registry_bucket_bits;

static spinlock_t *lock_of(const struct pgdm_primary *p)
{
	return &pgdm_registry_bucket((unsigned long)p->page[PGDM_KERNEL_PAGE])->lock;
}

/**
 * pgdm_registry_lock() - keep a root from being freed
 * @p: its primary; RCU read side, as it may be out of the registry already
 * @flags: set to the state of the IRQs before
 *
 * pgd_free() marks a primary as dead under this lock before it frees the root:
 * the root of a primary that is not dead stays until pgdm_registry_unlock().
 *
 * Context: any but the hooks of writes, switches and faults; no lock is taken
 * and no CPU waited for under it.
 */
void pgdm_registry_lock(const struct pgdm_primary *p, unsigned long *flags)
	__acquires(lock_of)
{
	spin_lock_irqsave(lock_of(p), *flags);
}

/**
 * pgdm_registry_unlock() - let it go
 * @p: the primary
 * @flags: from pgdm_registry_lock()
 */
void pgdm_registry_unlock(const struct pgdm_primary *p, unsigned long flags)
	__releases(lock_of)
{
	spin_unlock_irqrestore(lock_of(p), flags);
}

/**
 * pgdm_registry_find() - look a root table up
 * @root: virtual address of the table, in the direct map
 *
 * Context: RCU read side, any context, NMI included; no locks.
 * Return: the entry, ready or not, or NULL.
 */
struct pgdm_mm *pgdm_registry_find(unsigned long root)
{
	struct pgdm_mm *pm;

	hlist_for_each_entry_rcu(pm, &pgdm_registry_bucket(root)->entries, node)
		if (pm->root == root)
			return pm;
	return NULL;
}

/**
 * pgdm_registry_find_tracked() - look up a root of which writes are recorded
 * @root: virtual address of the table, in the direct map
 *
 * Also if it is dead: until its mirrors are taken they follow it.
 *
 * Context: as pgdm_registry_find().
 * Return: the entry, or NULL; also if it was untracked under track=all.
 */
struct pgdm_mm *pgdm_registry_find_tracked(unsigned long root)
{
	struct pgdm_mm *pm = pgdm_registry_find(root);

	return pm && !READ_ONCE(pm->excluded) ? pm : NULL;
}

/**
 * pgdm_registry_find_ready() - look up a root of which mirrors may be made
 * @root: virtual address of the table, in the direct map
 *
 * Context: RCU read side, any context.
 */
struct pgdm_mm *pgdm_registry_find_ready(unsigned long root)
{
	struct pgdm_mm *pm = pgdm_registry_find(root);

	if (!pm || READ_ONCE(pm->primary.dead))
		return NULL;
	/* Pairs with the release in pgdm_registry_make_ready(). */
	if (smp_load_acquire(&pm->ready))
		return pm;
	if (!pm->newborn || !pgdm_kernel_half_is_stored())
		return NULL;
	WRITE_ONCE(pm->ready, true);
	return pm;
}

/**
 * pgdm_registry_hash_init() - make an empty hash
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pgdm_registry_hash_init(void)
{
	unsigned int bits = clamp(ilog2(totalram_pages() / PAGES_A_BUCKET + 1),
				  BUCKET_BITS_MIN, BUCKET_BITS_MAX);
	struct pgdm_bucket *b;

	pgdm_registry_bucket_bits = bits;
	if (!pgdm_inject_failure())
		pgdm_registry_buckets = kvcalloc(1UL << bits, sizeof(*b), GFP_KERNEL);
	if (!pgdm_registry_buckets)
		return -ENOMEM;
	pgdm_for_each_bucket(b)
		spin_lock_init(&b->lock);
	return 0;
}

/**
 * pgdm_registry_hash_exit() - free the hash
 *
 * It is empty, and no CPU looks a root up.
 */
void pgdm_registry_hash_exit(void)
{
	kvfree(pgdm_registry_buckets);
}
