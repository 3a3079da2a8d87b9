// SPDX-License-Identifier: GPL-2.0
/*
 * What one mirror leads to, and its marks.
 */
#include "mirror.h"

/* The entries of a word of marks that are not zero, a bit each. Mostly four at once are. */
static unsigned long non_zero(const u64 *table, unsigned int word)
{
	const u64 *entry = table + word * BITS_PER_LONG;
	unsigned long marks = 0;
	unsigned int i, j;

	for (i = 0; i < BITS_PER_LONG; i += 4) {
		if (!(READ_ONCE(entry[i]) | READ_ONCE(entry[i + 1]) |
		      READ_ONCE(entry[i + 2]) | READ_ONCE(entry[i + 3])))
			continue;
		for (j = i; j < i + 4; j++)
			marks |= (unsigned long)!!READ_ONCE(entry[j]) << j;
	}
	return marks;
}

static unsigned long marks_of(const struct pgdm_mirror *m, unsigned int word)
{
	unsigned long marks = non_zero(m->page[PGDM_KERNEL_PAGE], word);

	if (m->page[PGDM_USER_PAGE])
		marks |= non_zero(m->page[PGDM_USER_PAGE], word);
	return marks;
}

/**
 * pgdm_mirror_mark() - mark all entries that are not zero (M2)
 * @m: a mirror owned by this CPU
 * @contended: may writers be storing into its user half? Then no mark is taken away
 *
 * Context: IRQs off.
 */
void pgdm_mirror_mark(struct pgdm_mirror *m, bool contended)
{
	unsigned int i;

	for (i = 0; i < PGDM_MARK_WORDS; i++) {
		if (contended)
			pgdm_marks_add(&m->marks[i], marks_of(m, i));
		else
			WRITE_ONCE(m->marks[i], marks_of(m, i));
	}
}

/**
 * pgdm_mirror_trim() - take the marks of entries away that are zero (M2)
 * @m: a mirror owned by this CPU, which belongs to no primary; no writer stores
 *	into it
 * @p: the primary that gets it. What is marked there stays marked here: the first
 *	copy would mark it again
 *
 * Context: IRQs off.
 */
void pgdm_mirror_trim(struct pgdm_mirror *m, const struct pgdm_primary *p)
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
		/* Before the announcement, after which writers read it. */
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
