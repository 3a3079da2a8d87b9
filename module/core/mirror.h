/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mirror: one CPU's copy of one primary.
 */
#ifndef _PGDM_MIRROR_H
#define _PGDM_MIRROR_H

#include "primary.h"

/**
 * struct pgdm_mirror - one CPU's copy of a root table
 *
 * Lines of its own: a sync of one does not disturb a CPU that looks at another. The
 * second line is read where marks or the kernel half matter.
 *
 * @primary: the primary that it copies; NULL when free. Only the owning CPU claims
 *	a mirror; any CPU may take it away (cmpxchg to NULL) once the primary is
 *	dead
 * @page: the tables, PGDM_ENTRIES words each, the second NULL without PTI.
 *	The owning CPU writes both halves, a kernel-half writer the upper one,
 *	and under a policy that stores (policy.h) any writer both
 * @phys: physical address of the first table, for CR3; constant
 * @seen: sequence of the primary that the copy holds (owning CPU only)
 * @epoch: the epoch up to which the copy surely has everything (owning CPU
 *	only, NMI included), or PGDM_EPOCH_POISON
 * @id: the id of @primary (owning CPU only)
 * @writers: writers that may be storing into @page just now
 * @flag: the copy lacks something (policy "flag"): any CPU raises it, the
 *	owning CPU lowers it
 * @marks: which user-half entries may be non-zero (M2, marks.h)
 * @kernel_seen: pgdm_common.writes when the kernel half was compared in full and
 *	the roots agreed, else 0 (M3, common.h); owning CPU only
 */
struct pgdm_mirror {
	struct pgdm_primary *primary;
	u64 *page[PGDM_PAGES];
	u64 phys;
	u64 seen;
	unsigned long epoch;
	u64 id;
	atomic_t writers;
	int flag;
	unsigned long marks[PGDM_MARK_WORDS];
	u64 kernel_seen;
} ____cacheline_aligned;

enum pgdm_kind {
	PGDM_CLEAN,		/* nothing copied */
	PGDM_DIRTY,		/* some entries copied */
	PGDM_FULL,		/* all entries copied */
};

/**
 * struct pgdm_copied - what one sync did
 * @kind: the most that happened
 * @words: 8-byte words brought up to date in the mirror
 * @named: entries that the records named, or a fault: so many were looked at, each time
 *	that they were named, whether they differed or not
 * @missed: it was full because a hook was missed
 * @sparse: the entries were those that are marked, not those of the records
 */
struct pgdm_copied {
	enum pgdm_kind kind;
	unsigned int words;
	unsigned int named;
	bool missed;
	bool sparse;
};

/**
 * pgdm_mirror_lacks() - does a mirror differ from its primary at one entry?
 * @m: the mirror
 * @p: its primary
 * @index: which entry, 0..511
 *
 * S4: the answer comes from the tables, and not from the sequence.
 */
static inline bool pgdm_mirror_lacks(const struct pgdm_mirror *m,
				     const struct pgdm_primary *p,
				     unsigned int index)
{
	unsigned int page;

	for (page = 0; page < p->pages; page++)
		if (!pgdm_entry_same(READ_ONCE(m->page[page][index]),
				     READ_ONCE(p->page[page][index])))
			return true;
	return false;
}

/**
 * pgdm_mirror_store() - store a write into a mirror, as a writer does
 * @m: a mirror of @p; this CPU owns it, or is counted in @writers
 * @p: the primary
 * @w: the write; its values are in @p already
 *
 * M2: a user-half entry that is added was marked by the caller.
 *
 * Context: IRQs off.
 * Return: the number of words.
 */
static inline unsigned int pgdm_mirror_store(struct pgdm_mirror *m,
					     const struct pgdm_primary *p,
					     const struct pgdm_write *w)
{
	unsigned int page, words = 0;

	for (page = 0; page < p->pages; page++) {
		if (!(w->pages & BIT(page)))
			continue;
		pgdm_entry_set(&m->page[page][w->index], w->value[page]);
		words++;
	}
	return words;
}

/**
 * pgdm_mirror_has() - is one of an entry's words non-zero?
 * @m: a mirror
 * @index: which entry, 0..511
 */
static inline bool pgdm_mirror_has(const struct pgdm_mirror *m,
				   unsigned int index)
{
	return READ_ONCE(m->page[PGDM_KERNEL_PAGE][index]) ||
	       (m->page[PGDM_USER_PAGE] &&
		READ_ONCE(m->page[PGDM_USER_PAGE][index]));
}

void pgdm_mirror_mark(struct pgdm_mirror *m, bool contended);
void pgdm_mirror_trim(struct pgdm_mirror *m, const struct pgdm_primary *p);
bool pgdm_mirror_reaches(const struct pgdm_mirror *m, u64 phys);

#endif
