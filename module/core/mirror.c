// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing one mirror up to date.
 *
 * Everything here runs on the CPU that owns the mirror, with IRQs off, so
 * syncs of one mirror never overlap; an NMI that lands in one leaves a mark
 * (N1, see cache.c). What may happen meanwhile is that other CPUs write the
 * primary, and that writers store into the mirror (W3, policy "eager").
 */
#include "mirror.h"
#include "bug.h"
#include "engine.h"
#include "policy.h"
#include "primary.h"

/* L3: how many tables of a primary are mirrored. */
static __always_inline unsigned int pages_of(const struct pgdm_primary *p)
{
	return pgdm_bug(kernel_page_only) ? 1 : p->pages;
}

static __always_inline void copy_entry(struct pgdm_mirror *m,
				       const struct pgdm_primary *p,
				       unsigned int index,
				       struct pgdm_copied *done)
{
	unsigned int page;

	for (page = 0; page < pages_of(p); page++) {
		u64 value = READ_ONCE(p->page[page][index]);

		if (pgdm_bug(clear_accessed))
			value &= ~PGDM_ENTRY_ACCESSED;
		pgdm_entry_set(&m->page[page][index], value);
	}
	done->words += p->pages;
}

/*
 * Do writers store into the user half, too? Read anew at each copy, and not at
 * the sync point's beginning, see pgdm_policy_change().
 */
static bool writers_store(void)
{
	return pgdm_policy_now()->stores && !pgdm_bug(plain_attach);
}

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
 * again; each failure is another's store, and nobody is waited for. And a
 * difference in that bit alone is left as it is.
 */
static void exchange(u64 *to, const u64 *from)
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
static bool four_are_same(const u64 *to, const u64 *from)
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

static void copy_all(struct pgdm_mirror *m, const struct pgdm_primary *p,
		     bool contended)
{
	unsigned int page;

	for (page = 0; page < pages_of(p); page++) {
		u64 *to = m->page[page];
		const u64 *from = p->page[page];

		if (contended)
			copy_by_exchange(to, from, 0, PGDM_USER_ENTRIES);
		else
			copy_plainly(to, from, 0, PGDM_USER_ENTRIES);
		copy_by_exchange(to, from, PGDM_USER_ENTRIES, PGDM_ENTRIES);
	}
}

/*
 * Policy "flag". Before the entries are read: what a writer stores after this
 * it also flags after this. A flag that is down needs no exchange, because one
 * that is raised later stays.
 */
static void lower(struct pgdm_mirror *m)
{
	if (READ_ONCE(m->flag))
		cmpxchg(&m->flag, 1, 0); /* full barrier, see policy_flag.c */
}

/* Has a writer come past that may have found the mirror, or have missed it? */
static bool is_overlapped(const struct pgdm_primary *p, u64 kernel_seq,
			  u64 seq, bool contended)
{
	if (pgdm_bug(no_kernel_repeat))
		return false;
	return atomic64_read(&p->kernel_seq) != kernel_seq ||
	       (contended && atomic64_read(&p->seq) != seq);
}

/**
 * pgdm_mirror_sync_full() - copy every entry
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @done: what happened is added here
 *
 * S1: the sequence is read before the entries, and recorded as read. A
 * kernel-half writer that found this mirror announced has stored into it; one
 * that did not may have written the primary before or during the copy, and
 * then it changed kernel_seq: the copy repeats (W3). Pairs with the increment
 * in pgdm_engine_write_through(). Where writers store into the user half as
 * well, the same holds of the sequence.
 *
 * Context: IRQs off; NMIs may come in between.
 */
void pgdm_mirror_sync_full(struct pgdm_mirror *m, struct pgdm_primary *p,
			   struct pgdm_copied *done)
{
	u64 seq, kernel_seq;
	unsigned long missed;
	bool contended;

	/*
	 * N1: recorded before the copy, so that the poison of an NMI that
	 * comes later is still there when the caller looks.
	 *
	 * H1: not how many hooks were missed, but how many of those writes are
	 * surely stored. A miss is counted before the kernel's store, which may
	 * come after this copy; as with W1, that would be lost.
	 */
	/* Pairs with the release of whoever waited, or changed the policy. */
	missed = smp_load_acquire(pgdm_engine.missed_stored);
	WRITE_ONCE(m->missed_seen, missed);
	contended = writers_store();
	if (!pgdm_bug(late_lower))
		lower(m);
	do {
		kernel_seq = atomic64_read_acquire(&p->kernel_seq);
		seq = pgdm_primary_seq(p);
		copy_all(m, p, contended);
		if (pgdm_bug(late_sequence))
			pgdm_bug_pause();
		smp_mb(); /* the stores above before the loads below */
	} while (is_overlapped(p, kernel_seq, seq, contended));
	if (pgdm_bug(late_lower)) {
		pgdm_bug_pause();
		lower(m);
	}
	if (pgdm_bug(late_sequence))
		seq = pgdm_primary_seq(p);
	m->seen = seq;

