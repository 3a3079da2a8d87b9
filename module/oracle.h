/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The oracle: freed tables against loaded mirrors.
 */
#ifndef _PGDM_ORACLE_H
#define _PGDM_ORACLE_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct mm_struct;
struct mmu_gather;
struct pgdm_mirror;
struct pgdm_primary;

DECLARE_STATIC_KEY_FALSE(pgdm_oracle_key);

/**
 * pgdm_oracle_watches() - is each sync point to be judged?
 */
static inline bool pgdm_oracle_watches(void)
{
	return static_branch_unlikely(&pgdm_oracle_key);
}

bool pgdm_oracle_is_on(void);
void pgdm_oracle_init(void);
void pgdm_oracle_synced(const struct pgdm_mirror *m,
			const struct pgdm_primary *p, u64 since);
void pgdm_oracle_table_freed(struct mmu_gather *tlb, void *table);
void pgdm_oracle_flushed(struct mm_struct *mm);

#endif
