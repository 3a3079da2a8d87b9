// SPDX-License-Identifier: GPL-2.0
/*
 * The sync points of a CPU: ../sync_points.c comes here when fast.h said no, and
 * from here to the verb of the policy in force (sync.h).
 *
 * The policy determines what is done at each (struct pgdm_policy). This file does what
 * is the same under all policies: it finds the mirror, compares the epoch (H1), deals
 * with the fault of an NMI meanwhile (N1), and counts.
 *
 * DOC: N1, faults inside a sync
 *
 * All sync points run with IRQs off on the owning CPU, so only an NMI can
 * come in between, and only its page faults lead here. Such a nested fault
 * changes no table: it poisons the mirror that is being synced, so that the
 * outer sync copies everything once more before it ends, or, had it looked
 * for the poison already, the next one does. The NMI's own access may fail
 * once; it runs with faults disabled and is counted (faults_nested).
 */
#include "cache_point.h"
#include "bug.h"
#include "epoch.h"
#include "primary.h"
#include "sync.h"

/* N1: the mirror is named before its sequence is read, unnamed after. */
static __always_inline u64 begin(struct pgdm_cache *c, struct pgdm_mirror *m)
{
	WRITE_ONCE(c->syncing, m);
	barrier();
	return pgdm_cycles();
}

/* N1: an NMI has faulted meanwhile. */
static noinline void copy_poisoned(struct pgdm_mirror *m,
				   struct pgdm_primary *p,
				   struct pgdm_copied *done)
{
	do
		pgdm_sync_full(m, p, done);
	while (READ_ONCE(m->epoch) == PGDM_EPOCH_POISON);
}

static __always_inline void end(struct pgdm_cache *c, struct pgdm_mirror *m,
				struct pgdm_primary *p, u64 start,
				struct pgdm_sync *sync)
{
	static const enum pgdm_stat stat_of[] = {
		[PGDM_CLEAN] = PGDM_STAT_syncs_clean,
		[PGDM_DIRTY] = PGDM_STAT_syncs_dirty,
		[PGDM_FULL] = PGDM_STAT_syncs_full,
	};
	struct pgdm_copied *done = &sync->copied;

	if (unlikely(READ_ONCE(m->epoch) == PGDM_EPOCH_POISON))
		copy_poisoned(m, p, done);
	barrier(); /* N1: an NMI from here on poisons the next sync */
	WRITE_ONCE(c->syncing, NULL);

	sync->cycles = pgdm_cycles() - start;
	sync->synced = true;
	sync->id = p->id;
	sync->seq = m->seen;
	pgdm_stat_inc(&c->stats, stat_of[done->kind]);
	if (done->sparse)
		pgdm_stat_inc(&c->stats, PGDM_STAT_syncs_sparse);
	if (done->words) {
		pgdm_stat_add(&c->stats, PGDM_STAT_entries_copied, done->words);
		pgdm_stat_add(&c->stats, PGDM_STAT_bytes_copied,
			      done->words * PGDM_ENTRY_BYTES);
	}
	if (sync->cycles) {
		pgdm_stat_add(&c->stats, PGDM_STAT_cycles_sync, sync->cycles);
		pgdm_hist_add(&c->stats, sync->policy, sync->cycles);
	}
}

/*
 * The policy is read once a sync point: it may be replaced at any time. From before that
 * no NMI syncs: one that had copied everything for a new policy would leave a mirror of
 * the latest epoch, on which this sync point acted by the old policy.
 */
static __always_inline const struct pgdm_policy *
enter(struct pgdm_cache *c, struct pgdm_sync *sync, enum pgdm_point at)
{
	const struct pgdm_policy *policy;

	WRITE_ONCE(c->busy, true);
	barrier(); /* N1: busy before the policy is read */
	policy = pgdm_policy_now();
	*sync = (struct pgdm_sync){ .at = at, .policy = policy->number };
	return policy;
}

static void leave(struct pgdm_cache *c)
{
	barrier();
	WRITE_ONCE(c->busy, false);
}

/* The loaded mirror and its primary, unless that was just forgotten. */
static struct pgdm_primary *loaded(struct pgdm_cache *c,
				   struct pgdm_mirror **m)
{
	*m = READ_ONCE(c->loaded);
	return *m ? READ_ONCE((*m)->primary) : NULL;
}

static void count(struct pgdm_cache *c, enum pgdm_point at)
{
	static const enum pgdm_stat stat_of[] = {
		[PGDM_AT_SWITCH] = PGDM_STAT_switches,
		[PGDM_AT_FLUSH] = PGDM_STAT_flush_receipts,
		[PGDM_AT_FAULT] = PGDM_STAT_faults_seen,
		[PGDM_AT_USER_RETURN] = PGDM_STAT_user_returns,
	};

	if (at < ARRAY_SIZE(stat_of))
		pgdm_stat_inc(&c->stats, stat_of[at]);
}

