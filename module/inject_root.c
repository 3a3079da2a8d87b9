// SPDX-License-Identifier: GPL-2.0
/*
 * The seeded bug foreign_cr3: a CPU is put back on a copy of its primary.
 */
#include "inject_root.h"

#ifdef PGDM_SEEDED_BUGS

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/special_insns.h>

#include "core/bug.h"

static DEFINE_PER_CPU(struct page *, root_copy);	/* local CPU, IRQs off */

/**
 * pgdm_inject_root() - where shall this CPU be put when it goes back to a primary?
 * @root: the primary's table, or the first of the two
 *
 * The copy is good until an entry changes, or its CPU switches.
 *
 * Context: IRQs off.
 * Return: the physical address of the table, or under foreign_cr3 of a copy.
 */
u64 pgdm_inject_root(u64 *root)
{
	struct page *copy = this_cpu_read(root_copy);

	if (!pgdm_bug(foreign_cr3))
		return __pa(root);
	if (!copy)
		copy = alloc_pages(GFP_ATOMIC, 1);
	if (!copy)
		return __pa(root);
	this_cpu_write(root_copy, copy);
	memcpy(page_address(copy), root,
	       boot_cpu_has(X86_FEATURE_PTI) ? 2 * PAGE_SIZE : PAGE_SIZE);
	return page_to_phys(copy);
}

static void leave_copy(void *unused)
{
	struct page *copy = this_cpu_read(root_copy);

	if (copy && read_cr3_pa() == page_to_phys(copy))
		write_cr3((__native_read_cr3() & ~CR3_ADDR_MASK) |
			  __pa(current->active_mm->pgd));
}

/**
 * pgdm_inject_root_exit() - take all CPUs off their copies, and free these
 *
 * Live mode is over.
 *
 * Context: process; sends IPIs.
 */
void pgdm_inject_root_exit(void)
{
	unsigned int cpu;

	on_each_cpu(leave_copy, NULL, 1);
	for_each_possible_cpu(cpu)
		if (per_cpu(root_copy, cpu))
			__free_pages(per_cpu(root_copy, cpu), 1);
}

#endif
