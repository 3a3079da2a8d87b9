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
#include "policy.h"
#include "primary.h"

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
			pgdm_sync_again(m, p, done);
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

static noinline void sync_changes(struct pgdm_mirror *m,
				  struct pgdm_primary *p, u64 seq,
				  struct pgdm_copied *done)
{
	if (seq - m->seen > PGDM_RING && !pgdm_bug(ignore_overrun))
		pgdm_sync_again(m, p, done);
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
 * the two sequences name the entries; if one cannot be read, the marks do.
 * Kernel-half entries are never in the ring: they are written through
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
 * published yet, or its hook was missed: it is copied as it is now. If its record
 * arrives it is copied once more; if none does, a full copy follows (H1), or its
 * removal publishes it (W5).
 *
 * Where writers store into mirrors, an exchange of one word could put an older
 * one in the place of the newer: all are copied, and again if need be. A full copy
 * may be the first one that counts under such a policy, and it began after the fault: it
 * has what was stored then.
 *
 * Context: IRQs off.
 */
void pgdm_sync_entry(struct pgdm_mirror *m, struct pgdm_primary *p,
		     unsigned int index, struct pgdm_copied *done)
{
	if (pgdm_sync_writers_store()) {
		pgdm_sync_full(m, p, done);
		return;
	}
	pgdm_sync_dirty(m, p, done);
	if (done->kind == PGDM_FULL || !pgdm_mirror_lacks(m, p, index))
		return;
	pgdm_copy_entry(m, p, index, done);
	if (done->kind == PGDM_CLEAN && done->words)
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
