/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fast paths of the sync points: nothing has changed, or one or two entries.
 *
 * They do what cache_point.c would do with such a mirror, and they measure no time.
 * If they return NULL or false they have counted nothing, and the caller calls
 * cache_point.c.
 *
 * The primary is not looked up: a mirror that has one proves that the primary
 * lives, because mirrors are taken away first (pgdm_mirrors_forget()), and the
 * primary's memory is freed a grace period later, which a CPU with IRQs off holds
 * up. A root table that was freed and is used again as the root of another mm
 * does not match for the same reason.
 *
 * N1: where nothing is copied, an NMI cannot disturb a copy. Its fault finds a
 * loaded mirror that follows its primary, or none. Where entries are copied, it finds
 * a sync point under way, as in cache_point.c.
 */
#ifndef _PGDM_FAST_H
#define _PGDM_FAST_H

#include "cache.h"
#include "copy.h"
#include "epoch.h"
#include "policy.h"
#include "primary.h"
#include "sync.h"

/* So many entries are copied here: further ones cost more than the way round. */
#define PGDM_FAST_CHANGES	2

/*
 * Two loads of shared words, two compares (H1: the second). Where writers store
 * into mirrors, the first does not matter.
 */
static __always_inline bool
pgdm_fast_is_clean(const struct pgdm_policy *policy,
		   const struct pgdm_mirror *m, const struct pgdm_primary *p)
{
	return likely((pgdm_primary_seq(p) == m->seen || policy->stores) &&
		      pgdm_epoch_latest() == m->epoch);
}

/*
 * What pgdm_sync_dirty() does with one or two records that can be read. The seeded
 * bugs are in the long way.
 */
static inline bool pgdm_fast_changes(struct pgdm_cache *c, enum pgdm_point at,
				     struct pgdm_mirror *m,
				     struct pgdm_primary *p)
{
	const struct pgdm_policy *policy = pgdm_policy_now();
	u64 seq = pgdm_primary_seq(p), s = m->seen + 1;
	struct pgdm_copied done = {};

	if (seq - m->seen > PGDM_FAST_CHANGES || pgdm_epoch_latest() != m->epoch ||
	    policy->at[at] != pgdm_sync_changes || pgdm_bug_is_any())
		return false;
	WRITE_ONCE(c->busy, true);
	barrier(); /* N1: an NMI's own sync would leave the mirror unnamed */
	WRITE_ONCE(c->syncing, m);
	barrier(); /* N1: named before an entry is read, unnamed after */
	/* An NMI may have copied everything for a new policy meanwhile: see enter(). */
	for (; s <= seq && pgdm_policy_now() == policy; s++) {
		u64 record = READ_ONCE(p->ring[s & PGDM_RING_MASK]);

		if (unlikely(record >> PGDM_RECORD_SHIFT != s))
			break;
		pgdm_copy_entry(m, p, record & PGDM_RECORD_INDEX, &done);
	}
	if (likely(s > seq))
		m->seen = seq;
	barrier();
	WRITE_ONCE(c->syncing, NULL);
	barrier(); /* N1: while the mirror is named, an NMI poisons it */
	WRITE_ONCE(c->busy, false);
	if (m->seen != seq || READ_ONCE(m->epoch) == PGDM_EPOCH_POISON)
		return false;
	if (!done.words) {
		pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_clean);
		return true;
	}
	pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_dirty);
	pgdm_stat_add(&c->stats, PGDM_STAT_entries_copied, done.words);
	pgdm_stat_add(&c->stats, PGDM_STAT_bytes_copied,
		      done.words * PGDM_ENTRY_BYTES);
	return true;
}

/* Roots are pages, and those of parent and child are often neighbours. */
static __always_inline struct pgdm_mirror **
pgdm_fast_hint(struct pgdm_cache *c, unsigned long root)
{
	return &c->hint[(root >> 12) % PGDM_HINTS];
}

/**
 * pgdm_fast_find() - the mirror that this CPU has of a root, by the hint
 * @c: this CPU's cache
 * @root: the table that CR3 holds
 * @m: set to the mirror
 * @p: set to its primary
 *
 * Context: IRQs off.
 * Return: is it where the hint says?
 */
static __always_inline bool pgdm_fast_find(struct pgdm_cache *c,
					   unsigned long root,
					   struct pgdm_mirror **m,
					   struct pgdm_primary **p)
{
	*m = *pgdm_fast_hint(c, root);
	*p = READ_ONCE((*m)->primary);
	return likely(*p &&
		      (unsigned long)(*p)->page[PGDM_KERNEL_PAGE] == root);
}

/**
 * pgdm_fast_search() - the same among all mirrors; the hint says so from now on
 * @c: this CPU's cache
 * @root: the table that CR3 holds
 * @m: set to the mirror
 * @p: set to its primary
 *
 * Context: IRQs off.
 * Return: is there one?
 */
