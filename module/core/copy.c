// SPDX-License-Identifier: GPL-2.0
/*
 * Copying words of a primary into a mirror.
 *
 * The owner copies, with IRQs off. Meanwhile other CPUs write the primary, and
 * writers store into the mirror: into its kernel half under every policy (W3),
 * into its user half under "eager". Where they may, words are exchanged.
 */
#include "copy.h"
#include "common.h"
#include "primary.h"

/* Four words a turn: faster, and words all the same (W4). */
static void copy_plainly(u64 *to, const u64 *from, unsigned int first,
			 unsigned int end)
{
	unsigned int i;

	for (i = first; i < end; i += 4) {
		pgdm_entry_set(&to[i], READ_ONCE(from[i]));
		pgdm_entry_set(&to[i + 1], READ_ONCE(from[i + 1]));
		pgdm_entry_set(&to[i + 2], READ_ONCE(from[i + 2]));
		pgdm_entry_set(&to[i + 3], READ_ONCE(from[i + 3]));
	}
}

/*
 * W3: the mirror's word is read before the primary's. If a writer stores the
 * mirror's word in between, the exchange fails and the newer word stays; if
 * it had stored it before, the primary's word that we read is no older.
 *
 * L4: the CPU stores too, when it sets an Accessed bit in a live mirror. An
 * exchange that failed for that reason must not be given up, so it is tried
 * again; each failure is the store of a writer or of the page walker, and no CPU
 * is waited for. And a difference in that bit alone is left as it is.
 */
static __always_inline void exchange(u64 *to, const u64 *from)
{
	u64 seen, value;

	do {
		seen = READ_ONCE(*to);
		smp_rmb(); /* mirror before primary, see above */
		value = READ_ONCE(*from);
		if (pgdm_entry_same(seen, value))
			return;
		if (pgdm_bug(no_kernel_repeat))
			pgdm_bug_pause();
	} while (!pgdm_entry_replace(to, seen, value));
}

/*
 * The usual case, four entries at once: nothing differs, nothing is stored.
 * Each of the mirror's words is read before the primary's, as above.
 */
static __always_inline bool four_are_same(const u64 *to, const u64 *from)
{
	u64 a = READ_ONCE(to[0]), b = READ_ONCE(to[1]);
	u64 c = READ_ONCE(to[2]), d = READ_ONCE(to[3]);

	smp_rmb(); /* mirror before primary, see above */
	a ^= READ_ONCE(from[0]);
	b ^= READ_ONCE(from[1]);
	c ^= READ_ONCE(from[2]);
	d ^= READ_ONCE(from[3]);
	return pgdm_entry_same(a | b | c | d, 0);
}

static void copy_by_exchange(u64 *to, const u64 *from, unsigned int first,
			     unsigned int end)
{
	unsigned int i, j;

	for (i = first; i < end; i += 4)
		if (!four_are_same(&to[i], &from[i]))
			for (j = i; j < i + 4; j++)
				exchange(&to[j], &from[j]);
}

/**
 * pgdm_copy_settle() - see that an entry that was copied is marked in the primary (W5)
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary, late
 * @index: the entry, 0..255; @m has it as it was read from @p
 *
 * stored.h says why, and what the second copy is for. Nothing is counted for it.
 *
 * Context: IRQs off, in the sync point that copied.
 */
void pgdm_copy_settle(struct pgdm_mirror *m, struct pgdm_primary *p,
		      unsigned int index)
{
	u64 *to = &m->page[PGDM_KERNEL_PAGE][index];

	if (!READ_ONCE(*to) || pgdm_bug(copy_unmarked))
		return;
	if (pgdm_bug(trust_mark) && pgdm_marks_have(p->marks, index))
		return;
	pgdm_marks_set(p->marks, index);
	smp_mb(); /* pairs with the one between a removal and the search for it */
	if (!pgdm_bug(no_second_copy))
		exchange(to, &p->page[PGDM_KERNEL_PAGE][index]);
}

