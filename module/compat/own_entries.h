/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel-half entries of a root that each mm has for itself (M3, core/common.h).
 *
 * Linux 4.15 to 7.x: the LDT's, where user programs can see it through a table of
 * their own (PTI), in both pages of the pair; Documentation/arch/x86/x86_64/mm.rst,
 * "LDT remap". All others are the same in each mm, which the module checks
 * (agree.c). Mm-local kernel regions, as proposed for later kernels, would be a line
 * here.
 */
#ifndef _PGDM_COMPAT_OWN_ENTRIES_H
#define _PGDM_COMPAT_OWN_ENTRIES_H

#include <linux/pgtable.h>
#include <asm/cpufeature.h>

/**
 * pgdm_own_entries() - which entries an mm has for itself
 * @index: the indices are stored here, at most PGDM_OWN_MAX
 *
 * Return: how many.
 */
static inline unsigned int pgdm_own_entries(unsigned int *index)
{
	if (!boot_cpu_has(X86_FEATURE_PTI))
		return 0;
	index[0] = pgd_index(LDT_BASE_ADDR);
	return 1;
}

#endif
