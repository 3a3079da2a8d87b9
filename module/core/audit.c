// SPDX-License-Identifier: GPL-2.0
/*
 * The audit: does a mirror follow its primary as closely as it must?
 *
 * It tolerates exactly what the protocol does: a user-half entry may differ
 * when its change was published and this mirror has not synced since. The
 * kernel half may not differ at all (W3), and under a policy with writers that
 * store into the mirrors neither may the user half. While a change is between its
 * store and its publication the audit gives no answer; the caller asks again.
 *
 * It compares all words, marked or not, and then the marks with the words.
 *
 * Where the kernel stores before the hook is called (W5, stored.h), an addition may lack
 * as long as it likes in the user half. While the mark of a removed entry is set, there is
 * no answer: the kernel may not have come to the hook; nor for the kernel half, where it may
 * have written init_mm's root, from which newborns copy. The caller takes that for a
 * violation if it stays.
 */
#include "audit.h"
#include "bug.h"
#include "epoch.h"
#include "mirror.h"
#include "policy.h"
#include "primary.h"

/* Does a sync from @since to @seq bring this entry, or everything? */
static bool is_published(const struct pgdm_primary *p, unsigned int index,
			 u64 since, u64 seq)
{
	u64 s;

	if (seq - since > PGDM_RING)
		return true;
	for (s = since + 1; s <= seq; s++) {
		u64 record = READ_ONCE(p->ring[s & PGDM_RING_MASK]);

		if (record >> PGDM_RECORD_SHIFT != s)
			return true;
		if ((record & PGDM_RECORD_INDEX) == index)
			return true;
	}
	return false;
}

static bool same(u64 mirror, u64 primary)
{
	if (pgdm_bug(keep_accessed))
		return mirror == primary;
	return pgdm_entry_same(mirror, primary);
}

/**
 * struct terms - by what a mirror is judged, the same for all its words
 * @since: only later changes may be lacking
 * @epoch: the latest; if it has moved, a writer may have acted by another policy
 * @strict: no change may be lacking, not even those after @since
 * @copied_next: the next sync copies the whole mirror, as the epoch has moved
 * @marked: no mark of the mirror may be lacking
 */
struct terms {
	u64 since;
	unsigned long epoch;
	bool strict;
	bool copied_next;
	bool marked;
};

/*
 * A word was found to differ. The writer of the primary's word had raised
 * inflight before (W5: judge_late()), and changes a sequence before lowering it again. So if
 * inflight is zero now, the change that was seen is covered by the sequences
 * read after that. Then both words are read again: if they still differ, and
 * neither inflight nor a sequence has moved, no writer has stored in between.
 * A writer that acted by a new policy has left a new epoch behind.
 */
static enum pgdm_finding judge(const struct pgdm_mirror *m,
			       const struct pgdm_primary *p,
			       const struct terms *terms,
			       unsigned int page, unsigned int index)
{
	u64 seq, kernel_seq;

	smp_mb(); /* pairs with the increment in pgdm_write_publish() */
	if (atomic_read_acquire(&p->inflight))
		return PGDM_AUDIT_BUSY;
	seq = pgdm_primary_seq(p);
	kernel_seq = atomic64_read_acquire(&p->kernel_seq);
	/*
	 * Zero once more: every record up to seq is written. One that cannot
	 * be read will never be, so that the next sync does not go by records.
	 */
	if (atomic_read_acquire(&p->inflight))
		return PGDM_AUDIT_BUSY;
	if (!pgdm_index_is_kernel(index) && !terms->strict &&
	    is_published(p, index, terms->since, seq))
		return PGDM_AUDIT_OK;
	smp_rmb(); /* the sequences and records before the words */
	if (same(READ_ONCE(m->page[page][index]),
		 READ_ONCE(p->page[page][index])))
		return PGDM_AUDIT_BUSY;
	smp_rmb(); /* the words before inflight, that before the sequences */
	if (atomic_read_acquire(&p->inflight) ||
	    pgdm_primary_seq(p) != seq ||
	    atomic64_read(&p->kernel_seq) != kernel_seq ||
	    pgdm_epoch_latest() != terms->epoch)
		return PGDM_AUDIT_BUSY;
	return PGDM_AUDIT_VIOLATION;
}

/*
 * M1. A word of the primary is not zero and not marked. As above: its writer had raised
 * inflight before it stored, and sets the mark before it lowers it again.
 *
 * W5. The mirror has the same word, and so had set the mark. The word that it has may have
 * been removed, which was published, and another of the same value stored since. Not where
 * the writer of the removal has taken the word out of the mirror.
 */