static noinline void settle_all(struct pgdm_mirror *m, struct pgdm_primary *p)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		pgdm_copy_settle(m, p, i);
}

/* M2: what the mirror has is marked there. */
static noinline void settle_marked(struct pgdm_mirror *m, struct pgdm_primary *p)
{
	unsigned int i;

	for (i = 0; i < PGDM_MARK_WORDS; i++) {
		unsigned long marks = READ_ONCE(m->marks[i]);

		for (; marks; marks &= marks - 1)
			pgdm_copy_settle(m, p, i * BITS_PER_LONG + __ffs(marks));
	}
}

/**
 * pgdm_copy_all() - copy every entry
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @contended: may writers be storing into the user half of @m, too? Into the
 *	kernel half they may always (W3)
 *
 * Context: IRQs off; NMIs may come in between.
 */
void pgdm_copy_all(struct pgdm_mirror *m, struct pgdm_primary *p, bool contended)
{
	unsigned int page;

	for (page = 0; page < pgdm_copy_pages(p); page++) {
		u64 *to = m->page[page];
		const u64 *from = p->page[page];

		if (contended)
			copy_by_exchange(to, from, 0, PGDM_USER_ENTRIES);
		else
			copy_plainly(to, from, 0, PGDM_USER_ENTRIES);
	}
	if (unlikely(p->late))
		settle_all(m, p);
	pgdm_copy_kernel_half(m, p);
}

/**
 * pgdm_copy_kernel_half() - copy the kernel half
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 *
 * Context: IRQs off; NMIs may come in between.
 * Return: the number of words that were compared.
 */
unsigned int pgdm_copy_kernel_half(struct pgdm_mirror *m,
				   const struct pgdm_primary *p)
{
	unsigned int page;

	for (page = 0; page < pgdm_copy_pages(p); page++)
		copy_by_exchange(m->page[page], p->page[page],
				 PGDM_USER_ENTRIES, PGDM_ENTRIES);
	return (PGDM_ENTRIES - PGDM_USER_ENTRIES) * p->pages;
}

/**
 * pgdm_copy_own() - copy the kernel-half entries that each mm has for itself
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 *
 * Context: IRQs off; NMIs may come in between.
 * Return: the number of words.
 */
unsigned int pgdm_copy_own(struct pgdm_mirror *m, const struct pgdm_primary *p)
{
	unsigned int page, i;

	for (i = 0; i < pgdm_common.nr_own; i++)
		for (page = 0; page < pgdm_copy_pages(p); page++) {
			unsigned int index = pgdm_common.own[i];

			exchange(&m->page[page][index], &p->page[page][index]);
		}
	return pgdm_common.nr_own * p->pages;
}

static __always_inline void copy_one(u64 *to, const u64 *from, bool contended)
{
	if (contended)
		exchange(to, from);
	else
		pgdm_entry_set(to, READ_ONCE(*from));
}

/* Every entry of a word of marks: as fast as a full copy. */
static noinline unsigned int copy_each(u64 *to, const u64 *from, bool contended)
{
	if (contended)
		copy_by_exchange(to, from, 0, BITS_PER_LONG);
	else
		copy_plainly(to, from, 0, BITS_PER_LONG);
	return BITS_PER_LONG;
}

static __always_inline unsigned int copy_some(u64 *to, const u64 *from,
					      unsigned long marks,
					      bool contended)
{
	unsigned int nr = 0;

	if (unlikely(!~marks))
		return copy_each(to, from, contended);
	do {
		unsigned long i = __ffs(marks);

		copy_one(&to[i], &from[i], contended);
		nr++;
		marks &= marks - 1;
	} while (marks);
	return nr;
}

/*
 * Entries of a word of marks that are marked in the mirror alone: the former primary had
 * them, or this one. Those that are zero, and all are unless a writer has just come, lose
 * their marks (M2).
 */
