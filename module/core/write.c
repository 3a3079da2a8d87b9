// SPDX-License-Identifier: GPL-2.0
/*
 * The writer: storing a root write and publishing it.
 *
 * DOC: writer and owner: storing, publishing, reading
 *
 * The hook runs before the kernel's own store. It stores the final values
 * itself, then publishes; the kernel's store repeats what is there already
 * (W1). Two writers of one entry never overlap: the kernel serialises them
 * (page_table_lock for additions, mmap_lock and the absence of a VMA for
 * removals; in the kernel half pgd_lock, and for the entry of an LDT
 * page_table_lock and ldt_usr_sem), from before the hook until after its own
 * store. Writers of different entries of one primary do overlap.
 *
 * User half. The writer's
 *
 *	set its mark, if there will be an entry (M1, marks.h)
 *	store entry (both pages of a pair)		A
 *	clear its mark, if there is none now
 *	seq = atomic64_inc_return(&p->seq)		B, full barrier
 *	store ring[seq]					C
 *
 * (pgdm_primary_mark(), _store(), _unmark() and _publish(), in primary.h) against the owner of
 * a mirror, pgdm_sync_changes():
 *
 *	s = load-acquire p->seq				D
 *	load ring[seen + 1 .. s]			E
 *	load the entries that they name			F
 *
 * If D reads B's value, F reads A's value or a later one. If E comes before C
 * it finds another sequence in the record, and the owner copies everything, or, where
 * marks count, all that is marked; also after D, and so it reads A's value. If D came before B, the
 * change is synced at the next sync point, and that is soon enough:
 * - an addition: the CPU faults, and the fault is a sync point (S4);
 * - a removal: the kernel flushes after the write and before it frees (S5). If the
 *   CPU is in mm_cpumask the flush reaches it. Then the CPU syncs (S3), unless its
 *   noted generation of flushes includes this one already: then it has synced
 *   before it noted that generation. If the CPU is not in mm_cpumask it syncs when
 *   it loads the mirror (S2).
 *
 * Kernel half (W3): the writer stores into every mirror itself; see
 * pgdm_mirrors_write_through().
 *
 * All this is the same under every policy. What a policy adds to it for the writer
 * (its publish()) comes after that, so that any other policy can replace it.
 */
#include "write.h"
#include "bug.h"
#include "epoch.h"
#include "mirror.h"
#include "mirrors.h"
#include "policy.h"
#include "primary.h"
#include "stats.h"
#include "stored.h"

/**
 * pgdm_write_init() - the final values of a root write
 * @w: filled in
 * @index: which entry, 0..511
 * @value: what the kernel is about to write
 * @pair: is the table one of a PTI pair?
 * @user_page: is it the user table that is written?
 * @nx: does the CPU support NX?
 *
 * Under PTI a user-half entry goes to both tables, raw to the user's, and
 * with NX to the kernel's when it is present and accessible to the user, so
 * that a return to user mode on the kernel's table faults. Kernel-half
 * entries, and writes through the user table, concern that table alone.
 * Source: __pti_set_user_pgtbl() in arch/x86/mm/pti.c.
 */
void pgdm_write_init(struct pgdm_write *w, unsigned int index, u64 value,
		     bool pair, bool user_page, bool nx)
{
	const u64 user = PGDM_ENTRY_PRESENT | PGDM_ENTRY_USER;

	w->own = NULL;
	w->index = index;
	w->value[PGDM_KERNEL_PAGE] = value;
	w->value[PGDM_USER_PAGE] = value;
	w->pages = BIT(user_page ? PGDM_USER_PAGE : PGDM_KERNEL_PAGE);
	if (!pair || user_page || pgdm_index_is_kernel(index))
		return;
	w->pages = BIT(PGDM_KERNEL_PAGE) | BIT(PGDM_USER_PAGE);
	if (nx && (value & user) == user)
		w->value[PGDM_KERNEL_PAGE] |= PGDM_ENTRY_NX;
}

static u64 store_and_publish(struct pgdm_primary *p, const struct pgdm_write *w)
{
	pgdm_primary_mark(p, w);
	pgdm_primary_store(p, w);
	pgdm_primary_unmark(p, w->index);
	return pgdm_primary_publish(p, w->index);
}

