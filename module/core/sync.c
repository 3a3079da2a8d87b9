// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing one mirror up to date.
 *
 * Everything here runs on the CPU that owns the mirror, with IRQs off, so
 * syncs of one mirror never overlap; an NMI that lands in one leaves a mark
 * (N1, see cache_point.c). What may happen meanwhile is that other CPUs write the
 * primary, and that writers store into the mirror (W3, policy "eager").
 */
#include "sync.h"
#include "bug.h"
#include "copy.h"
#include "epoch.h"
#include "policy.h"
#include "primary.h"

/*
 * Do writers store into the user half, too? Read anew at each copy, and not at
 * the sync point's beginning, see pgdm_policy_change().
 */
static bool writers_store(void)
{
	return pgdm_policy_now()->stores && !pgdm_bug(plain_attach);
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

/* Has a writer published since? It may have found this mirror, or overlooked it. */
static bool is_overlapped(const struct pgdm_primary *p, u64 kernel_seq,
			  u64 seq, bool contended)
{
	if (pgdm_bug(no_kernel_repeat))
		return false;
	return atomic64_read(&p->kernel_seq) != kernel_seq ||
	       (contended && atomic64_read(&p->seq) != seq);
}

/**
 * pgdm_sync_full() - copy every entry
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @done: what happened is added here
 *
 * S1: the sequence is read before the entries, and recorded as read. A
 * kernel-half writer that found this mirror announced has stored into it; a
 * writer that did not find it may have written the primary before or during the
 * copy, and then it changed kernel_seq: the copy repeats (W3). Pairs with the
 * increment in pgdm_mirrors_write_through(). Where writers store into the user
 * half as well, the same holds of the sequence.
 *
 * Context: IRQs off; NMIs may come in between.
 */
void pgdm_sync_full(struct pgdm_mirror *m, struct pgdm_primary *p,
		    struct pgdm_copied *done)
{
	u64 seq, kernel_seq;
	bool contended;

	/*
	 * N1: recorded before the copy, so that the poison of an NMI that
	 * comes later is still there when the caller looks.
	 *
	 * H1: not the latest epoch, but the latest of which all writes are
	 * surely stored. A miss is counted before the kernel's store, which may
	 * come after this copy; as with W1, that write would be lost.
	 */
	WRITE_ONCE(m->epoch, pgdm_epoch_complete());
	contended = writers_store();
	if (!pgdm_bug(late_lower))
		lower(m);
	do {
		kernel_seq = atomic64_read_acquire(&p->kernel_seq);
		seq = pgdm_primary_seq(p);
		pgdm_copy_all(m, p, contended);
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
			pgdm_sync_full(m, p, done);
			return;
		}
		pgdm_copy_entry(m, p, record & PGDM_RECORD_INDEX, done);
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
 * All lines are prefetched first. If they are in the cache that costs a few cycles. If
 * they are in memory, one entry after the other would take longer than a full copy,
 * for which the CPU reads ahead by itself (Documentation/measurements.md).
 */
static noinline void copy_many_changes(struct pgdm_mirror *m,
				       struct pgdm_primary *p, u64 seq,
				       struct pgdm_copied *done)
{
	unsigned int page, i;
	u64 s;

	for (s = m->seen + 1; s <= seq; s += LINE_WORDS)
		pgdm_prefetch(&p->ring[s & PGDM_RING_MASK]);
	for (page = 0; page < pgdm_copy_pages(p); page++)
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
		pgdm_sync_full(m, p, done);
	else if (seq - m->seen > FEW_CHANGES)
		copy_many_changes(m, p, seq, done);
	else
		copy_changes(m, p, seq, done);
}

/**
 * pgdm_sync_dirty() - copy the entries that changed
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @done: what happened is added here
 *
 * Clean costs a load of a shared word and a compare, after those that the
 * caller spent on the epoch (H1, cache_point.c). Otherwise the records between
 * the two sequences name the entries; if one cannot be read, everything is
 * copied. Kernel-half entries are never in the ring: they are written through
 * (W3).
 *
 * Context: IRQs off; NMIs may come in between.
 */
void pgdm_sync_dirty(struct pgdm_mirror *m, struct pgdm_primary *p,
		     struct pgdm_copied *done)
{
	u64 seq = pgdm_primary_seq(p);

	if (unlikely(seq != m->seen))
		sync_changes(m, p, seq, done);
}

/**
 * pgdm_sync_entry() - bring one faulting entry up to date
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
void pgdm_sync_entry(struct pgdm_mirror *m, struct pgdm_primary *p,
		     unsigned int index, struct pgdm_copied *done)
{
	if (writers_store()) {
		pgdm_sync_full(m, p, done);
		return;
	}
	pgdm_sync_dirty(m, p, done);
	if (!pgdm_mirror_lacks(m, p, index))
		return;
	pgdm_copy_entry(m, p, index, done);
	if (done->kind == PGDM_CLEAN)
		done->kind = PGDM_DIRTY;
}

/* --- the verbs of policies ------------------------------------------------ */

/**
 * pgdm_sync_nothing() - verb: leave the mirror as it is
 * @m: see pgdm_verb_t
 * @p: see pgdm_verb_t
 * @index: see pgdm_verb_t
 * @done: see pgdm_verb_t
 */
void pgdm_sync_nothing(struct pgdm_mirror *m, struct pgdm_primary *p,
		       unsigned int index, struct pgdm_copied *done)
{
}

/**
 * pgdm_sync_all() - verb: copy every entry
 * @m: see pgdm_verb_t
 * @p: see pgdm_verb_t
 * @index: see pgdm_verb_t
 * @done: see pgdm_verb_t
 */
void pgdm_sync_all(struct pgdm_mirror *m, struct pgdm_primary *p,
		   unsigned int index, struct pgdm_copied *done)
{
	pgdm_sync_full(m, p, done);
}

/**
 * pgdm_sync_changes() - verb: copy what the records name
 * @m: see pgdm_verb_t
 * @p: see pgdm_verb_t
 * @index: see pgdm_verb_t
 * @done: see pgdm_verb_t
 */
void pgdm_sync_changes(struct pgdm_mirror *m, struct pgdm_primary *p,
		       unsigned int index, struct pgdm_copied *done)
{
	pgdm_sync_dirty(m, p, done);
}

/**
 * pgdm_sync_entry_if_lacking() - verb: changes and the entry, if that differs
 * @m: see pgdm_verb_t
 * @p: see pgdm_verb_t
 * @index: see pgdm_verb_t
 * @done: see pgdm_verb_t
 */
void pgdm_sync_entry_if_lacking(struct pgdm_mirror *m, struct pgdm_primary *p,
				unsigned int index, struct pgdm_copied *done)
{
	if (pgdm_mirror_lacks(m, p, index))
		pgdm_sync_entry(m, p, index, done);
}

/**
 * pgdm_sync_all_if_behind() - verb: copy every entry, if the sequence has moved
 * @m: see pgdm_verb_t
 * @p: see pgdm_verb_t
 * @index: see pgdm_verb_t
 * @done: see pgdm_verb_t
 */
void pgdm_sync_all_if_behind(struct pgdm_mirror *m, struct pgdm_primary *p,
			     unsigned int index, struct pgdm_copied *done)
{
	if (pgdm_primary_seq(p) != m->seen)
		pgdm_sync_full(m, p, done);
}

/**
 * pgdm_sync_all_if_lacking() - verb: copy every entry, if one differs
 * @m: see pgdm_verb_t
 * @p: see pgdm_verb_t
 * @index: see pgdm_verb_t
 * @done: see pgdm_verb_t
 */
void pgdm_sync_all_if_lacking(struct pgdm_mirror *m, struct pgdm_primary *p,
			      unsigned int index, struct pgdm_copied *done)
{
	if (pgdm_mirror_lacks(m, p, index))
		pgdm_sync_full(m, p, done);
}
