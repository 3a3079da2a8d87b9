/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A primary: the root table of one address space, and the record of what
 * changed in it.
 */
#ifndef _PGDM_PRIMARY_H
#define _PGDM_PRIMARY_H

#include "entry.h"
#include "epoch.h"
#include "marks.h"
#include "sharers.h"

/*
 * Records that a primary keeps of its latest changes. A mirror that fell
 * further behind is synced by the marks: a marked entry costs less than a record, and
 * a program has few (Documentation/measurements.md).
 */
#define PGDM_RING		8
#define PGDM_RING_MASK		(PGDM_RING - 1)

struct pgdm_mirror;

/* A record is one word, so that it is read whole: sequence, index. */
#define PGDM_RECORD_SHIFT	9
#define PGDM_RECORD_INDEX	(PGDM_ENTRIES - 1)

/**
 * struct pgdm_primary - one root table and its changes
 * @page: the kernel's table, and with PTI the user table beside it; the
 *	kernel writes them, and before it pgdm_primary_store(), if not @late
 * @pages: 1, or 2 with PTI
 * @id: never repeats; 0 is no primary
 * @sharers: CPUs that may have a mirror of it
 * @dead: set once, before CPUs leave its mirrors and before these are taken
 *	from it: no mirror is claimed or loaded any more
 * @late: the kernel stores before the hook is called (stored.h); constant
 * @seq: number of user-half changes published; any CPU adds, any CPU reads
 * @kernel_seq: number of kernel-half changes; any CPU adds, owners of mirrors
 *	read
 * @inflight: writes between their first store and their publication; only
 *	the audit reads it
 * @marked: the epoch up to which @marks are complete; owners of mirrors write it
 * @marks: which user-half entries may be non-zero (M1); any CPU. In the line of
 *	@seq, which whoever needs them has read
 * @ring: the record of change s is in word s mod PGDM_RING; any CPU writes
 *	its own change's word, any CPU reads
 */
struct pgdm_primary {
	u64 *page[PGDM_PAGES];
	unsigned int pages;
	u64 id;
	struct pgdm_sharers sharers;
	int dead;
	bool late;
	atomic64_t seq ____cacheline_aligned;
	atomic64_t kernel_seq;
	atomic_t inflight;
	unsigned long marked;
	unsigned long marks[PGDM_MARK_WORDS];
	u64 ring[PGDM_RING] ____cacheline_aligned;
};

/**
 * struct pgdm_write - the final values of one root write
 * @index: which entry, 0..511
 * @pages: bit per page that is written
 * @value: the final word, per page
 * @own: the mirror that the writing CPU has loaded, of whatever primary, or NULL
 */
struct pgdm_write {
	unsigned int index;
	unsigned int pages;
	u64 value[PGDM_PAGES];
	struct pgdm_mirror *own;
};

/* Will there be an entry? */
static inline bool pgdm_write_adds(const struct pgdm_write *w)
{
	return w->value[PGDM_KERNEL_PAGE] | w->value[PGDM_USER_PAGE];
}

static inline u64 pgdm_record(u64 seq, unsigned int index)
{
	return seq << PGDM_RECORD_SHIFT | index;
}

/**
 * pgdm_primary_seq() - the sequence to sync up to
 * @p: the primary
 *
 * S1: acquire. Pairs with the full barrier of the atomic increment in
 * pgdm_primary_publish(): a CPU that reads sequence s also reads the entries
 * that were stored before s was published.
 */
static inline u64 pgdm_primary_seq(const struct pgdm_primary *p)
{
	return atomic64_read_acquire(&p->seq);
}

/**
 * pgdm_primary_store_page() - store a write into one table of the pair
 * @p: the primary
 * @w: the write
 * @page: which table; nothing happens if the write does not go there
 */
static inline void pgdm_primary_store_page(struct pgdm_primary *p,
					   const struct pgdm_write *w,
					   unsigned int page)
{
	if (w->pages & BIT(page))
		pgdm_entry_set(&p->page[page][w->index], w->value[page]);
}

