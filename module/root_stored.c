// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel has written an entry of a root: if the root is tracked, that is published.
 *
 * For the back end "tables" (backend.c). How the kernel gets here: hook_table.c; why this
 * is soon enough: W5, core/stored.h. There is no PTI, and so no pair of tables.
 *
 * DOC: A1, attaching, where the kernel stores first
 *
 * The hook looks the root up after the kernel's store: store, full barrier, look up. The
 * registry: enter, full barrier, look through the words. So the registry finds the word,
 * or the hook finds the root, and no writer need be waited for.
 *
 * DOC: W3 and M3, the kernel half
 *
 * The kernel writes init_mm's root and then calls sync_global_pgds(), which writes all
 * others, under pgd_lock; what the new entry maps is not used before that has returned.
 * Its return is hooked, and each word of the range is stored into every mirror of every
 * root that is tracked, whether it is new or not. A newborn that is entered later has the
 * entry: pgd_alloc() copied it from init_mm, or sync_global_pgds() found it in the list.
 * A kernel-half entry is never cleared, so it does not matter which of two writers stores
 * first.
 *
 * It counts as a write (M3) at its entry and at its return. Between init_mm's store and the
 * entry a mirror that changes hands may lack what its new root has, as roots seem to agree;
 * the return stores it there. A comparison that begins between the two waits for a grace
 * period of RCU tasks, so for the return: sync_global_pgds() does not sleep.
 */
#include "root_stored.h"

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>

#include "core/bug.h"
#include "core/epoch.h"
#include "core/stored.h"
#include "core/write.h"
#include "cpus.h"
#include "kernel_half.h"
#include "registry_hash.h"
#include "registry_walk.h"
#include "trace.h"

/* Caller: IRQs off, a full barrier after the kernel's store. */
static void publish(struct pgdm_primary *p, unsigned int index)
{
	u64 value = READ_ONCE(p->page[PGDM_KERNEL_PAGE][index]), seq;
	struct pgdm_cache *c = pgdm_cpus_active();
	struct pgdm_write w;

	pgdm_write_init(&w, index, value, false, false, true);
	w.own = c ? c->loaded : NULL;
	seq = pgdm_write_stored(p, &w, pgdm_cpus_stats());
	trace_publish(p->id, seq, index, value, false);
}

static void count_kernel_write(unsigned int index)
{
	pgdm_kernel_half_note();
	pgdm_kernel_half_count(index);
}

/**
 * pgdm_root_stored_added() - the kernel may have added an entry
 * @word: virtual address of the entry
 *
 * Context: IRQs off, not NMI; process context.
 */
void pgdm_root_stored_added(unsigned long word)
{
	unsigned int index = offset_in_page(word) / PGDM_ENTRY_BYTES;
	struct pgdm_mm *pm;

	smp_mb(); /* the kernel's store before the look-up (A1) and the mark (W5) */
	if (!READ_ONCE(*(u64 *)word))
		return;		/* there was no memory for the table */
	if (pgdm_index_is_kernel(index))
		count_kernel_write(index);
	rcu_read_lock();
	pm = pgdm_registry_find_tracked(word & PAGE_MASK);
	if (pm)
		publish(&pm->primary, index);
	rcu_read_unlock();
}

/**
 * pgdm_root_stored_removed() - the kernel has cleared an entry and frees its table next
 * @mm: the owner of the root
 *
 * Context: IRQs off, not NMI; before the table is given to a flush.
 */
void pgdm_root_stored_removed(const struct mm_struct *mm)
{
	struct pgdm_primary *p;
	struct pgdm_mm *pm;
	unsigned int i;

	if (pgdm_bug(miss_hook)) {
		pgdm_epoch_begin(1);
		return;
	}
	smp_mb(); /* the kernel's store before the look-up (A1) and the search (W5) */
	rcu_read_lock();
	pm = pgdm_registry_find_tracked((unsigned long)mm->pgd);
	if (pm) {
		p = &pm->primary;
		for (i = pgdm_stored_next_removed(p, 0); i < PGDM_USER_ENTRIES;
		     i = pgdm_stored_next_removed(p, i + 1))
			publish(p, i);
	}
	rcu_read_unlock();
}

/**
 * pgdm_root_stored_before_kernel_half() - kernel-half entries of roots may be written next
 * @start: the first address of the range
 *
 * Context: any but NMI.
 */
void pgdm_root_stored_before_kernel_half(unsigned long start)
{
	count_kernel_write(pgd_index(start));
}

struct entries {
	unsigned int first;
	unsigned int last;
};

static bool write_range(struct pgdm_primary *p, const void *data)
{
	const struct entries *r = data;
	unsigned int i;

	for (i = r->first; i <= r->last; i++)
		if (READ_ONCE(p->page[PGDM_KERNEL_PAGE][i]))
			publish(p, i);
	return true;
}

/**
 * pgdm_root_stored_kernel_half() - they have been
 * @start: the first address of the range
 * @end: the last one
 *
 * Context: any but NMI; takes the locks of the registry's buckets, one by one.
 */
void pgdm_root_stored_kernel_half(unsigned long start, unsigned long end)
{
	const struct entries range = { pgd_index(start), pgd_index(end) };

	count_kernel_write(range.first);
	pgdm_registry_all(write_range, &range);
}
