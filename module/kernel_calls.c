// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of kernel functions that are not exported.
 *
 * By static calls, which are direct calls once they are updated. With indirect branch
 * tracking a call by a pointer traps: the kernel has erased the ENDBR of functions of
 * which it never takes the address (symbols.c).
 */
#include "kernel_calls.h"

#include <linux/pgtable.h>
#include <linux/static_call.h>
#include <linux/task_work.h>
#include <asm/tlbflush.h>

#include "symbols.h"

static void flush_nothing(struct mm_struct *mm, unsigned long start,
			  unsigned long end, unsigned int stride_shift,
			  bool freed_tables)
{
}

static struct callback_head *
cancel_nothing(struct task_struct *task,
	       bool (*match)(struct callback_head *work, void *data),
	       void *data)
{
	return NULL;
}

static struct mm_struct *alloc_nothing(void)
{
	return NULL;
}

static void pick_nothing(struct mm_struct *mm, struct rlimit *stack)
{
}

DEFINE_STATIC_CALL(pgdm_flush_mm, flush_nothing);
DEFINE_STATIC_CALL(pgdm_cancel_work, cancel_nothing);
DEFINE_STATIC_CALL(pgdm_mm_alloc, alloc_nothing);
DEFINE_STATIC_CALL(pgdm_pick_mmap_layout, pick_nothing);

/* Where this kernel lacks a function its stand-in above stays. */
#define direct_to(call, which)						\
	do {								\
		void *address = pgdm_symbol(which);			\
									\
		if (address)						\
			static_call_update(call, address);		\
	} while (0)

/**
 * pgdm_kernel_calls_init() - direct the calls to what the symbols say
 *
 * Context: may sleep; after pgdm_symbols_init(), before any call.
 */
void pgdm_kernel_calls_init(void)
{
	direct_to(pgdm_flush_mm, PGDM_SYMBOL_FLUSH_MM);
	direct_to(pgdm_cancel_work, PGDM_SYMBOL_CANCEL_WORK);
	direct_to(pgdm_mm_alloc, PGDM_SYMBOL_MM_ALLOC);
	direct_to(pgdm_pick_mmap_layout, PGDM_SYMBOL_MMAP_LAYOUT);
}

/**
 * pgdm_kernel_can_flush_mm() - is there a flush that can be called?
 */
bool pgdm_kernel_can_flush_mm(void)
{
	return pgdm_symbol(PGDM_SYMBOL_FLUSH_MM);
}

/**
 * pgdm_kernel_flush_mm() - flush all that TLBs hold of an mm
 * @mm: the mm; pgdm_kernel_can_flush_mm() was true
 *
 * Context: IRQs on; waits for the CPUs that run @mm.
 */
void pgdm_kernel_flush_mm(struct mm_struct *mm)
{
	static_call(pgdm_flush_mm)(mm, 0, TLB_FLUSH_ALL, 0, false);
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
	static_call(pgdm_flush_mm)(mm, address, address + PAGE_SIZE, PMD_SHIFT, false);
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
	return static_call(pgdm_cancel_work)(task, match, NULL);
}

/**
 * pgdm_kernel_mm_alloc() - make an address space that belongs to no process
 *
 * Context: process; sleeps.
 * Return: the mm, to be given back with mmput(), or NULL.
 */
struct mm_struct *pgdm_kernel_mm_alloc(void)
{
	return static_call(pgdm_mm_alloc)();
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
	static_call(pgdm_pick_mmap_layout)(mm, stack);
}
