/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel symbols that are not exported, resolved when the module loads.
 */
#ifndef _PGDM_SYMBOLS_H
#define _PGDM_SYMBOLS_H

#include <linux/types.h>

struct callback_head;
struct mm_struct;
struct rlimit;
struct task_struct;
struct tracepoint;

int pgdm_symbols_init(void);
unsigned long pgdm_symbols_address(const char *name);
bool pgdm_symbols_is_kernel_mm(const struct mm_struct *mm);
bool pgdm_symbols_is_kernel_root(unsigned long root);
bool pgdm_symbols_writes_natively(const void *probed);
bool pgdm_symbols_flushes_natively(void);
bool pgdm_symbols_can_flush_mm(void);
void pgdm_symbols_flush_mm(struct mm_struct *mm);
bool pgdm_symbols_can_cancel_task_work(void);
struct callback_head *
pgdm_symbols_cancel_task_work(struct task_struct *task,
			      bool (*match)(struct callback_head *work,
					    void *unused));
u64 pgdm_symbols_last_ctx(void);
void pgdm_symbols_flush_page(struct mm_struct *mm, unsigned long address);
struct mm_struct *pgdm_symbols_mm_alloc(void);
void pgdm_symbols_pick_mmap_layout(struct mm_struct *mm, struct rlimit *stack);
struct tracepoint *pgdm_symbols_tracepoint(const char *name);

#endif