/* Each of W1's and M1's bugs, as it would be written by mistake. */
static u64 publish_wrongly(struct pgdm_primary *p, const struct pgdm_write *w)
{
	u64 seq = 0;

	if (pgdm_bug(lost_publish)) {
		pgdm_primary_store(p, w);
	} else if (pgdm_bug(mark_late)) {
		pgdm_primary_store(p, w);
		seq = pgdm_primary_publish(p, w->index);
		pgdm_bug_pause();
		pgdm_primary_mark(p, w);
		pgdm_primary_unmark(p, w->index);
	} else if (pgdm_bug(unmark_early)) {
		pgdm_marks_clear(p->marks, w->index);
		pgdm_bug_pause();
		seq = store_and_publish(p, w);
	} else if (pgdm_bug(user_half_late)) {
		pgdm_primary_store_page(p, w, PGDM_KERNEL_PAGE);
		seq = pgdm_primary_publish(p, w->index);
		pgdm_bug_pause();
	} else {
		seq = pgdm_primary_publish(p, w->index);
		pgdm_bug_pause();
	}
	return seq;
}

static bool is_wrong(void)
{
	return pgdm_bug(publish_first) || pgdm_bug(lost_publish) ||
	       pgdm_bug(user_half_late) || pgdm_bug(mark_late) ||
	       pgdm_bug(unmark_early);
}

/*
 * O1. The write is stored into the mirror that this CPU has loaded, too. So the CPU that
 * adds an entry does not fault on it, and finds its mirror clean. This is one mirror,
 * however many CPUs there are (W2).
 *
 * The writer runs on the CPU that owns the mirror, with IRQs off, and outside of any
 * sync of this CPU. What it stores is the latest value of this entry: writers of one
 * entry do not overlap (of a left mark: stored.h, O1). If the mirror held all changes
 * before this one, it holds this one as well now. An NMI may fault in between and sync
 * the mirror; if it went further than @seq, this sets the sequence back, and the next
 * sync copies once too often.
 *
 * That sync may even be the full copy that a change of the policy asks for. Then other
 * CPUs may store into the mirror from that copy on, and set marks (M2), while this still
 * changes marks as if none did. @epoch, the mirror's before the policy was read, tells:
 * everything is copied once more.
 */
static __always_inline void store_own(const struct pgdm_primary *p,
				      const struct pgdm_write *w, u64 seq,
				      unsigned long epoch,
				      struct pgdm_stats *stats)
{
	struct pgdm_mirror *m = w->own;

	if (!m || READ_ONCE(m->primary) != p || pgdm_bug(no_own_store))
		return;
	/* M2: marked before it is stored. An NMI's sync may change marks, too. */
	if (pgdm_write_adds(w))
		pgdm_marks_put(m->marks, w->index, true);
	pgdm_stat_add(stats, PGDM_STAT_own_stores, pgdm_mirror_store(m, p, w));
	if (!pgdm_mirror_has(m, w->index)) {
		pgdm_marks_put(m->marks, w->index, false);
		/* W5: an NMI may have copied what was added in its place. */
		if (pgdm_mirror_has(m, w->index))
			pgdm_marks_put(m->marks, w->index, true);
	}
	if (m->seen == seq - 1 || pgdm_bug(own_too_far))
		m->seen = seq;
	barrier(); /* the epoch after the marks */
	if (unlikely(READ_ONCE(m->epoch) != epoch))
		WRITE_ONCE(m->epoch, PGDM_EPOCH_POISON);
}

/*
 * What the policy adds to publishing. Before inflight is lowered, so that the audit
 * reports a write under way while this has not reached every mirror.
 */
static void publish_by_policy(struct pgdm_primary *p,
			      const struct pgdm_write *w, u64 seq,
			      struct pgdm_stats *stats)
{
	unsigned long epoch = w->own ? READ_ONCE(w->own->epoch) : 0;
	const struct pgdm_policy *policy = pgdm_policy_now();

	if (policy->stores_own)
		store_own(p, w, seq, epoch, stats);
	if (policy->publish)
		policy->publish(p, w, stats);
}

