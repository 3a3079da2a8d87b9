/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own address spaces, and the numbers that it gives to all other mms.
 */
#ifndef _PGDM_KERNEL_MM_H
#define _PGDM_KERNEL_MM_H

#include <linux/types.h>

struct mm_struct;

bool pgdm_kernel_mm_is_one(const struct mm_struct *mm);
bool pgdm_kernel_mm_is_root(unsigned long root);
u64 pgdm_kernel_mm_last_ctx(void);

#endif
