// SPDX-License-Identifier: GPL-2.0
/*
 * A root entry is written: if the root is tracked, the write is published.
 *
 * How the kernel gets here: hook_table.c. What publishing is: core/write.c.
 */
#include "root_write.h"

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>

#include "core/bug.h"
#include "core/epoch.h"
#include "core/write.h"
#include "cpus.h"
#include "kernel_half.h"
#include "registry_hash.h"
#include "trace.h"

/*
 * A2's bug, without the damage that it would do: the table that was written is no
 * root of an mm, and is taken for the current mm's.
 */
static void count_for_current(void)
{
	if (current->mm && pgdm_registry_find((unsigned long)current->mm->pgd))
		pgdm_stat_inc(pgdm_cpus_stats(), PGDM_STAT_publishes);
}

/**
 * pgdm_root_write() - the kernel is about to write an entry of a root table
 * @word: virtual address of the entry
 * @value: what it will write there
 *
 * A2: the table may be no root, or one of a PTI pair: only then is the pair's
 * address found by masking 8 KiB.
 *
 * Context: before the kernel's store; IRQs off, any locks held, not NMI.
 */
void pgdm_root_write(unsigned long word, u64 value)
{
	bool pair = boot_cpu_has(X86_FEATURE_PTI);
	unsigned long root = word & ~(PAGE_SIZE * (pair ? 2 : 1) - 1);
	bool user_page = pair && (word & PAGE_SIZE);
	unsigned int index = offset_in_page(word) / PGDM_ENTRY_BYTES;
	struct pgdm_write w;
	struct pgdm_cache *c;
	struct pgdm_mm *pm;
	u64 seq;

	if (pgdm_bug(miss_hook)) {
		pgdm_epoch_begin(1);
		return;
	}
	if (pgdm_index_is_kernel(index)) {
		pgdm_kernel_half_note();
		if (!pgdm_bug(count_late))
			pgdm_kernel_half_count(index);
	}

	rcu_read_lock();
	pm = pgdm_registry_find_tracked(root);
	if (pm) {
		pgdm_write_init(&w, index, value, pair, user_page,
				__supported_pte_mask & _PAGE_NX);
		c = pgdm_cpus_active();
		w.own = c ? c->loaded : NULL;
		seq = pgdm_write_publish(&pm->primary, &w, pgdm_cpus_stats());
		trace_publish(pm->primary.id, seq, index, value, user_page);
	} else if (pgdm_bug(attach_early)) {
		pgdm_bug_pause();
	} else if (pgdm_bug(any_root)) {
		count_for_current();
	}
	rcu_read_unlock();
	if (pgdm_index_is_kernel(index) && pgdm_bug(count_late))
		pgdm_kernel_half_count(index);
}