/*
 * H1: the hook was missed, or the policy changed, since the mirror was copied
 * last. No verb of the policy is called then, so no policy can leave the copy out.
 */
static bool is_doubtful(struct pgdm_mirror *m, struct pgdm_copied *done)
{
	unsigned long latest = pgdm_epoch_latest();

	if (likely(latest == m->epoch) || pgdm_bug(ignore_miss))
		return false;
	done->missed = m->epoch != PGDM_EPOCH_POISON &&
		       ((latest ^ m->epoch) & PGDM_EPOCH_MISSES);
	return true;
}

/* The bugs of sync points, under every policy. */
static bool is_left_out(enum pgdm_point at)
{
	switch (at) {
	case PGDM_AT_SWITCH:
		return pgdm_bug(early_switch_sync);
	case PGDM_AT_FLUSH:
		return pgdm_bug(skip_flush_sync);
	case PGDM_AT_FAULT:
		return pgdm_bug(skip_fault_sync);
	case PGDM_AT_USER_RETURN:
		return pgdm_bug(skip_user_return);
	default:
		return false;
	}
}

/*
 * A fault compares its entry even when a hook was missed (S4), and needs a full copy
 * only where that entry differs.
 */
static void act(const struct pgdm_policy *policy, struct pgdm_mirror *m,
		struct pgdm_primary *p, unsigned int index,
		struct pgdm_sync *sync)
{
	struct pgdm_copied *done = &sync->copied;

	if (is_left_out(sync->at))
		return;
	if ((sync->at != PGDM_AT_FAULT || sync->fixed) && is_doubtful(m, done))
		pgdm_sync_full(m, p, done);
	else if (policy->at[sync->at])
		policy->at[sync->at](m, p, index, done);
}

/*
 * H1, of a first copy: it was full if a hook was missed, and does not count before the
 * missed writes are stored. The caller lets them be waited for; where each switch
 * is a first copy, no other sync would.
 */
static bool is_still_doubtful(const struct pgdm_mirror *m)
{
	unsigned long epoch = READ_ONCE(m->epoch);

	return epoch != PGDM_EPOCH_POISON && !pgdm_epoch_same_misses(epoch) &&
	       !pgdm_bug(ignore_miss);
}

static struct pgdm_mirror *attach(struct pgdm_cache *c, struct pgdm_primary *p,
				  struct pgdm_mirror *leaving,
				  struct pgdm_sync *sync)
{
	struct pgdm_mirror *m = pgdm_cache_claim(c, p, leaving,
						 &sync->evicted);
	u64 start;

	if (!m)
		return NULL;
	pgdm_stat_inc(&c->stats, PGDM_STAT_attaches);
	start = begin(c, m);
	pgdm_sync_first(m, p, &sync->copied);
	end(c, m, p, start, sync);
	sync->copied.missed = is_still_doubtful(m);
	pgdm_stat_add(&c->stats, PGDM_STAT_entries_first, sync->copied.words);
	if (pgdm_bug(join_late))
		pgdm_sharers_add(&p->sharers, c->cpu);
	return m;
}

/**
 * pgdm_cache_switch_absent() - an mm is switched in of which the CPU has no mirror
 * @c: this CPU's cache, in which pgdm_fast_search() has found none
 * @p: the primary of the mm
 * @sync: what happened
 *
 * Context: as pgdm_cache_switch(); IRQs were off since the search.
 * Return: the mirror to load, or NULL to stay on the primary.
 */
struct pgdm_mirror *pgdm_cache_switch_absent(struct pgdm_cache *c,
					     struct pgdm_primary *p,
					     struct pgdm_sync *sync)
{
	struct pgdm_mirror *leaving = READ_ONCE(c->loaded), *m;

	enter(c, sync, PGDM_AT_ATTACH);
	WRITE_ONCE(c->loaded, NULL);
	count(c, PGDM_AT_SWITCH);
	m = attach(c, p, leaving, sync);
	/* Synced before it is loaded, as the oracle sees it, too. */
	smp_store_release(&c->loaded, m);
	leave(c);
	return m;
}

/**
 * pgdm_cache_switch() - sync point: an mm is switched in
 * @c: this CPU's cache
 * @p: the primary of the mm
 * @sync: what happened
 *
 * S2: called at the CR3 load or just after it, when the CPU is in mm_cpumask
 * and the kernel has read tlb_gen. A writer whose change is not seen here
 * published after that, so that its flush finds the CPU in the mask.
 *
 * c->loaded is NULL while the next mirror is chosen and synced: what the oracle
 * finds there has passed its sync point.
 *
 * Context: IRQs off. Waits for nothing, allocates nothing.
 * Return: the mirror to load, or NULL to stay on the primary.
 */
struct pgdm_mirror *pgdm_cache_switch(struct pgdm_cache *c,
				      struct pgdm_primary *p,
				      struct pgdm_sync *sync)
{
	struct pgdm_mirror *m = pgdm_cache_find(c, p);
	const struct pgdm_policy *policy;
	u64 start;