static noinline unsigned int copy_others(struct pgdm_mirror *m,
					 const struct pgdm_primary *p,
					 unsigned int word, unsigned long marks,
					 bool pair)
{
	unsigned long gone = 0;
	unsigned int nr = 0;

	for (; marks; marks &= marks - 1, nr++) {
		unsigned long bit = __ffs(marks), i = word * BITS_PER_LONG + bit;
		u64 value = READ_ONCE(p->page[PGDM_KERNEL_PAGE][i]), user = 0;

		pgdm_entry_set(&m->page[PGDM_KERNEL_PAGE][i], value);
		if (pair) {
			user = READ_ONCE(p->page[PGDM_USER_PAGE][i]);
			pgdm_entry_set(&m->page[PGDM_USER_PAGE][i], user);
		}
		gone |= (unsigned long)!(value | user) << bit;
	}
	WRITE_ONCE(m->marks[word], READ_ONCE(m->marks[word]) & ~gone);
	return pair ? 2 * nr : nr;
}

static __always_inline unsigned int copy_marked(struct pgdm_mirror *m,
						const struct pgdm_primary *p,
						bool pair, bool contended)
{
	u64 *to = m->page[PGDM_KERNEL_PAGE], *to_user = m->page[PGDM_USER_PAGE];
	const u64 *from = p->page[PGDM_KERNEL_PAGE];
	const u64 *from_user = p->page[PGDM_USER_PAGE];
	unsigned int i, first, words = 0;

	for (i = first = 0; i < PGDM_MARK_WORDS; i++, first += BITS_PER_LONG) {
		unsigned long theirs = READ_ONCE(p->marks[i]);
		unsigned long ours = READ_ONCE(m->marks[i]);
		unsigned long others = pgdm_bug(keep_leftover) ? 0 : ours & ~theirs;
		unsigned long marks = contended ? theirs | others : theirs;

		if (unlikely(theirs & ~ours)) {
			if (contended)
				pgdm_marks_add(&m->marks[i], theirs);
			else
				WRITE_ONCE(m->marks[i], ours | theirs);
		}
		if (!contended && unlikely(others))
			words += copy_others(m, p, i, others, pair);
		/* Most programs have entries in the first and the last word only. */
		if (!marks)
			continue;
		words += copy_some(to + first, from + first, marks, contended);
		if (pair)
			words += copy_some(to_user + first, from_user + first,
					   marks, contended);
	}
	return words;
}

/* The cases by themselves: one function for all keeps too much in registers. */

static noinline unsigned int copy_contended(struct pgdm_mirror *m,
					    const struct pgdm_primary *p)
{
	return copy_marked(m, p, pgdm_copy_pages(p) > 1, true);
}

static noinline unsigned int copy_pair(struct pgdm_mirror *m,
				       const struct pgdm_primary *p)
{
	return copy_marked(m, p, true, false);
}

static noinline unsigned int copy_single(struct pgdm_mirror *m,
					 const struct pgdm_primary *p)
{
	return copy_marked(m, p, false, false);
}

/**
 * pgdm_copy_marked() - copy the user-half entries that are marked, here or there
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary; pgdm_primary_is_marked()
 * @contended: may writers be storing into the user half of @m, too?
 *
 * M2: what the primary has and the mirror has not is marked before it is stored.
 *
 * Context: IRQs off; NMIs may come in between.
 * Return: the number of words.
 */
unsigned int pgdm_copy_marked(struct pgdm_mirror *m, struct pgdm_primary *p,
			      bool contended)
{
	unsigned int words;

	if (contended)
		words = copy_contended(m, p);
	else if (pgdm_copy_pages(p) > 1)
		words = copy_pair(m, p);
	else
		words = copy_single(m, p);
	if (unlikely(p->late))
		settle_marked(m, p);
	return words;
}
