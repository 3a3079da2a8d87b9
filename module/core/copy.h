/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying words of a primary into a mirror.
 */
#ifndef _PGDM_COPY_H
#define _PGDM_COPY_H

#include "bug.h"
#include "mirror.h"

/**
 * pgdm_copy_pages() - how many tables of a primary are mirrored (L3)
 * @p: the primary
 */
static __always_inline unsigned int pgdm_copy_pages(const struct pgdm_primary *p)
{
	return pgdm_bug(kernel_page_only) ? 1 : p->pages;
}

void pgdm_copy_settle(struct pgdm_mirror *m, struct pgdm_primary *p,
		      unsigned int index);

/**
 * pgdm_copy_entry() - copy one user-half entry, where it differs
 * @m: a mirror of @p, owned by this CPU; no other CPU stores into its user half
 * @p: its primary
 * @index: which entry, 0..255
 * @done: the words that were stored are added here, and the entry
 *
 * The records may name an entry that came and went meanwhile, or one that this CPU
 * has from its own write (O1) or from a fault: nothing is stored then.
 *
 * M2: the mark says what the mirror holds after this. (After the second copy of W5 it may
 * stand over a zero, until the next copy of the entry.)
 *
 * Context: IRQs off.
 */
static __always_inline void pgdm_copy_entry(struct pgdm_mirror *m,
					    struct pgdm_primary *p,
					    unsigned int index,
					    struct pgdm_copied *done)
{
	unsigned int page;
	u64 any = 0;

	for (page = 0; page < pgdm_copy_pages(p); page++) {
		u64 value = READ_ONCE(p->page[page][index]);
		u64 *to = &m->page[page][index];

		if (pgdm_bug(clear_accessed))
			value &= ~PGDM_ENTRY_ACCESSED;
		any |= value;
		if (pgdm_entry_same(READ_ONCE(*to), value))
			continue;
		pgdm_entry_set(to, value);
		done->words++;
	}
	pgdm_marks_put(m->marks, index, any);
	if (unlikely(p->late))
		pgdm_copy_settle(m, p, index);
	done->named++;
}

void pgdm_copy_all(struct pgdm_mirror *m, struct pgdm_primary *p, bool contended);
unsigned int pgdm_copy_marked(struct pgdm_mirror *m, struct pgdm_primary *p,
			      bool contended);
unsigned int pgdm_copy_kernel_half(struct pgdm_mirror *m,
				   const struct pgdm_primary *p);
unsigned int pgdm_copy_own(struct pgdm_mirror *m, const struct pgdm_primary *p);

#endif