	done->kind = PGDM_FULL;
	done->words += PGDM_ENTRIES * p->pages;
}

static __always_inline void copy_changes(struct pgdm_mirror *m,
					 struct pgdm_primary *p, u64 seq,
					 struct pgdm_copied *done)
{
	u64 s;

	for (s = m->seen + 1; s <= seq; s++) {
		u64 record = READ_ONCE(p->ring[s & PGDM_RING_MASK]);

		if (record >> PGDM_RECORD_SHIFT != s &&
		    !pgdm_bug(ignore_overrun)) {
			/* Not written yet, or overwritten meanwhile. */
			pgdm_mirror_sync_full(m, p, done);
			return;
		}
		copy_entry(m, p, record & PGDM_RECORD_INDEX, done);
	}
	if (pgdm_bug(late_sequence)) {
		pgdm_bug_pause();
		seq = pgdm_primary_seq(p);
	}
	m->seen = seq;
	if (done->kind == PGDM_CLEAN && done->words)
		done->kind = PGDM_DIRTY;
}

#define FEW_CHANGES	8
#define LINE_WORDS	8

/*
 * All lines are asked for at once. In the cache that costs a few cycles; from
 * memory, entry by entry would take longer than a full copy, for which the CPU
 * reads ahead by itself (Documentation/measurements.md).
 */
static noinline void copy_many_changes(struct pgdm_mirror *m,
				       struct pgdm_primary *p, u64 seq,
				       struct pgdm_copied *done)
{
	unsigned int page, i;
	u64 s;

	for (s = m->seen + 1; s <= seq; s += LINE_WORDS)
		pgdm_prefetch(&p->ring[s & PGDM_RING_MASK]);
	for (page = 0; page < pages_of(p); page++)
		for (i = 0; i < PGDM_USER_ENTRIES; i += LINE_WORDS) {
			pgdm_prefetch(&p->page[page][i]);
			pgdm_prefetch(&m->page[page][i]);
		}
	copy_changes(m, p, seq, done);
}

static noinline void sync_changes(struct pgdm_mirror *m,
				  struct pgdm_primary *p, u64 seq,
				  struct pgdm_copied *done)
{
	if (seq - m->seen > PGDM_RING && !pgdm_bug(ignore_overrun))
		pgdm_mirror_sync_full(m, p, done);
	else if (seq - m->seen > FEW_CHANGES)
		copy_many_changes(m, p, seq, done);
	else
		copy_changes(m, p, seq, done);
}

/**
 * pgdm_mirror_sync_dirty() - copy the entries that changed
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @done: what happened is added here
 *
 * Clean costs a load of a shared word and a compare, after those that the
 * caller spent on missed hooks (H1, cache.c). Otherwise the records between
 * the two sequences name the entries; if one cannot be read, everything is
 * copied. Kernel-half entries are never in the ring: they are written through
 * (W3).
 *
 * Context: IRQs off; NMIs may come in between.
 */
void pgdm_mirror_sync_dirty(struct pgdm_mirror *m, struct pgdm_primary *p,
			    struct pgdm_copied *done)
{
	u64 seq = pgdm_primary_seq(p);

	if (unlikely(seq != m->seen))
		sync_changes(m, p, seq, done);
}

/**
 * pgdm_mirror_sync_entry() - bring one faulting entry up to date
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @index: user-half entry, 0..255
 * @done: what happened is added here
 *
 * What is published comes first, so that an older record does not have to be
 * copied again later. An entry that still differs was stored, and is not
 * published yet, or its hook was missed: it is copied as it is now, and once
 * more when its record arrives.
 *
 * Where writers store into mirrors, an exchange of one word could put an older
 * one in the place of the newer: all are copied, and again if need be.
 *
 * Context: IRQs off.
 */
void pgdm_mirror_sync_entry(struct pgdm_mirror *m, struct pgdm_primary *p,
			    unsigned int index, struct pgdm_copied *done)
{
	if (writers_store()) {
		pgdm_mirror_sync_full(m, p, done);
		return;
	}
	pgdm_mirror_sync_dirty(m, p, done);
	if (!pgdm_mirror_lacks(m, p, index))
		return;
	copy_entry(m, p, index, done);
	if (done->kind == PGDM_CLEAN)
		done->kind = PGDM_DIRTY;
}

/**
 * pgdm_mirror_reaches() - does a mirror's user half lead to a lower table?
 * @m: the mirror; its owner may be writing it
 * @phys: physical address of the table
 *
 * The kernel half is left out: free_ldt_pgtables() frees the tables of a
 * dying mm's LDT without clearing the entry that leads there, and nothing
 * else is ever freed from below it.
 *
 * Context: any CPU.
 */
bool pgdm_mirror_reaches(const struct pgdm_mirror *m, u64 phys)
{
	unsigned int page, i;

	for (page = 0; page < PGDM_PAGES && m->page[page]; page++)
		for (i = 0; i < PGDM_USER_ENTRIES; i++)
			if (pgdm_entry_maps(READ_ONCE(m->page[page][i]), phys))
				return true;
	return false;
}
