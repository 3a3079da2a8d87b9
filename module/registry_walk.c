// SPDX-License-Identifier: GPL-2.0
/*
 * Walks over all roots of the registry that enter none and take none out.
 */
#include "registry_walk.h"

#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "owner.h"
#include "registry_buckets.h"
#include "registry_hash.h"
#include "trace.h"

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
	struct pgdm_bucket *b;
	bool passed = true;

	pgdm_for_each_bucket(b) {
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
	struct pgdm_bucket *b;
	bool any = false;

	pgdm_for_each_bucket(b) {
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
	struct pgdm_bucket *b;

	rcu_read_lock();
	pgdm_for_each_bucket(b) {
		/* seq_file calls again with a larger buffer. */
		if (seq_has_overflowed(seq))
			break;
		spin_lock_irqsave(&b->lock, flags);
		hlist_for_each_entry(pm, &b->entries, node) {
			/* The lock keeps pgd_free() away, and with it the mm's end. */
			pgdm_owner_set(&owner, pgdm_owner_task(pm->mm));
			pgdm_owner_show(seq, &owner);
			seq_printf(seq, " id %llu ctx_id %llu root %016lx seq %llu entries %u %s\n",
				   pm->primary.id, pm->mm->context.ctx_id,
				   pm->root, pgdm_primary_seq(&pm->primary),
				   pgdm_primary_populated(&pm->primary),
				   state_of(pm));
		}
		spin_unlock_irqrestore(&b->lock, flags);
	}
	rcu_read_unlock();
}