/**
 * pgdm_primary_store() - store the final values of a write
 * @p: the primary
 * @w: the write
 *
 * The user table first, as the kernel does.
 */
static inline void pgdm_primary_store(struct pgdm_primary *p,
				      const struct pgdm_write *w)
{
	pgdm_primary_store_page(p, w, PGDM_USER_PAGE);
	pgdm_primary_store_page(p, w, PGDM_KERNEL_PAGE);
}

/**
 * pgdm_primary_has() - is one of the user-half entry's words non-zero?
 * @p: the primary
 * @index: the entry, 0..255
 */
static inline bool pgdm_primary_has(const struct pgdm_primary *p,
				    unsigned int index)
{
	return READ_ONCE(p->page[PGDM_KERNEL_PAGE][index]) ||
	       (p->pages > 1 && READ_ONCE(p->page[PGDM_USER_PAGE][index]));
}

/**
 * pgdm_primary_populated() - how many entries does the user half have?
 * @p: the primary
 *
 * The words are counted, not the marks: these may lag behind.
 *
 * Context: any; the tables stay. Writers may store meanwhile.
 * Return: 0 to 256.
 */
static inline unsigned int pgdm_primary_populated(const struct pgdm_primary *p)
{
	unsigned int i, n = 0;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		n += pgdm_primary_has(p, i);
	return n;
}

/**
 * pgdm_primary_mark() - a user-half entry is about to be stored (M1)
 * @p: the primary
 * @w: the write
 *
 * Context: any but NMI, IRQs off.
 */
static inline void pgdm_primary_mark(struct pgdm_primary *p,
				     const struct pgdm_write *w)
{
	if (pgdm_write_adds(w))
		pgdm_marks_set(p->marks, w->index);
}

/**
 * pgdm_primary_unmark() - a user-half entry was stored (M1)
 * @p: the primary
 * @index: the entry, 0..255
 *
 * Context: any but NMI, IRQs off.
 */
static inline void pgdm_primary_unmark(struct pgdm_primary *p,
				       unsigned int index)
{
	if (!pgdm_primary_has(p, index))
		pgdm_marks_clear(p->marks, index);
}

/**
 * pgdm_primary_is_marked() - do the marks name every entry that is not zero?
 * @p: the primary
 *
 * H1: where a hook was missed since they were complete, they may not.
 *
 * Context: any. The marks are to be read after this.
 */
static inline bool pgdm_primary_is_marked(const struct pgdm_primary *p)
{
	/* Pairs with the release in pgdm_primary_look_through(). */
	return pgdm_epoch_same_misses(smp_load_acquire(&p->marked));
}

/**
 * pgdm_primary_publish() - record that a user-half entry has changed
 * @p: the primary
 * @index: the entry, 0..255; its final value was stored before (W1)
 *
 * W2: one increment and one store, however many mirrors exist.
 * Two writers get two sequences and so two words of the ring, unless one is
 * held up between the increment and the store while PGDM_RING changes are
 * published: then it overwrites a younger record with its own older one. The
 * reader finds another sequence in the record than the one it looks for, and
 * copies everything, or all that is marked.
 *
 * Context: any but NMI, IRQs off. The increment is a full barrier.
 * Return: the sequence.
 */
static inline u64 pgdm_primary_publish(struct pgdm_primary *p,
				       unsigned int index)
{
	u64 seq = atomic64_inc_return(&p->seq);

	WRITE_ONCE(p->ring[seq & PGDM_RING_MASK], pgdm_record(seq, index));
	return seq;
}

void pgdm_primary_init(struct pgdm_primary *p, u64 id, u64 *kernel, u64 *user,
		       unsigned long *sharers, unsigned int nr_cpus);
void pgdm_primary_empty(struct pgdm_primary *p);
void pgdm_primary_look_through(struct pgdm_primary *p);

#endif
