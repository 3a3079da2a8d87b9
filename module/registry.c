// SPDX-License-Identifier: GPL-2.0
/*
 * The registry: which root tables are tracked. Roots are entered, and taken out.
 *
 * DOC: A1, attaching
 *
 * The hook looks a root up before the kernel stores. A writer that looked,
 * found nothing, and has not stored yet must not be overtaken by the first
 * copy of a mirror.
 *
 * An mm that exists already: (1) its root is entered, (2) a grace period of
 * RCU tasks passes, (3) it is ready. Between hook and store a writer does not
 * sleep, so after (2) each writer has either stored, or looked after (1).
 *
 * A newborn: its root is entered when pgd_alloc() returns it. The only writers
 * that can reach it by then are those of kernel-half entries, which walk
 * pgd_list with pgd_lock held: they do not leave the CPU between hook and
 * store. Each hooked kernel-half write, of any root, notes the RCU state before it
 * looks; no first copy is made until a grace period has passed since the last
 * note (kernel_half.c). Writer: note, full barrier, look up. Attacher: enter,
 * full barrier, read the note. So the writer finds the root, or the attacher reads
 * the note.
 */
#include "registry.h"

#include <linux/atomic.h>
#include <linux/mempool.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <asm/cpufeature.h>

#include "backend.h"
#include "core/mirrors.h"
#include "inject.h"
#include "kernel_mm.h"
#include "probe.h"
#include "registry_buckets.h"
#include "registry_hash.h"
#include "steer_cr3.h"
#include "trace.h"

#define POOL_RESERVE	64	/* births that a lack of memory survives */

static atomic_t nr_tracked;
static atomic64_t last_id;
static atomic_long_t native_births;
static bool births_open = true;
static bool all;		/* are all mms to be tracked? The caller's lock to write */

static struct kmem_cache *mm_cache;
static mempool_t *mm_pool;

static void entry_free_rcu(struct rcu_head *rcu)
{
	mempool_free(container_of(rcu, struct pgdm_mm, rcu), mm_pool);
}

static void entry_init(struct pgdm_mm *pm, struct mm_struct *mm,
		       unsigned long root, bool newborn)
{
	u64 *table = (u64 *)root;

	pgdm_primary_init(&pm->primary, 0, table,
			  boot_cpu_has(X86_FEATURE_PTI) ?
				table + PGDM_ENTRIES : NULL,
			  pm->sharers, nr_cpu_ids);
	pm->primary.late = pgdm_backend_is_tables();
	if (newborn)
		pgdm_primary_empty(&pm->primary);
	pm->root = root;
	pm->mm = mm;
	pm->ready = false;
	pm->newborn = newborn;
	pm->excluded = false;
	pm->since = pgdm_kernel_mm_last_ctx();
}

/*
 * Dead first: the audit passes over mirrors of a dead primary, of which writes are not
 * recorded any more once the root is out of the hash. A CPU that looked the primary
 * up before and announces a mirror now sees it dead.
 *
 * Needs no lock: the caller has taken the entry out of the hash, or no other thread
 * can. The root's address is not used again before this has returned.
 */
static void take_mirrors(struct pgdm_mm *pm, enum pgdm_untrack why)
{
	pgdm_mirrors_forget(&pm->primary);
	trace_untrack(pm->primary.id, why);
	/* Last: where nothing is counted no mirror has a primary (track.c). */
	atomic_dec(&nr_tracked);
}

/* Caller holds the bucket's lock. */
static void unhash(struct pgdm_bucket *b, struct pgdm_mm *pm)
{
	lockdep_assert_held(&b->lock);
	WRITE_ONCE(pm->primary.dead, 1);
	hlist_del_rcu(&pm->node);
}

/* It is out of the hash, and no CPU has a mirror of it loaded or takes one. */
static void end(struct pgdm_mm *pm, enum pgdm_untrack why)
{
	if (!pm->excluded)
		take_mirrors(pm, why);
	call_rcu(&pm->rcu, entry_free_rcu);
}

/* Caller holds the bucket's lock. Returns false when the root is tracked. */
static bool enter(struct pgdm_bucket *b, struct pgdm_mm *pm)
{
	struct pgdm_mm *old = pgdm_registry_find(pm->root);

	lockdep_assert_held(&b->lock);
	if (old && !old->excluded)
		return false;
	if (old) {
		unhash(b, old);
		end(old, PGDM_UNTRACK_ASKED);
	}
	pm->primary.id = atomic64_inc_return(&last_id);
	hlist_add_head_rcu(&pm->node, &b->entries);
	atomic_inc(&nr_tracked);
	trace_track(pm->primary.id, pm->root);
	return true;
}

