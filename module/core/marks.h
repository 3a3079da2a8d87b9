/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks: which user-half entries of a table may be non-zero.
 *
 * A program uses two or three of the 256. A sync that does not know which entries
 * changed copies those that are marked in the primary or in the mirror, and not all
 * of them. Where no mark is set, the word is zero in both pages of a pair; where one is
 * set, it may be anything.
 *
 * DOC: M1, marks of a primary
 *
 * Each writer of a user-half entry keeps its mark, under every policy (write.c):
 *
 *	writer				owner of a mirror, without records
 *	set its mark			s = load-acquire p->seq
 *	store the entry			read p->marks
 *	clear its mark, if it is zero	copy what is marked, here or there
 *	publish: p->seq++
 *
 * Let the owner read sequence s and find an entry unmarked. The last writer that
 * changed this mark before has cleared it, and had stored zero before it did. Two
 * writers of one entry never overlap (write.c; W5 has its own argument), so this writer
 * is the one that published the entry's latest change up to s, or a later one. The
 * mirror, where the entry is unmarked as well, holds zero: what that writer has stored. A
 * later writer publishes a later sequence, which the next sync finds.
 *
 * If the mark came after the publication, the owner could read the sequence of an
 * addition and overlook the entry. It comes before the store already: else a CPU that
 * faulted on the entry between store and mark, and got it by its fault (S4), could lose
 * it again to a first copy, and fault once more. If the mark of a removal were cleared
 * before the store, the owner would take from a mirror what the primary still has.
 *
 * Marks of one word belong to different entries, whose writers do overlap, so bits
 * are set and cleared by locked instructions, and only if they have to change.
 *
 * A newborn's user half is empty. Of an mm that existed before, all words are looked
 * through when no unseen writer is left (A1): a writer that comes meanwhile keeps
 * the mark itself, and one that removes the entry just then may leave a mark without an
 * entry. Where hooks were missed (H1), the marks do not count: primary->marked says up
 * to which epoch they are complete.
 *
 * DOC: M2, marks of a mirror
 *
 * When a sync point is over, no word that is not zero is without a mark. An owner that
 * left out its own mirror's marks would leave the former primary's entries behind.
 *
 * Where the owner alone stores into the user half ("dirty"), marks go with their entries:
 * an entry that it copies as zero loses its mark, and so does, after a full copy or one
 * by marks, what is zero and not marked in the primary. Its own writes (O1) do the same.
 * No other CPU changes these marks, so no lock is needed: while the owner copies, an NMI
 * changes none either (N1), and plain stores do. Into an own write an NMI may come that
 * syncs the mirror: so pgdm_marks_put() exchanges, in one instruction.
 *
 * Under a policy with writers that store into mirrors ("eager") no mark is cleared
 * while the mirror belongs to a primary: the owner may be copying an older value, and
 * when it repeats the copy it would not find the entry. A writer sets the mark before it
 * stores, and counts itself in mirror->writers from before that until after. The owner
 * clears marks in a mirror that it has just taken from its primary, and into which no
 * writer stores any more (take(), cache.c).
 *
 * When the policy changes, an owner that still acts as under the first kind may undo a
 * mark that a writer of the second kind has just set. The epoch of that mirror is old
 * then: it is copied in full before marks count, and the full copy marks what it finds.
 * (An NMI that made this copy in between would leave the latest epoch: enter() in
 * cache_point.c and store_own() in write.c see to it.)
 * A writer that still acts as under the second kind finds its mark set: the full copy
 * has brought its entry (pgdm_policy_change()).
 */
#ifndef _PGDM_MARKS_H
#define _PGDM_MARKS_H

#include "entry.h"

#define PGDM_MARK_WORDS		(PGDM_USER_ENTRIES / BITS_PER_LONG)

/**
 * pgdm_marks_set() - an entry may be non-zero
 * @marks: PGDM_MARK_WORDS words
 * @index: which entry, 0..255
 *
 * Context: any. A full barrier if the mark was clear.
 */
static inline void pgdm_marks_set(unsigned long *marks, unsigned int index)
{
	if (!test_bit(index, marks))
		test_and_set_bit(index, marks);
}

/**
 * pgdm_marks_add() - the same for several entries
 * @word: one of the PGDM_MARK_WORDS words
 * @marks: a bit each, those that are set already among them
 *
 * Context: any. A full barrier.
 */
static inline void pgdm_marks_add(unsigned long *word, unsigned long marks)
{
	atomic_long_fetch_or(marks, (atomic_long_t *)word);
}

/**
 * pgdm_marks_clear() - an entry is zero
 * @marks: PGDM_MARK_WORDS words
 * @index: which entry, 0..255
 *
 * Context: any. A full barrier if the mark was set.
 */
static inline void pgdm_marks_clear(unsigned long *marks, unsigned int index)
{
	if (test_bit(index, marks))
		test_and_clear_bit(index, marks);
}

/**
 * pgdm_marks_put() - set or clear a mark that no other CPU changes (M2)
 * @marks: PGDM_MARK_WORDS words
 * @index: which entry, 0..255
 * @on: may it be non-zero?
 *
 * Context: the owning CPU, IRQs off; a sync in an NMI may change the word in between.
 * No barrier.
 */
static inline void pgdm_marks_put(unsigned long *marks, unsigned int index,
				  bool on)
{
	unsigned long *word = &marks[index / BITS_PER_LONG];
	unsigned long bit = BIT(index % BITS_PER_LONG), old, now;

	do {
		old = READ_ONCE(*word);
		now = on ? old | bit : old & ~bit;
	} while (now != old && cmpxchg_local(word, old, now) != old);
}

/**
 * pgdm_marks_have() - may an entry be non-zero?
 * @marks: PGDM_MARK_WORDS words
 * @index: which entry, 0..255
 */
static inline bool pgdm_marks_have(const unsigned long *marks,
				   unsigned int index)
{
	return test_bit(index, marks);
}

#endif
