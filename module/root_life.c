// SPDX-License-Identifier: GPL-2.0
/*
 * Roots are born and die, and with them the entries of the registry.
 */
#include "root_life.h"

#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "kernel_half.h"
#include "registry.h"
#include "registry_hash.h"

struct pgdm_bell pgdm_root_none_left;

/**
 * pgdm_root_fewer() - one mm less may be tracked
 *
 * The thread that removes the last mm reads zero here, or a newborn was entered
 * since.
 *
 * Context: any but NMI; a death may come with locks held.
 */
void pgdm_root_fewer(void)
{
	rcu_read_lock();
	if (!pgdm_registry_count())
		pgdm_bell_ring(&pgdm_root_none_left);
	rcu_read_unlock();
}

static bool parent_is_tracked(void)
{
	struct mm_struct *mm = current->mm;
	struct pgdm_mm *pm;

	pm = mm ? pgdm_registry_find((unsigned long)mm->pgd) : NULL;
	return pm && !READ_ONCE(pm->primary.dead);
}

/**
 * pgdm_root_born() - pgd_alloc() has made a root
 * @mm: the mm for which it was made
 * @root: virtual address of the table
 * @writes: of pgdm_kernel_half_before_birth()
 *
 * Tracked when everything is, and when the parent is: fork() and exec() call
 * this in the parent's, or the old program's, address space.
 *
 * Context: process; does not sleep.
 */
void pgdm_root_born(struct mm_struct *mm, unsigned long root, u64 writes)
{
	/*
	 * One section, and this order: pgdm_registry_remove_since() closes births
	 * and then waits for those that found them open.
	 */
	rcu_read_lock();
	if (pgdm_registry_births_open() &&
	    (pgdm_registry_is_all() || parent_is_tracked())) {
		pgdm_registry_add_newborn(mm, root);
		pgdm_kernel_half_born(writes);
	}
	rcu_read_unlock();
}

/**
 * pgdm_root_dies() - pgd_free() is about to free a root
 * @root: virtual address of the table
 *
 * Context: any but NMI.
 */
void pgdm_root_dies(unsigned long root)
{
	bool tracked;

	rcu_read_lock();
	tracked = pgdm_registry_find(root);
	rcu_read_unlock();
	if (!tracked)
		return;
	pgdm_registry_remove_dying(root);
	pgdm_root_fewer();
}
