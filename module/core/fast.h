/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fast paths of the sync points: nothing has changed.
 *
 * They do what cache_point.c would do with a clean mirror, under a
 * policy that has nothing to do then, and they measure no time. If they return
 * NULL or false they have written nothing, and the caller calls cache_point.c.
 *
 * The primary is not looked up: a mirror that has one proves that the primary
 * lives, because mirrors are taken away first (pgdm_mirrors_forget()), and the
 * primary's memory is freed a grace period later, which a CPU with IRQs off holds
 * up. A root table that was freed and is used again as the root of another mm
 * does not match for the same reason.
 *
 * N1: nothing is copied, so an NMI cannot disturb a copy. Its fault finds a
 * loaded mirror that follows its primary, or none.
 */
#ifndef _PGDM_FAST_H
#define _PGDM_FAST_H

#include "cache.h"
#include "epoch.h"
#include "policy.h"
#include "primary.h"

/*
 * Two loads of shared words, two compares (H1: the second). Where writers store
 * into mirrors, the first does not matter.
 */
static __always_inline bool
pgdm_fast_is_clean(const struct pgdm_policy *policy,
		   const struct pgdm_mirror *m, const struct pgdm_primary *p)
{
	return (pgdm_primary_seq(p) == m->seen || policy->stores) &&
	       pgdm_epoch_latest() == m->epoch;
}

/**
 * pgdm_fast_switch() - an mm is switched in and its mirror is clean
 * @c: this CPU's cache
 * @root: the table that CR3 holds
 *
 * S2 holds as in pgdm_cache_switch(): the sequence is read after the CR3
 * write. c->loaded is NULL before that read: the mirror that is left is not noted
 * as loaded any more.
 *
 * Context: IRQs off.
 * Return: the mirror, or NULL to go the long way.
 */
static __always_inline struct pgdm_mirror *
pgdm_fast_switch(struct pgdm_cache *c, unsigned long root)
{
	struct pgdm_mirror *leaving = READ_ONCE(c->loaded), *m;
	const struct pgdm_policy *policy = pgdm_policy_now();
	struct pgdm_primary *p;
	unsigned int i = 0;

	if (!policy->skips_clean)
		return NULL;
	/* A mirror without a primary may have had that root before. */
	while (READ_ONCE(c->root[i]) != root ||
	       !(p = READ_ONCE(c->mirror[i].primary)))
		if (++i == c->nr)
			return NULL;
	m = &c->mirror[i];
	if (READ_ONCE(p->dead))
		return NULL;
	WRITE_ONCE(c->loaded, NULL);
	if (!pgdm_fast_is_clean(policy, m, p)) {
		/* L1: the long way must not take the mirror that is being left. */
		WRITE_ONCE(c->loaded, leaving);
		return NULL;
	}
	/* Pairs with the acquire in pgdm_mirrors_reach(). */
	smp_store_release(&c->loaded, m);
	pgdm_stat_inc(&c->stats, PGDM_STAT_switches);
	pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_clean);
	return m;
}

/**
 * pgdm_fast_flush() - a flush was received and the loaded mirror is clean
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

	if (!p || !policy->skips_clean || !pgdm_fast_is_clean(policy, m, p))
		return false;
	pgdm_stat_inc(&c->stats, PGDM_STAT_flush_receipts);
	pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_clean);
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
