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
	pgdm_sharers_init(&p->sharers, sharers, nr_cpus);
}
