/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sharers of a primary: the CPUs that ever claimed a mirror of it.
 *
 * A writer that stores into the mirrors of a primary, or raises their flags, and
 * the registry when the mm ends look at the mirrors of these CPUs alone, so that
 * an mm of one CPU costs the same on a machine with thousands (W2). Below, such a
 * writer and the registry are the visitor.
 *
 * A set of two levels of bits, because a plain cpumask of 8,192 CPUs is 128
 * words to walk: a bit a CPU, and a bit for each word of those that is not
 * empty. Nothing is ever taken out, so the set needs no lock:
 *
 *	owner (claim)				visitor (forget, store, raise)
 *	set the CPU's bit, full barrier		X: dead = 1, or store the entry
 *	set the word's bit, full barrier	full barrier
 *	announce: root, mirror->primary = p	read the bits of words
 *	full barrier				read the bits of CPUs
 *	read X					read root, mirror->primary
 *
 * If the visitor reads one of the owner's bits as clear, then that read came
 * before the owner's store of the bit, and so X came before the owner's read
 * of X: the owner gives a dead primary up again, and its full copy reads the new
 * entry. If the visitor reads both bits as set, it looks at the mirror, and the
 * arguments in pgdm_cache_claim() and mirrors.c hold. If the owner finds a bit set
 * already, the owner has set it in an earlier claim, or another CPU has set the bit
 * of the word: each time with a full barrier behind it.
 *
 * The bits are set with IRQs off by the owner alone; an NMI claims nothing. A
 * CPU that goes offline stays in the set, and its cache in memory (cpus.c).
 */
#ifndef _PGDM_SHARERS_H
#define _PGDM_SHARERS_H

#include <port.h>

/**
 * struct pgdm_sharers - a set of CPUs that only grows
 * @nr_summaries: words of the upper level; constant
 * @word: the upper level, then a bit a CPU; any CPU sets its own bit, any reads
 */
struct pgdm_sharers {
	unsigned int nr_summaries;
	unsigned long *word;
};

/**
 * pgdm_sharers_words() - how many words the set of a machine takes
 * @nr_cpus: CPU numbers are below this
 */
static inline unsigned int pgdm_sharers_words(unsigned int nr_cpus)
{
	unsigned int leaves = BITS_TO_LONGS(nr_cpus);

	return BITS_TO_LONGS(leaves) + leaves;
}

static inline unsigned long *pgdm_sharers_leaves(const struct pgdm_sharers *s)
{
	return s->word + s->nr_summaries;
}

/**
 * pgdm_sharers_init() - an empty set
 * @s: the set; no other CPU can reach it yet
 * @word: its memory, pgdm_sharers_words() words
 * @nr_cpus: CPU numbers are below this
 */
static inline void pgdm_sharers_init(struct pgdm_sharers *s,
				     unsigned long *word, unsigned int nr_cpus)
{
	memset(word, 0, pgdm_sharers_words(nr_cpus) * sizeof(*word));
	s->nr_summaries = BITS_TO_LONGS(BITS_TO_LONGS(nr_cpus));
	s->word = word;
}

/**
 * pgdm_sharers_add() - the local CPU is about to announce a mirror
 * @s: the set
 * @cpu: the local CPU
 *
 * Context: IRQs off.
 */
static inline void pgdm_sharers_add(struct pgdm_sharers *s, unsigned int cpu)
{
	unsigned long *leaves = pgdm_sharers_leaves(s);

	/* A full barrier each, where anything is set. */
	if (!test_bit(cpu, leaves))
		test_and_set_bit(cpu, leaves);
	if (!test_bit(cpu / BITS_PER_LONG, s->word))
		test_and_set_bit(cpu / BITS_PER_LONG, s->word);
}

/* Bits of a word from @first on, as they are now. */
static inline unsigned long pgdm_sharers_rest(const unsigned long *word,
					      unsigned int first)
{
	return READ_ONCE(*word) & (~0UL << first);
}

/**
 * pgdm_sharers_next() - the first CPU of a set from some number on
 * @s: the set
 * @cpu: the number, below or just above the last CPU's
 *
 * Context: any; a full barrier came after the store that the sharers must see.
 * Return: a CPU, or -1.
 */
static inline int pgdm_sharers_next(const struct pgdm_sharers *s,
				    unsigned int cpu)
{
	const unsigned long *leaves = pgdm_sharers_leaves(s);
	unsigned int leaf = cpu / BITS_PER_LONG, first = cpu % BITS_PER_LONG;
	unsigned int i = leaf / BITS_PER_LONG;
	unsigned long summary, rest;

	if (i >= s->nr_summaries)
		return -1;
	summary = pgdm_sharers_rest(&s->word[i], leaf % BITS_PER_LONG);
	for (;;) {
		while (!summary) {
			if (++i == s->nr_summaries)
				return -1;
			summary = READ_ONCE(s->word[i]);
		}
		if (leaf != i * BITS_PER_LONG + __ffs(summary)) {
			leaf = i * BITS_PER_LONG + __ffs(summary);
			first = 0;
		}
		rest = pgdm_sharers_rest(&leaves[leaf], first);
		if (rest)
			return leaf * BITS_PER_LONG + __ffs(rest);
		summary &= summary - 1;
	}
}

/**
 * pgdm_for_each_sharer() - walk a set
 * @cpu: int, the CPU
 * @s: the set
 */
#define pgdm_for_each_sharer(cpu, s)					\
	for (cpu = pgdm_sharers_next(s, 0); cpu >= 0;			\
	     cpu = pgdm_sharers_next(s, cpu + 1))

#endif