/**
 * pgdm_registry_add() - enter an mm that exists already
 * @mm: the caller holds a reference (mm_count), so that the root stays
 * @since: the children that are to be tracked have a greater context.ctx_id
 *
 * No mirror is made before pgdm_registry_make_ready().
 *
 * Context: may sleep.
 * Return: 0, -EEXIST when it is tracked, -EINVAL for one of the kernel's own
 * address spaces, -ENOMEM.
 */
int pgdm_registry_add(struct mm_struct *mm, u64 since)
{
	unsigned long root = (unsigned long)mm->pgd, flags;
	struct pgdm_bucket *b = pgdm_registry_bucket(root);
	struct pgdm_mm *pm = NULL;
	bool added;

	if (pgdm_kernel_mm_is_one(mm))
		return -EINVAL;
	if (!pgdm_inject_failure())
		pm = kmem_cache_alloc(mm_cache, GFP_KERNEL);
	if (!pm)
		return -ENOMEM;
	entry_init(pm, mm, root, false);
	pm->since = since;
	spin_lock_irqsave(&b->lock, flags);
	added = enter(b, pm);
	spin_unlock_irqrestore(&b->lock, flags);
	if (added)
		return 0;
	mempool_free(pm, mm_pool);
	return -EEXIST;
}

/**
 * pgdm_registry_births_open() - may newborns be entered?
 *
 * Context: RCU read side, before the decision to track is made.
 */
bool pgdm_registry_births_open(void)
{
	/* Pairs with synchronize_rcu() in pgdm_registry_remove_since(). */
	return smp_load_acquire(&births_open);
}

/**
 * pgdm_registry_add_newborn() - enter the root that pgd_alloc() has made
 * @mm: its owner
 * @root: virtual address of the table
 *
 * It need not be made ready (A1). Without memory the mm stays native, which is
 * counted.
 *
 * Context: RCU read side that the decision to track was made in; any but NMI.
 */
void pgdm_registry_add_newborn(struct mm_struct *mm, unsigned long root)
{
	struct pgdm_bucket *b = pgdm_registry_bucket(root);
	struct pgdm_mm *pm = NULL;
	unsigned long flags;
	bool added;

	if (!pgdm_inject_failure())
		pm = mempool_alloc(mm_pool, GFP_NOWAIT | __GFP_NOWARN);
	if (!pm) {
		atomic_long_inc(&native_births);
		return;
	}
	entry_init(pm, mm, root, true);
	spin_lock_irqsave(&b->lock, flags);
	added = enter(b, pm);
	spin_unlock_irqrestore(&b->lock, flags);
	if (WARN_ON_ONCE(!added))
		mempool_free(pm, mm_pool);
}

/**
 * pgdm_registry_remove_dying() - the root is about to be freed
 * @root: virtual address of the table
 *
 * No CPU runs on the mm any more, and none can switch to it: a CPU that has it
 * loaded, lazily or not, holds a reference to it.
 *
 * Context: pgd_free(); any but NMI.
 */
void pgdm_registry_remove_dying(unsigned long root)
{
	struct pgdm_bucket *b = pgdm_registry_bucket(root);
	struct pgdm_mm *pm;
	unsigned long flags;

	spin_lock_irqsave(&b->lock, flags);
	pm = pgdm_registry_find(root);
	if (pm)
		unhash(b, pm);
	spin_unlock_irqrestore(&b->lock, flags);
	if (pm)
		end(pm, PGDM_UNTRACK_FREED);
}

/**
 * pgdm_registry_remove() - stop tracking an mm that lives on
 * @mm: the mm; the caller holds a reference, and keeps other threads from adding
 *	and removing
 * @exclude: remember it, so that it is not taken for a stray
 *
 * First no CPU takes a mirror of it any more, then the CPUs that are on one go back
 * to the primary, then the mirrors are given up. Until then writes are recorded
 * (L2).
 *
 * Context: process; sends IPIs.
 * Return: 0, or -ENOENT when it was not tracked.
 */
int pgdm_registry_remove(struct mm_struct *mm, bool exclude)
{
	unsigned long root = (unsigned long)mm->pgd, flags;
	struct pgdm_bucket *b = pgdm_registry_bucket(root);
	struct pgdm_mm *pm;

	spin_lock_irqsave(&b->lock, flags);
	pm = pgdm_registry_find(root);
	if (pm && pm->excluded)
		pm = NULL;
	if (pm)
		WRITE_ONCE(pm->primary.dead, 1);
	spin_unlock_irqrestore(&b->lock, flags);
	if (!pm)
		return -ENOENT;

	pgdm_steer_release(&pm->primary);
	if (exclude)
		take_mirrors(pm, PGDM_UNTRACK_ASKED);
	spin_lock_irqsave(&b->lock, flags);
	if (exclude)
		WRITE_ONCE(pm->excluded, true);
	else
		unhash(b, pm);
	spin_unlock_irqrestore(&b->lock, flags);
	if (!exclude)
		end(pm, PGDM_UNTRACK_ASKED);
	return 0;
}

