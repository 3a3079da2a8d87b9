/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The oracle: freed tables against loaded mirrors.
 */
#ifndef _PGDM_ORACLE_H
#define _PGDM_ORACLE_H

#include <linux/types.h>

struct mm_struct;
struct mmu_gather;

bool pgdm_oracle_is_on(void);
void pgdm_oracle_table_freed(struct mmu_gather *tlb, void *table);
void pgdm_oracle_flushed(struct mm_struct *mm);

#endif
