// SPDX-License-Identifier: GPL-2.0
/*
 * A primary begins to be recorded. (What follows is done often, and inline in
 * primary.h: its writes are stored and published.)
 */
#include "primary.h"

/**
 * pgdm_primary_init() - start to record the changes of a root table
 * @p: the primary; no other CPU can reach it yet
 * @id: its number, never 0, never used before
 * @kernel: the root table, PGDM_ENTRIES words
 * @user: with PTI the user table of the pair, otherwise NULL
 * @sharers: memory for the set of its sharers, pgdm_sharers_words() words
 * @nr_cpus: CPU numbers are below this
 */
void pgdm_primary_init(struct pgdm_primary *p, u64 id, u64 *kernel, u64 *user,
		       unsigned long *sharers, unsigned int nr_cpus)
{
	memset(p, 0, sizeof(*p));
	p->id = id;
	p->page[PGDM_KERNEL_PAGE] = kernel;
	p->page[PGDM_USER_PAGE] = user;
	p->pages = user ? 2 : 1;
	p->marked = PGDM_EPOCH_POISON;
	pgdm_sharers_init(&p->sharers, sharers, nr_cpus);
}

/**
 * pgdm_primary_empty() - the user half is empty, and so no mark is needed
 * @p: the primary, of a newborn; no other CPU can reach it yet
 */
void pgdm_primary_empty(struct pgdm_primary *p)
{
	p->marked = pgdm_epoch_latest();
}

/**
 * pgdm_primary_look_through() - mark all entries that are not zero
 * @p: the primary; each writer that has not stored yet keeps the marks itself (A1)
 *
 * Context: any; the tables stay.
 */
void pgdm_primary_look_through(struct pgdm_primary *p)
{
	unsigned long epoch = pgdm_epoch_complete();
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		if (pgdm_primary_has(p, i))
			pgdm_marks_set(p->marks, i);
	/* Pairs with the acquire in pgdm_primary_is_marked(). */
	smp_store_release(&p->marked, epoch);
}
