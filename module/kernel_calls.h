/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of kernel functions that are not exported.
 */
#ifndef _PGDM_KERNEL_CALLS_H
#define _PGDM_KERNEL_CALLS_H

#include <linux/types.h>

struct callback_head;
struct mm_struct;
struct rlimit;
struct task_struct;

void pgdm_kernel_calls_init(void);
bool pgdm_kernel_can_flush_mm(void);
void pgdm_kernel_flush_mm(struct mm_struct *mm);
void pgdm_kernel_flush_page(struct mm_struct *mm, unsigned long address);
bool pgdm_kernel_can_cancel_task_work(void);
struct callback_head *
pgdm_kernel_cancel_task_work(struct task_struct *task,
			     bool (*match)(struct callback_head *work,
					   void *unused));
struct mm_struct *pgdm_kernel_mm_alloc(void);
void pgdm_kernel_pick_mmap_layout(struct mm_struct *mm, struct rlimit *stack);

#endif
