/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct mmu_gather, for modules.
 *
 * asm/tlb.h has an inline function that calls flush_tlb_mm_range(), which
 * asm/tlbflush.h hides from modules. This module does not call that inline function;
 * the declaration lets the compiler read the header.
 */
#ifndef _PGDM_COMPAT_MMU_GATHER_H
#define _PGDM_COMPAT_MMU_GATHER_H

#include <linux/mm_types.h>
#include <asm/tlbflush.h>

void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start,
			unsigned long end, unsigned int stride_shift,
			bool freed_tables);

#include <asm/tlb.h>

#endif
