/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seeded bug foreign_cr3: a CPU is put back on a copy of its primary.
 */
#ifndef _PGDM_INJECT_ROOT_H
#define _PGDM_INJECT_ROOT_H

#include <linux/types.h>
#include <asm/page.h>

#ifdef PGDM_SEEDED_BUGS

u64 pgdm_inject_root(u64 *root);
void pgdm_inject_root_exit(void);

#else

static inline u64 pgdm_inject_root(u64 *root)
{
	return __pa(root);
}

static inline void pgdm_inject_root_exit(void)
{
}

#endif

#endif
