// SPDX-License-Identifier: GPL-2.0
/*
 * What one mirror leads to.
 */
#include "mirror.h"

/**
 * pgdm_mirror_reaches() - does a mirror's user half lead to a lower table?
 * @m: the mirror; its owner may be writing it
 * @phys: physical address of the table
 *
 * The kernel half is left out: free_ldt_pgtables() frees the tables of a
 * dying mm's LDT without clearing the entry that leads there, and nothing
 * else is ever freed from below it.
 *
 * Context: any CPU.
 */
bool pgdm_mirror_reaches(const struct pgdm_mirror *m, u64 phys)
{
	unsigned int page, i;

	for (page = 0; page < PGDM_PAGES && m->page[page]; page++)
		for (i = 0; i < PGDM_USER_ENTRIES; i++)
			if (pgdm_entry_maps(READ_ONCE(m->page[page][i]), phys))
				return true;
	return false;
}
