/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Root writes of which the hook is told when the kernel has stored.
 *
 * DOC: W5, the kernel stores first
 *
 * A kernel without PARAVIRT_XXL writes roots inline, where nothing can be hooked before
 * the store. Without PTI, too, there are only functions around it: one that allocates the
 * table below and stores the entry, and one that is given the table of an entry that was
 * cleared.
 *
 *	addition			removal
 *	store entry	(kernel)	clear entry		(kernel)
 *	full barrier			full barrier
 *	set its mark			for each that is marked and zero:
 *	publish				 publish, then clear its mark
 *					flush, free the table	(kernel)
 *
 * Store and then publish (W1) comes by itself; what is new is that any time may pass
 * between the two.
 *
 * Additions. A CPU that lacks an entry faults, whether it is published or not, and the
 * fault compares (S4). So the audit takes an addition that a mirror lacks for legal. M1
 * becomes: each entry that was *published* is marked, but for the moment in which a remover
 * takes a left mark away and looks once more (below). Its argument holds (marks.h): an
 * owner that reads the sequence of the publication finds the mark; one that reads an
 * earlier one syncs again. In that moment it may overlook the entry, and the CPU faults.
 * The hook of an addition is called before the kernel drops what keeps a removal of the
 * same entry out: the thread is in a fault, or in another access through a VMA in the
 * entry's range, and has that VMA or the whole mm locked. A table is freed when no VMA is
 * left in its range, or by exec, which moves its stack with mmap_lock held for writing. So
 * removal's hook comes after addition's.
 *
 * Removals. The hook is called after the store, before the table is put where a flush may
 * free it. So the publication comes before the flush, and S5 follows as in write.c. The
 * hook does not learn the entry, and looks for it among those that are marked.
 * A remover may find an entry that is not its own: one of which the mark was left. Removers
 * of one mm do not overlap, from before the clear until after the flush: each takes
 * mmap_lock for writing first, and may keep it for reading (munmap()); or no other thread has
 * the mm (exit_mmap()). This is needed below.
 * Only with the remover of a left mark can an addition of the same entry overlap: a remover
 * that takes a mark away looks at the entry once more after that, and the adder at the mark
 * after its store, with full barriers: so no entry that was published stays without its mark.
 *
 * What removals rely on is that each entry that a mirror has is marked in the primary. The
 * hook of its addition cannot promise that: another CPU may fault on the entry and get it
 * before that hook is called (S4); and it may never be called, where the probe had no room
 * to follow the thread, where the user had disarmed it, and where the thread was in the
 * function already when the hook went in. So whoever copies an entry into a mirror marks
 * it:
 *
 *	owner of a mirror		remover
 *	read the entry, not zero	clear entry		(kernel)
 *	store it into the mirror	full barrier
 *	set its mark, if it is clear	for each that is marked and zero:
 *	full barrier			 publish, then clear its mark
 *	copy the entry once more	flush, free the table	(kernel)
 *
 * If the remover overlooked the mark, it was set later, by this owner or by another one, and
 * the second copy takes the entry out of the mirror. That is done with IRQs off, in the same
 * sync point: no flush has been received in between, so the table is not free yet, and an
 * NMI may walk there. (Where the mark is found set, a second copy is needed as well: the
 * owner that has set it cares for its own mirror only.)
 * If the remover came later than the second copy, it finds the mark, unless another remover
 * has taken it away since. That one had looked at the entry when it was zero, before this
 * owner read it, and looks once more, as above; and it is done before this remover begins.
 * Under a policy with writers that store into mirrors the second copy is an exchange, and
 * one more round of the loop in which everything is copied if something was published.
 * A mark that is set when the entry has just gone stays until the next removal, which
 * publishes once too often.
 *
 * So a missed addition costs nothing but its publication: each CPU faults on the entry.
 *
 * O1: what the hook stores into its own CPU's mirror it reads from the primary with IRQs
 * off. If the entry is its own, no other writer changes it until the hook is over. If it is
 * one of which the mark was left, it may be added meanwhile: then the mirror lacks it, which
 * is legal; and where an NMI has faulted on it and copied it, store_own() in write.c looks
 * once more at what it took the mirror's mark from (M2).
 */
#ifndef _PGDM_STORED_H
#define _PGDM_STORED_H

#include "bug.h"
#include "marks.h"
#include "primary.h"

/**
 * pgdm_stored_next_removed() - look for an entry that was removed and is marked
 * @p: the primary, of a single page
 * @from: the index to begin with, 0..256
 *
 * A word of the marks is read once: a mark that is set after that is one that the remover
 * has overlooked (W5).
 *
 * Context: any but NMI, IRQs off; a full barrier after the removal.
 * Return: its index, or PGDM_USER_ENTRIES when there is none.
 */
static inline unsigned int pgdm_stored_next_removed(const struct pgdm_primary *p,
						    unsigned int from)
{
	unsigned long marks, wanted = ~0UL << from % BITS_PER_LONG;
	unsigned int word, i;

	for (word = from / BITS_PER_LONG; word < PGDM_MARK_WORDS; word++) {
		marks = READ_ONCE(p->marks[word]) & wanted;
		for (; marks; marks &= marks - 1) {
			i = word * BITS_PER_LONG + __ffs(marks);
			if (!pgdm_primary_has(p, i))
				return i;
		}
		wanted = ~0UL;
	}
	return PGDM_USER_ENTRIES;
}

/**
 * pgdm_stored_unmark() - a change was published; take the mark away if there is no entry
 * @p: the primary, of a single page
 * @index: the entry, 0..255
 *
 * Context: any but NMI, IRQs off.
 */
static inline void pgdm_stored_unmark(struct pgdm_primary *p, unsigned int index)
{
	pgdm_primary_unmark(p, index);
	/*
	 * A full barrier, if the mark was taken away. Pairs with the one between an
	 * addition's store and its mark.
	 */
	if (pgdm_primary_has(p, index) && !pgdm_bug(no_second_look))
		pgdm_marks_set(p->marks, index);
}

#endif