static inline bool pgdm_fast_search(struct pgdm_cache *c, unsigned long root,
				    struct pgdm_mirror **m,
				    struct pgdm_primary **p)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		if (READ_ONCE(c->root[i]) != root)
			continue;
		/* A mirror without a primary may have had that root before. */
		*m = &c->mirror[i];
		*p = READ_ONCE((*m)->primary);
		if (!*p)
			continue;
		*pgdm_fast_hint(c, root) = *m;
		return true;
	}
	return false;
}

/**
 * pgdm_fast_switch() - an mm is switched in and its mirror is clean
 * @c: this CPU's cache
 * @m: its mirror of the table that CR3 holds, from pgdm_fast_find()
 * @p: the primary of @m, from there, too
 *
 * S2 holds as in pgdm_cache_switch(): the sequence is read after the CR3
 * write. c->loaded is NULL before that read: the mirror that is left is not noted
 * as loaded any more.
 *
 * Context: IRQs off.
 * Return: false: it is not clean, or dead, or the policy copies at each switch.
 */
static __always_inline bool pgdm_fast_switch(struct pgdm_cache *c,
					     struct pgdm_mirror *m,
					     const struct pgdm_primary *p)
{
	const struct pgdm_policy *policy = pgdm_policy_now();
	struct pgdm_mirror *leaving = READ_ONCE(c->loaded);

	if (unlikely(!policy->skips_clean || READ_ONCE(p->dead)))
		return false;
	WRITE_ONCE(c->loaded, NULL);
	if (!pgdm_fast_is_clean(policy, m, p)) {
		/* L1: the long way must not take the mirror that is being left. */
		WRITE_ONCE(c->loaded, leaving);
		return false;
	}
	/* Pairs with the acquire in pgdm_mirrors_reach(). */
	smp_store_release(&c->loaded, m);
	pgdm_stat_inc(&c->stats, PGDM_STAT_switches);
	pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_clean);
	return true;
}

/**
 * pgdm_fast_switch_changes() - the same, and one or two entries have changed
 * @c: this CPU's cache
 * @m: its mirror of the table that CR3 holds, from pgdm_fast_find()
 * @p: the primary of @m, from there, too
 *
 * Context: IRQs off.
 * Return: false to go the long way.
 */
static inline bool pgdm_fast_switch_changes(struct pgdm_cache *c,
					    struct pgdm_mirror *m,
					    struct pgdm_primary *p)
{
	struct pgdm_mirror *leaving = READ_ONCE(c->loaded);

	if (READ_ONCE(p->dead))
		return false;
	WRITE_ONCE(c->loaded, NULL);
	if (!pgdm_fast_changes(c, PGDM_AT_SWITCH, m, p)) {
		WRITE_ONCE(c->loaded, leaving); /* L1, as above */
		return false;
	}
	/* Pairs with the acquire in pgdm_mirrors_reach(). */
	smp_store_release(&c->loaded, m);
	pgdm_stat_inc(&c->stats, PGDM_STAT_switches);
	return true;
}

/**
 * pgdm_fast_flush() - a flush was received and the loaded mirror is clean, or nearly
 * @c: this CPU's cache, with a mirror loaded
 *
 * Context: IRQs off.
 * Return: false to go the long way.
 */
static __always_inline bool pgdm_fast_flush(struct pgdm_cache *c)
{
	struct pgdm_mirror *m = READ_ONCE(c->loaded);
	struct pgdm_primary *p = READ_ONCE(m->primary);
	const struct pgdm_policy *policy = pgdm_policy_now();

	if (!p || !policy->skips_clean)
		return false;
	if (pgdm_fast_is_clean(policy, m, p))
		pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_clean);
	else if (!pgdm_fast_changes(c, PGDM_AT_FLUSH, m, p))
		return false;
	pgdm_stat_inc(&c->stats, PGDM_STAT_flush_receipts);
	return true;
}

/**
 * pgdm_fast_fault() - a user address faulted, and the mirror has its entry
 * @c: this CPU's cache, with a mirror loaded
 * @index: the entry of the faulting address, 0..255
 *
 * S4: it is the entry that is compared.
 *
 * Context: IRQs off, or NMI.
 * Return: false to go the long way.
 */
static __always_inline bool pgdm_fast_fault(struct pgdm_cache *c,
					    unsigned int index)
{
	struct pgdm_mirror *m = READ_ONCE(c->loaded);
	struct pgdm_primary *p = READ_ONCE(m->primary);

	if (!p || READ_ONCE(c->busy) || !pgdm_policy_now()->skips_clean ||
	    pgdm_mirror_lacks(m, p, index))
		return false;
	pgdm_stat_inc(&c->stats, PGDM_STAT_faults_seen);
	pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_clean);
	return true;
}

#endif
