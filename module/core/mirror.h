/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mirror: one CPU's copy of one primary, and how it is brought up to date.
 */
#ifndef _PGDM_MIRROR_H
#define _PGDM_MIRROR_H

#include "primary.h"

/* No probe misses that often: it marks a mirror "copy in full next". */
#define PGDM_MISSED_POISON	(~0UL)

/**
 * struct pgdm_mirror - one CPU's copy of a root table
 *
 * A line of its own: a sync of one does not disturb who looks at another.
 *
 * @primary: whose copy; NULL when free. Only the owning CPU claims a mirror;
 *	any CPU may take it away (cmpxchg to NULL) once the primary is dead
 * @page: the tables, PGDM_ENTRIES words each, the second NULL without PTI.
 *	The owning CPU writes both halves, a kernel-half writer the upper one,
 *	and under a policy that stores (policy.h) any writer both
 * @phys: physical address of the first table, for CR3; constant
 * @seen: sequence of the primary that the copy holds (owning CPU only)
 * @missed_seen: value of the engine's count of missed hooks up to which the
 *	copy surely has everything (owning CPU only, NMI included), or
 *	PGDM_MISSED_POISON
 * @id: the id of @primary (owning CPU only)
 * @writers: writers that may be storing into @page just now
 * @flag: the copy lacks something (policy "flag"): any CPU raises it, the
 *	owning CPU lowers it
 */
struct pgdm_mirror {
	struct pgdm_primary *primary;
	u64 *page[PGDM_PAGES];
	u64 phys;
	u64 seen;
	unsigned long missed_seen;
	u64 id;
	atomic_t writers;
	int flag;
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
 * @missed: it was full because a hook was missed
 */
struct pgdm_copied {
	enum pgdm_kind kind;
	unsigned int words;
	bool missed;
};

/**
 * enum pgdm_finding - what the audit thinks of a mirror
 * @PGDM_AUDIT_OK: follows its primary as closely as the protocol demands
 * @PGDM_AUDIT_BUSY: a writer is under way; ask again
 * @PGDM_AUDIT_VIOLATION: differs where nothing was published
 */
enum pgdm_finding {
	PGDM_AUDIT_OK,
	PGDM_AUDIT_BUSY,
	PGDM_AUDIT_VIOLATION,
};

/**
 * struct pgdm_audit - the result for one mirror
 * @entries: words compared
 * @stale: words that differ, and are published but not yet synced
 * @violations: words that differ without excuse
 * @page: of the first violation, and so the next three
 * @index: of the first violation
 * @mirror: the word in the mirror
 * @primary: the word in the primary
 */
struct pgdm_audit {
	unsigned int entries;
	unsigned int stale;
	unsigned int violations;
	unsigned int page;
	unsigned int index;
	u64 mirror;
	u64 primary;
};

/**
 * pgdm_mirror_lacks() - does a mirror differ from its primary at one entry?
 * @m: the mirror
 * @p: its primary
 * @index: which entry, 0..511
 *
 * S4: the answer comes from the tables, whatever the sequence says.
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

void pgdm_mirror_sync_full(struct pgdm_mirror *m, struct pgdm_primary *p,
			   struct pgdm_copied *done);
void pgdm_mirror_sync_dirty(struct pgdm_mirror *m, struct pgdm_primary *p,
			    struct pgdm_copied *done);
void pgdm_mirror_sync_entry(struct pgdm_mirror *m, struct pgdm_primary *p,
			    unsigned int index, struct pgdm_copied *done);
bool pgdm_mirror_reaches(const struct pgdm_mirror *m, u64 phys);
enum pgdm_finding pgdm_mirror_audit(const struct pgdm_mirror *m,
				    const struct pgdm_primary *p, u64 since,
				    struct pgdm_audit *found);

#endif
