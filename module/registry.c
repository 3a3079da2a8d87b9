// SPDX-License-Identifier: GPL-2.0
/*
 * The registry: which root tables are tracked.
 *
 * A2: a root is found in our own hash of roots. struct page's pt_mm is no
 * substitute: EFI, kexec and identity maps have none, and neither has the
 * user table of a PTI pair.
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
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/log2.h>
#include <linux/mempool.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <asm/cpufeature.h>

#include "backend.h"
#include "core/bug.h"
#include "core/mirrors.h"
#include "inject.h"
#include "kernel_mm.h"
#include "kernel_half.h"
#include "owner.h"
#include "probe.h"
#include "steer_cr3.h"
#include "trace.h"

#define POOL_RESERVE	64	/* births that a lack of memory survives */

/*
 * A lock a bucket: mms that are born and die at the same time wait for one
 * another only if their roots fall into the same bucket. No thread ever holds two
 * of these locks, or waits for a CPU with one held.
 */
struct bucket {
	struct hlist_head entries;	/* lock to change, RCU to walk */
	spinlock_t lock;
};

/* A bucket for each 2 MiB of memory: a process takes more than that. */
#define PAGES_A_BUCKET	512
#define BUCKET_BITS_MIN	10
#define BUCKET_BITS_MAX	16

static struct bucket *buckets;
static unsigned int bucket_bits;
static atomic_t nr_tracked;
static atomic64_t last_id;
static atomic_long_t native_births;
static bool births_open = true;
static bool all;		/* are all mms to be tracked? The caller's lock to write */

static struct kmem_cache *mm_cache;
static mempool_t *mm_pool;

static struct bucket *bucket_of(unsigned long root)
{
	return &buckets[hash_long(root >> PAGE_SHIFT, bucket_bits)];
}

#define for_each_bucket(b) \
	for (b = buckets; b < buckets + (1UL << bucket_bits); b++)

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
	__acquires(bucket_of)
{
	spin_lock_irqsave(&bucket_of((unsigned long)p->page[PGDM_KERNEL_PAGE])->lock,
			  *flags);
}

/**
 * pgdm_registry_unlock() - let it go
 * @p: the primary
 * @flags: from pgdm_registry_lock()
 */
void pgdm_registry_unlock(const struct pgdm_primary *p, unsigned long flags)
	__releases(bucket_of)
{
	spin_unlock_irqrestore(&bucket_of((unsigned long)p->page[PGDM_KERNEL_PAGE])->lock,
			       flags);
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

	hlist_for_each_entry_rcu(pm, &bucket_of(root)->entries, node)
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
static void unhash(struct bucket *b, struct pgdm_mm *pm)
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
static bool enter(struct bucket *b, struct pgdm_mm *pm)
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
	struct bucket *b = bucket_of(root);
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
	struct bucket *b = bucket_of(root);
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
 * pgdm_registry_all() - does each root that is tracked pass a test?
 * @test: called with the bucket's lock held and IRQs off: the root stays
 * @data: for @test
 *
 * Context: as pgdm_registry_lock(); the entries of newborns may come and go meanwhile.
 */
bool pgdm_registry_all(bool (*test)(struct pgdm_primary *p, const void *data),
		       const void *data)
{
	struct pgdm_mm *pm;
	unsigned long flags;
	struct bucket *b;
	bool passed = true;

	for_each_bucket(b) {
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry(pm, &b->entries, node)
			passed = passed && (pm->excluded || test(&pm->primary, data));
		spin_unlock_irqrestore(&b->lock, flags);
		if (!passed)
			break;
	}
	return passed;
}

/* What a program that reads the events cannot know from publications. */
static void trace_entries(const struct pgdm_primary *p)
{
	const u64 *table = p->page[p->pages - 1];
	unsigned int i;

	if (!trace_entry_enabled())
		return;
	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		if (READ_ONCE(table[i]))
			trace_entry(p->id, i, READ_ONCE(table[i]));
}

/**
 * pgdm_registry_make_ready() - make ready what was added
 *
 * A1: the caller has waited for a grace period of RCU tasks. So each writer that has not
 * stored yet finds the root, and keeps the marks (M1).
 *
 * Context: process; the caller keeps other threads from adding in the meantime.
 * Return: was there anything to make ready?
 */
bool pgdm_registry_make_ready(void)
{
	struct pgdm_mm *pm;
	unsigned long flags;
	struct bucket *b;
	bool any = false;

	for_each_bucket(b) {
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry(pm, &b->entries, node) {
			if (pm->newborn || pm->ready)
				continue;
			any = true;
			pgdm_primary_look_through(&pm->primary);
			trace_entries(&pm->primary);
			/* Pairs with the acquire in pgdm_registry_find_ready(). */
			smp_store_release(&pm->ready, true);
		}
		spin_unlock_irqrestore(&b->lock, flags);
	}
	return any;
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
	struct bucket *b = bucket_of(root);
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
	struct bucket *b = bucket_of(root);
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
	struct bucket *b;

	WRITE_ONCE(births_open, false);
	synchronize_rcu(); /* for pgdm_root_born() */

	for_each_bucket(b) {
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry(pm, &b->entries, node)
			if (pm->primary.id > id)
				WRITE_ONCE(pm->primary.dead, 1);
		spin_unlock_irqrestore(&b->lock, flags);
	}

	pgdm_steer_release(NULL);
	for_each_bucket(b) {
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
	struct bucket *b;

	for_each_bucket(b) {
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

static const char *state_of(const struct pgdm_mm *pm)
{
	if (pm->excluded)
		return "excluded";
	return pm->ready ? "ready" : "attaching";
}

/**
 * pgdm_registry_show() - print a line for each tracked mm
 * @seq: where to
 *
 * Births and deaths wait while their own bucket is printed, and no longer.
 */
void pgdm_registry_show(struct seq_file *seq)
{
	struct pgdm_owner owner;
	struct pgdm_mm *pm;
	unsigned long flags;
	struct bucket *b;

	rcu_read_lock();
	for_each_bucket(b) {
		/* seq_file calls again with a larger buffer. */
		if (seq_has_overflowed(seq))
			break;
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry(pm, &b->entries, node) {
			/* The lock keeps pgd_free() away, and with it the mm's end. */
			pgdm_owner_set(&owner, pgdm_owner_task(pm->mm));
			pgdm_owner_show(seq, &owner);
			seq_printf(seq, " id %llu ctx_id %llu root %016lx seq %llu %s\n",
				   pm->primary.id, pm->mm->context.ctx_id,
				   pm->root, pgdm_primary_seq(&pm->primary),
				   state_of(pm));
		}
		spin_unlock_irqrestore(&b->lock, flags);
	}
	rcu_read_unlock();
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

static int buckets_init(void)
{
	struct bucket *b;

	bucket_bits = clamp(ilog2(totalram_pages() / PAGES_A_BUCKET + 1),
			    BUCKET_BITS_MIN, BUCKET_BITS_MAX);
	if (!pgdm_inject_failure())
		buckets = kvcalloc(1UL << bucket_bits, sizeof(*buckets),
				   GFP_KERNEL);
	if (!buckets)
		return -ENOMEM;
	for_each_bucket(b)
		spin_lock_init(&b->lock);
	return 0;
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

	ret = buckets_init();
	if (ret)
		return ret;
	ret = pool_init();
	if (ret)
		kvfree(buckets);
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
	kvfree(buckets);
}
