// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of kernel functions that are not exported.
 */
#include "kernel_calls.h"

#include <linux/pgtable.h>
#include <linux/task_work.h>
#include <asm/tlbflush.h>

#include "symbols.h"

/**
 * pgdm_kernel_can_flush_mm() - is there a flush that can be called?
 */
bool pgdm_kernel_can_flush_mm(void)
{
	return pgdm_symbol(PGDM_SYMBOL_FLUSH_MM);
}

typedef void flush_mm_fn(struct mm_struct *mm, unsigned long start,
			 unsigned long end, unsigned int stride_shift,
			 bool freed_tables);

/**
 * pgdm_kernel_flush_mm() - flush all that TLBs hold of an mm
 * @mm: the mm; pgdm_kernel_can_flush_mm() was true
 *
 * Context: IRQs on; waits for the CPUs that run @mm.
 */
void pgdm_kernel_flush_mm(struct mm_struct *mm)
{
	flush_mm_fn *flush = pgdm_symbol(PGDM_SYMBOL_FLUSH_MM);

	flush(mm, 0, TLB_FLUSH_ALL, 0, false);
}

/**
 * pgdm_kernel_flush_page() - flush what TLBs hold of a page, by that page
 * @mm: the mm; pgdm_kernel_can_flush_mm() was true
 * @address: of the page
 *
 * The kernel flushes everything instead when there are more pages than
 * tlb_single_page_flush_ceiling, which the user can set, to 0 too. It counts in
 * strides: one page of 4 KiB counts as 0 strides of 2 MiB.
 *
 * Context: IRQs on; waits for the CPUs that run @mm.
 */
void pgdm_kernel_flush_page(struct mm_struct *mm, unsigned long address)
{
	flush_mm_fn *flush = pgdm_symbol(PGDM_SYMBOL_FLUSH_MM);

	flush(mm, address, address + PAGE_SIZE, PMD_SHIFT, false);
}

/**
 * pgdm_kernel_can_cancel_task_work() - can work be taken from a task again?
 */
bool pgdm_kernel_can_cancel_task_work(void)
{
	return pgdm_symbol(PGDM_SYMBOL_CANCEL_WORK);
}

/**
 * pgdm_kernel_cancel_task_work() - take one piece of work from a task
 * @task: the caller holds a reference;
 *	pgdm_kernel_can_cancel_task_work() was true
 * @match: selects the piece
 *
 * By this function and not by task_work_cancel(): that name has had two
 * meanings, and the second came to stable kernels, too.
 *
 * Context: any but NMI; @match is called with IRQs off.
 * Return: the work, which will not run, or NULL.
 */
struct callback_head *
pgdm_kernel_cancel_task_work(struct task_struct *task,
			     bool (*match)(struct callback_head *work,
					   void *unused))
{
	typeof(task_work_cancel_match) *cancel = pgdm_symbol(PGDM_SYMBOL_CANCEL_WORK);

	return cancel(task, match, NULL);
}

/**
 * pgdm_kernel_mm_alloc() - make an address space that belongs to no process
 *
 * Context: process; sleeps.
 * Return: the mm, to be given back with mmput(), or NULL.
 */
struct mm_struct *pgdm_kernel_mm_alloc(void)
{
	struct mm_struct *(*alloc)(void);

	alloc = pgdm_symbol(PGDM_SYMBOL_MM_ALLOC);
	return alloc();
}

/**
 * pgdm_kernel_pick_mmap_layout() - make an address space fit for vm_mmap()
 * @mm: new, not used by any thread
 * @stack: limits of the stack that the layout shall leave room for
 *
 * Context: process.
 */
void pgdm_kernel_pick_mmap_layout(struct mm_struct *mm, struct rlimit *stack)
{
	void (*pick)(struct mm_struct *mm, struct rlimit *stack) =
		pgdm_symbol(PGDM_SYMBOL_MMAP_LAYOUT);

	pick(mm, stack);
}