static enum pgdm_finding judge_mark(const struct pgdm_primary *p,
				    const struct terms *terms,
				    unsigned int page, unsigned int index)
{
	u64 seq;

	smp_mb(); /* pairs with the increment in pgdm_write_publish() */
	if (atomic_read_acquire(&p->inflight))
		return PGDM_AUDIT_BUSY;
	if (!pgdm_primary_is_marked(p))
		return PGDM_AUDIT_OK;
	seq = pgdm_primary_seq(p);
	if (p->late && (!terms->strict || terms->copied_next) &&
	    is_published(p, index, terms->since, seq))
		return PGDM_AUDIT_OK;
	if (!READ_ONCE(p->page[page][index]) ||
	    pgdm_marks_have(p->marks, index))
		return PGDM_AUDIT_BUSY;
	smp_rmb(); /* word and mark before inflight, that before the sequence */
	if (atomic_read_acquire(&p->inflight) || pgdm_primary_seq(p) != seq ||
	    pgdm_epoch_latest() != terms->epoch)
		return PGDM_AUDIT_BUSY;
	return PGDM_AUDIT_VIOLATION;
}

/*
 * W5. A word was found to differ. What a mirror has was marked: if there is another entry
 * or no mark now, its removal was published before, and judge() reads a sequence after that.
 */
static enum pgdm_finding judge_late(const struct pgdm_mirror *m,
				    const struct pgdm_primary *p,
				    const struct terms *terms,
				    unsigned int page, unsigned int index,
				    u64 mirror, u64 primary)
{
	bool told = !pgdm_index_is_kernel(index) &&
		    (primary || !pgdm_marks_have(p->marks, index));
	enum pgdm_finding f;

	if (!mirror && !pgdm_index_is_kernel(index))
		return PGDM_AUDIT_OK;
	f = judge(m, p, terms, page, index);
	return f == PGDM_AUDIT_VIOLATION && !told ? PGDM_AUDIT_BUSY : f;
}

static enum pgdm_finding judge_marks(const struct pgdm_mirror *m,
				     const struct pgdm_primary *p,
				     const struct terms *terms,
				     unsigned int page, unsigned int index,
				     u64 mirror, u64 primary)
{
	if (pgdm_index_is_kernel(index))
		return PGDM_AUDIT_OK;
	smp_rmb(); /* M2: the word was read before the mark */
	if (mirror && terms->marked && !pgdm_marks_have(m->marks, index))
		return PGDM_AUDIT_VIOLATION;
	/* W5: an addition that this mirror lacks may be one of which no hook was told. */
	if (primary && (!p->late || same(mirror, primary)) &&
	    !pgdm_marks_have(p->marks, index))
		return judge_mark(p, terms, page, index);
	return PGDM_AUDIT_OK;
}

static void note_violation(struct pgdm_audit *found, bool unmarked,
			   unsigned int page, unsigned int index, u64 mirror,
			   u64 primary)
{
	if (found->violations++)
		return;
	found->unmarked = unmarked;
	found->page = page;
	found->index = index;
	found->mirror = mirror;
	found->primary = primary;
}

/**
 * pgdm_audit_mirror() - compare a mirror with its primary
 * @m: a mirror of @p; it must not be synced meanwhile, so call this on the
 *	owning CPU with IRQs off
 * @p: its primary
 * @since: only changes published later than this sequence may be lacking:
 *	m->seen, or what the primary's sequence was when a sync point began
 * @found: the result, complete only if the answer is not PGDM_AUDIT_BUSY
 *
 * Return: PGDM_AUDIT_BUSY if a write was under way: nothing can be said, and
 * the caller should ask again after IRQs were on.
 */
enum pgdm_finding pgdm_audit_mirror(const struct pgdm_mirror *m,
				    const struct pgdm_primary *p, u64 since,
				    struct pgdm_audit *found)
{
	const struct pgdm_policy *policy = pgdm_policy_now();
	struct terms terms = { .since = since, .strict = policy->stores };
	unsigned int page, i;

	/* After the policy: see pgdm_policy_now(). */
	terms.epoch = pgdm_epoch_latest();
	terms.copied_next = terms.epoch != m->epoch;
	terms.marked = policy->sparse && !terms.copied_next;
	memset(found, 0, sizeof(*found));
	for (page = 0; page < p->pages; page++) {
		for (i = 0; i < PGDM_ENTRIES; i++) {
			u64 mirror = READ_ONCE(m->page[page][i]);
			u64 primary = READ_ONCE(p->page[page][i]);
			enum pgdm_finding f;

			found->entries++;
			f = judge_marks(m, p, &terms, page, i, mirror, primary);
			if (f == PGDM_AUDIT_BUSY)
				return f;
			if (f == PGDM_AUDIT_VIOLATION)
				note_violation(found, true, page, i, mirror,
					       primary);
			if (same(mirror, primary))
				continue;
			if (terms.copied_next && !pgdm_index_is_kernel(i))
				f = PGDM_AUDIT_OK;
			else if (p->late)
				f = judge_late(m, p, &terms, page, i, mirror,
					       primary);
			else
				f = judge(m, p, &terms, page, i);
			if (f == PGDM_AUDIT_BUSY)
				return f;
			if (f == PGDM_AUDIT_OK)
				found->stale++;
			else
				note_violation(found, false, page, i, mirror,
					       primary);
		}
	}
	return found->violations ? PGDM_AUDIT_VIOLATION : PGDM_AUDIT_OK;
}