/**
 * pgdm_registry_last_id() - the number that was given out last
 */
u64 pgdm_registry_last_id(void)
{
	return atomic64_read(&last_id);
}

/**
 * pgdm_registry_remove_since() - stop tracking what was entered lately
 * @id: entries with later numbers go; 0: all
 *
 * The order is that of pgdm_registry_remove(). Births are closed first: the hook of a
 * birth may have found the parent tracked, and enters the child only later.
 *
 * Context: process; sleeps, sends IPIs.
 */
void pgdm_registry_remove_since(u64 id)
{
	struct hlist_node *next;
	struct pgdm_mm *pm;
	unsigned long flags;
	struct pgdm_bucket *b;

	WRITE_ONCE(births_open, false);
	synchronize_rcu(); /* for pgdm_root_born() */

	pgdm_for_each_bucket(b) {
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry(pm, &b->entries, node)
			if (pm->primary.id > id)
				WRITE_ONCE(pm->primary.dead, 1);
		spin_unlock_irqrestore(&b->lock, flags);
	}

	pgdm_steer_release(NULL);
	pgdm_for_each_bucket(b) {
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry_safe(pm, next, &b->entries, node) {
			if (pm->primary.id <= id)
				continue;
			unhash(b, pm);
			end(pm, PGDM_UNTRACK_ASKED);
		}
		spin_unlock_irqrestore(&b->lock, flags);
	}
	WRITE_ONCE(births_open, true);
}

/**
 * pgdm_registry_forget_excluded() - strays are looked for by no rule any more
 *
 * Context: process; the caller keeps other threads from adding and removing.
 */
void pgdm_registry_forget_excluded(void)
{
	struct hlist_node *next;
	struct pgdm_mm *pm;
	unsigned long flags;
	struct pgdm_bucket *b;

	pgdm_for_each_bucket(b) {
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry_safe(pm, next, &b->entries, node) {
			if (!pm->excluded)
				continue;
			unhash(b, pm);
			end(pm, PGDM_UNTRACK_ASKED);
		}
		spin_unlock_irqrestore(&b->lock, flags);
	}
}

/**
 * pgdm_registry_count() - how many mms are tracked
 */
unsigned int pgdm_registry_count(void)
{
	return atomic_read(&nr_tracked);
}

/**
 * pgdm_registry_is_all() - are newborns tracked whatever their parent is?
 *
 * Context: any.
 */
bool pgdm_registry_is_all(void)
{
	return READ_ONCE(all);
}

/**
 * pgdm_registry_set_all() - track all mms from now on, or not
 * @on: which
 *
 * Context: one caller at a time.
 */
void pgdm_registry_set_all(bool on)
{
	WRITE_ONCE(all, on);
}

/**
 * pgdm_registry_native_births() - how many newborns were not entered
 *
 * For want of memory, or because the probe missed their birth.
 */
unsigned long pgdm_registry_native_births(void)
{
	return atomic_long_read(&native_births) +
	       pgdm_probe_missed(&pgdm_probe_birth);
}

/* An entry has room for the sharers of this machine behind it. */
static int pool_init(void)
{
	unsigned int size = struct_size_t(struct pgdm_mm, sharers,
					  pgdm_sharers_words(nr_cpu_ids));

	if (!pgdm_inject_failure())
		mm_cache = kmem_cache_create("pgdm_mm", size,
					     __alignof__(struct pgdm_mm), 0,
					     NULL);
	if (!mm_cache)
		return -ENOMEM;
	if (!pgdm_inject_failure())
		mm_pool = mempool_create_slab_pool(POOL_RESERVE, mm_cache);
	if (!mm_pool) {
		kmem_cache_destroy(mm_cache);
		return -ENOMEM;
	}
	return 0;
}

/**
 * pgdm_registry_init() - set up the registry's memory
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pgdm_registry_init(void)
{
	int ret;

	ret = pgdm_registry_hash_init();
	if (ret)
		return ret;
	ret = pool_init();
	if (ret)
		pgdm_registry_hash_exit();
	return ret;
}

/**
 * pgdm_registry_exit() - forget everything and free the memory
 *
 * The hooks are out: no CPU looks a root up, no thread adds one.
 * Context: may sleep.
 */
void pgdm_registry_exit(void)
{
	pgdm_registry_remove_since(0);
	rcu_barrier(); /* for entry_free_rcu() */
	mempool_destroy(mm_pool);
	kmem_cache_destroy(mm_cache);
	pgdm_registry_hash_exit();
}
