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

/**
 * pgdm_copy_entry() - copy one user-half entry
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @index: which entry, 0..255
 * @done: the words are added here
 *
 * Context: IRQs off.
 */
static __always_inline void pgdm_copy_entry(struct pgdm_mirror *m,
					    const struct pgdm_primary *p,
					    unsigned int index,
					    struct pgdm_copied *done)
{
	unsigned int page;
	u64 any = 0;

	for (page = 0; page < pgdm_copy_pages(p); page++) {
		u64 value = READ_ONCE(p->page[page][index]);

		if (pgdm_bug(clear_accessed))
			value &= ~PGDM_ENTRY_ACCESSED;
		pgdm_entry_set(&m->page[page][index], value);
		any |= value;
	}
	if (any)
		pgdm_marks_set(m->marks, index);
	done->words += p->pages;
}

void pgdm_copy_all(struct pgdm_mirror *m, const struct pgdm_primary *p,
		   bool contended);
unsigned int pgdm_copy_marked(struct pgdm_mirror *m,
			      const struct pgdm_primary *p, bool contended);
unsigned int pgdm_copy_kernel_half(struct pgdm_mirror *m,
				   const struct pgdm_primary *p);
unsigned int pgdm_copy_own(struct pgdm_mirror *m, const struct pgdm_primary *p);

#endif