/* W5's bugs. */
static u64 publish_stored_wrongly(struct pgdm_primary *p,
				  const struct pgdm_write *w,
				  struct pgdm_stats *stats)
{
	u64 seq = 0;

	if (!pgdm_bug(mark_late))
		pgdm_primary_mark(p, w);
	if (pgdm_bug(unmark_first)) {
		pgdm_stored_unmark(p, w->index);
		pgdm_bug_pause();
	}
	if (!pgdm_bug(lost_publish)) {
		seq = pgdm_primary_publish(p, w->index);
		publish_by_policy(p, w, seq, stats);
	}
	if (pgdm_bug(mark_late)) {
		pgdm_bug_pause();
		pgdm_primary_mark(p, w);
	}
	pgdm_stored_unmark(p, w->index);
	return seq;
}

/**
 * pgdm_write_stored() - make a root write known that the kernel has stored (W5)
 * @p: the primary, of a single page
 * @w: the value, as the caller read it from @p with IRQs off
 * @stats: the local CPU's counters
 *
 * For hooks that are called when the kernel has stored: stored.h says what is different.
 *
 * Context: any but NMI, IRQs off, the caller made a full barrier before it read the
 * value; takes no lock, sends nothing.
 * Return: the sequence of a user-half change, 0 for a kernel-half change.
 */
u64 pgdm_write_stored(struct pgdm_primary *p, const struct pgdm_write *w,
		      struct pgdm_stats *stats)
{
	u64 seq = 0, start = pgdm_cycles();

	/* Full barrier, pairs with the one in pgdm_audit_mirror(). */
	atomic_inc_return(&p->inflight);
	if (pgdm_index_is_kernel(w->index)) {
		pgdm_mirrors_write_through(p, w, stats);
	} else if (pgdm_bug(lost_publish) || pgdm_bug(mark_late) ||
		   pgdm_bug(unmark_first)) {
		seq = publish_stored_wrongly(p, w, stats);
	} else {
		pgdm_primary_mark(p, w);
		seq = pgdm_primary_publish(p, w->index);
		publish_by_policy(p, w, seq, stats);
		/* Last: until then the audit knows that a removal is under way. */
		pgdm_stored_unmark(p, w->index);
	}
	atomic_dec_return(&p->inflight);

	pgdm_stat_inc(stats, PGDM_STAT_publishes);
	pgdm_stat_add(stats, PGDM_STAT_cycles_publish, pgdm_cycles() - start);
	return seq;
}

/**
 * pgdm_write_publish() - store a root write and make it known
 * @p: the primary
 * @w: the final values; the kernel stores them again after the hook
 * @stats: the local CPU's counters
 *
 * Stores the values, then publishes them (user half) or stores them into
 * every mirror of @p (kernel half). Then it does what the policy adds: "dirty" looks at
 * one mirror, so that the cost does not depend on the number of CPUs (W2).
 *
 * Context: any but NMI, IRQs off; takes no lock, sends nothing.
 * Return: the sequence of a user-half change, 0 for a kernel-half change.
 */
u64 pgdm_write_publish(struct pgdm_primary *p, const struct pgdm_write *w,
		       struct pgdm_stats *stats)
{
	u64 seq = 0, start = pgdm_cycles();

	/* Full barrier, pairs with the one in pgdm_audit_mirror(). */
	atomic_inc_return(&p->inflight);
	if (pgdm_index_is_kernel(w->index)) {
		pgdm_primary_store(p, w);
		pgdm_mirrors_write_through(p, w, stats);
	} else if (is_wrong()) {
		seq = publish_wrongly(p, w);
	} else if (pgdm_bug(scan_first)) {
		publish_by_policy(p, w, 0, stats);
		pgdm_bug_pause();
		seq = store_and_publish(p, w);
	} else {
		seq = store_and_publish(p, w);
		if (pgdm_bug(publish_scans))
			pgdm_mirrors_count(p);
		publish_by_policy(p, w, seq, stats);
	}
	atomic_dec_return(&p->inflight);

	pgdm_stat_inc(stats, PGDM_STAT_publishes);
	pgdm_stat_add(stats, PGDM_STAT_cycles_publish, pgdm_cycles() - start);
	return seq;
}
