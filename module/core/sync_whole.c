// SPDX-License-Identifier: GPL-2.0
/*
 * Bringing a whole mirror up to date: every entry, or every one that is marked.
 *
 * On the CPU that owns the mirror, with IRQs off, as everything in sync.c.
 */
#include "sync_whole.h"
#include "bug.h"
#include "common.h"
#include "copy.h"
#include "epoch.h"
#include "policy.h"
#include "primary.h"

/**
 * pgdm_sync_writers_store() - do writers store into the user half, too?
 *
 * To be read anew at each copy, and not at the sync point's beginning, see
 * pgdm_policy_change().
 */
bool pgdm_sync_writers_store(void)
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

static noinline void rebuild_marks(struct pgdm_mirror *m,
				   struct pgdm_primary *p)
{
	pgdm_mirror_mark(m, pgdm_policy_now()->stores);
	if (!pgdm_primary_is_marked(p))
		pgdm_primary_look_through(p);
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
 * Under a policy that copies sparsely this leaves the marks right: it is read after
 * the epoch, so that a copy that counts for the epoch of a new policy acts by it.
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
	/* M3: before the comparison, too. */
	m->kernel_seen = pgdm_common_agreed();
	contended = pgdm_sync_writers_store();
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
	if (pgdm_policy_now()->sparse)
		rebuild_marks(m, p);

	done->kind = PGDM_FULL;
	done->sparse = false;
	done->words += PGDM_ENTRIES * p->pages;
}

/* --- what is marked ------------------------------------------------------- */

/*
 * Do the marks of both name every entry that is not zero? Those of the mirror are
 * kept under a policy that is sparse, and a full copy made them right when it began;
 * those of the primary are right unless a hook was missed.
 *
 * The policy is read before the epoch: a copy that acts by a new one finds the new
 * epoch, and everything is copied.
 */
static bool are_marked(const struct pgdm_mirror *m,
		       const struct pgdm_primary *p)
{
	return pgdm_policy_now()->sparse &&
	       READ_ONCE(m->epoch) == pgdm_epoch_latest() &&
	       pgdm_primary_is_marked(p);
}

/* M3: @m was announced, a full barrier came after that. */
static bool kernel_half_is_right(const struct pgdm_mirror *m)
{
	if (pgdm_bug(ignore_kernel_write))
		return m->kernel_seen;
	return m->kernel_seen == pgdm_common_writes();
}

/* Returns the number of words that were compared. */
static unsigned int copy_kernel_half(struct pgdm_mirror *m,
				     const struct pgdm_primary *p)
{
	if (kernel_half_is_right(m))
		return pgdm_bug(skip_own_entries) ? 0 : pgdm_copy_own(m, p);
	/* Before the comparison: what is written meanwhile counts as unseen. */
	m->kernel_seen = pgdm_common_agreed();
	return pgdm_copy_kernel_half(m, p);
}

/*
 * S1 as in a full copy, and the same repetition. It is needed where this CPU stores
 * words that writers store as well.
 */
static void copy_marked(struct pgdm_mirror *m, struct pgdm_primary *p,
			bool first, struct pgdm_copied *done)
{
	bool contended = pgdm_sync_writers_store();
	unsigned int kernel, words;
	u64 seq, kernel_seq;

	do {
		kernel_seq = atomic64_read_acquire(&p->kernel_seq);
		seq = pgdm_primary_seq(p);
		words = pgdm_copy_marked(m, p, contended);
		kernel = first ? copy_kernel_half(m, p) : 0;
		if (!contended && !kernel)
			break;
		smp_mb(); /* the stores above before the loads below */
	} while (is_overlapped(p, kernel_seq, seq, contended));
	m->seen = seq;

	if (done->kind == PGDM_CLEAN)
		done->kind = PGDM_DIRTY;
	done->sparse = true;
	done->words += words + kernel;
}

/**
 * pgdm_sync_first() - the first copy of a mirror that was just claimed
 * @m: a mirror of @p, announced, with a full barrier after that
 * @p: its primary
 * @done: what happened is added here
 *
 * The marked entries, the former primary's among them, and what is not right already
 * of the kernel half (M3); or everything.
 *
 * Context: on the owning CPU, IRQs off; NMIs may come in between.
 */
void pgdm_sync_first(struct pgdm_mirror *m, struct pgdm_primary *p,
		     struct pgdm_copied *done)
{
	if (are_marked(m, p))
		copy_marked(m, p, true, done);
	else
		pgdm_sync_full(m, p, done);
}

/**
 * pgdm_sync_again() - the records do not say what has changed
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @done: what happened is added here
 *
 * The kernel half is right: it is written through (W3).
 *
 * Context: on the owning CPU, IRQs off; NMIs may come in between.
 */
void pgdm_sync_again(struct pgdm_mirror *m, struct pgdm_primary *p,
		     struct pgdm_copied *done)
{
	if (are_marked(m, p))
		copy_marked(m, p, false, done);
	else
		pgdm_sync_full(m, p, done);
}
