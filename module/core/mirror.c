// SPDX-License-Identifier: GPL-2.0
/*
 * What one mirror leads to, and its marks.
 */
#include "mirror.h"

/**
 * pgdm_mirror_mark() - mark all entries that are not zero (M2)
 * @m: a mirror owned by this CPU; writers may store into it
 *
 * Context: IRQs off.
 */
void pgdm_mirror_mark(struct pgdm_mirror *m)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		if (pgdm_mirror_has(m, i))
			pgdm_marks_set(m->marks, i);
}

/**
 * pgdm_mirror_trim_others() - take marks of entries away that are zero
 * @m: see pgdm_mirror_trim()
 * @p: see there
 */
void pgdm_mirror_trim_others(struct pgdm_mirror *m,
			     const struct pgdm_primary *p)
{
	unsigned long marks, rest;
	unsigned int i, bit;

	for (i = 0; i < PGDM_MARK_WORDS; i++) {
		marks = READ_ONCE(m->marks[i]);
		rest = marks & ~READ_ONCE(p->marks[i]);
		for (; rest; rest &= rest - 1) {
			bit = __ffs(rest);
			if (!pgdm_mirror_has(m, i * BITS_PER_LONG + bit))
				marks &= ~BIT(bit);
		}
		/* No other CPU writes it, but some may read it soon. */
		WRITE_ONCE(m->marks[i], marks);
	}
}

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