	if (!m)
		return pgdm_cache_switch_absent(c, p, sync);
	policy = enter(c, sync, PGDM_AT_SWITCH);
	WRITE_ONCE(c->loaded, NULL);
	count(c, PGDM_AT_SWITCH);
	start = begin(c, m);
	act(policy, m, p, 0, sync);
	end(c, m, p, start, sync);
	/* Synced before it is loaded, as the oracle sees it, too. */
	smp_store_release(&c->loaded, m);
	leave(c);
	return m;
}

/* At a sync point of the loaded mirror. */
static bool sync_loaded(struct pgdm_cache *c, enum pgdm_point at,
			unsigned int index, struct pgdm_sync *sync)
{
	const struct pgdm_policy *policy = enter(c, sync, at);
	struct pgdm_mirror *m;
	struct pgdm_primary *p = loaded(c, &m);

	if (p && policy->at[at]) {
		u64 start = begin(c, m);

		count(c, at);
		if (at == PGDM_AT_FAULT && pgdm_mirror_lacks(m, p, index)) {
			sync->fixed = true;
			pgdm_stat_inc(&c->stats, PGDM_STAT_faults_fixed);
		}
		act(policy, m, p, index, sync);
		end(c, m, p, start, sync);
	}
	leave(c);
	return sync->synced;
}

/**
 * pgdm_cache_point() - a sync point of the loaded mirror
 * @c: this CPU's cache
 * @at: PGDM_AT_FLUSH, PGDM_AT_USER_RETURN or PGDM_AT_KICK
 * @sync: what happened, if anything
 *
 * S3: for a flush this is called when the kernel has read tlb_gen, and before the
 * invalidation, so that no walk from then on caches an entry which that generation
 * removed. See pgdm_sync_points_invalidation().
 *
 * Context: IRQs off.
 * Return: was there a mirror to sync, and is this a sync point of the policy?
 */
bool pgdm_cache_point(struct pgdm_cache *c, enum pgdm_point at,
		      struct pgdm_sync *sync)
{
	return sync_loaded(c, at, 0, sync);
}

/* N1: the outer sync point is the same CPU's, interrupted. */
static void nested_fault(struct pgdm_cache *c)
{
	struct pgdm_mirror *m = READ_ONCE(c->syncing);

	if (m && !pgdm_bug(no_poison))
		WRITE_ONCE(m->epoch, PGDM_EPOCH_POISON);
	pgdm_stat_inc(&c->stats, PGDM_STAT_faults_nested);
}

/**
 * pgdm_cache_fault() - sync point: a page fault at a user address
 * @c: this CPU's cache
 * @index: the entry of the faulting address, 0..255
 * @sync: what happened
 *
 * S4. The kernel handles the fault afterwards in any case: if the mirror
 * lacked the entry the kernel finds it spurious, and the access is retried.
 *
 * Context: IRQs off, or NMI.
 * Return: was there a mirror to sync?
 */
bool pgdm_cache_fault(struct pgdm_cache *c, unsigned int index,
		      struct pgdm_sync *sync)
{
	if (READ_ONCE(c->busy)) {
		memset(sync, 0, sizeof(*sync));
		nested_fault(c);
		return false;
	}
	return sync_loaded(c, PGDM_AT_FAULT, index, sync);
}

/**
 * pgdm_cache_guard() - end a CPU's faulting without progress
 * @c: this CPU's cache
 * @index: the entry of the faulting address, 0..255
 * @address: the faulting address
 *
 * For live mode, after pgdm_cache_fault(). A policy that does not sync on
 * faults leaves the CPU to fault at the same address again and again. After
 * PGDM_GUARD_FAULTS of these the entry is copied after all. A policy that does
 * sync leaves no entry behind, and never gets past the first comparison.
 *
 * Context: IRQs off, or NMI.
 * Return: true if a loop was broken.
 */
bool pgdm_cache_guard(struct pgdm_cache *c, unsigned int index, u64 address)
{
	struct pgdm_primary *p;
	struct pgdm_mirror *m;
	struct pgdm_sync sync;
	u64 start;

	if (READ_ONCE(c->busy))
		return false;
	p = loaded(c, &m);
	if (!p || !pgdm_mirror_lacks(m, p, index)) {
		c->stuck = 0;
		return false;
	}
	c->stuck = address == c->stuck_at ? c->stuck + 1 : 1;
	c->stuck_at = address;
	if (c->stuck < PGDM_GUARD_FAULTS || pgdm_bug(no_guard))
		return false;
	c->stuck = 0;
	enter(c, &sync, PGDM_AT_FAULT);
	start = begin(c, m);
	pgdm_sync_entry(m, p, index, &sync.copied);
	end(c, m, p, start, &sync);
	leave(c);
	pgdm_stat_inc(&c->stats, PGDM_STAT_livelocks_broken);
	return true;
}
