// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU's mirrors, and its sync points.
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
#include "cache.h"
#include "bug.h"
#include "engine.h"
#include "policy.h"
#include "primary.h"

static void give_up(struct pgdm_cache *c, struct pgdm_mirror *m)
{
	WRITE_ONCE(m->primary, NULL);
	WRITE_ONCE(c->root[m - c->mirror], 0);
}

/*
 * Takes a mirror from whoever has it. Refused:
 * - the mirror being left (L1): a CR3 may still hold it;
 * - a mirror into which a writer may be storing. Nobody waits for that writer.
 */
static bool take(struct pgdm_cache *c, struct pgdm_mirror *m,
		 const struct pgdm_mirror *leaving, struct pgdm_sync *sync)
{
	bool taken;

	if (m == leaving && !pgdm_bug(evict_loaded))
		return false;
	taken = READ_ONCE(m->primary);
	give_up(c, m);
	smp_mb(); /* pairs with the increment in write_mirror() */
	if (taken) {
		sync->evicted = m->id;
		pgdm_stat_inc(&c->stats, PGDM_STAT_evictions);
	}
	return !atomic_read_acquire(&m->writers);
}

/*
 * Free ones first, then round robin, as the kernel chooses ASIDs. If none can
 * be taken, the mm stays native on this CPU until it is switched in again.
 */
static struct pgdm_mirror *take_any(struct pgdm_cache *c,
				    const struct pgdm_mirror *leaving,
				    struct pgdm_sync *sync)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (!READ_ONCE(c->root[i]) &&
		    take(c, &c->mirror[i], leaving, sync))
			return &c->mirror[i];
	for (i = 0; i < c->nr; i++) {
		struct pgdm_mirror *m = &c->mirror[c->next];

		c->next = c->next + 1 < c->nr ? c->next + 1 : 0;
		if (take(c, m, leaving, sync))
			return m;
	}
	pgdm_stat_inc(&c->stats, PGDM_STAT_cache_busy);
	return NULL;
}

static struct pgdm_mirror *claim(struct pgdm_cache *c, struct pgdm_primary *p,
				 const struct pgdm_mirror *leaving,
				 struct pgdm_sync *sync)
{
	struct pgdm_mirror *m = take_any(c, leaving, sync);

	if (!m)
		return NULL;
	/* Before the announcement: who does not find this CPU comes too early. */
	if (!pgdm_bug(join_late))
		pgdm_sharers_add(&p->sharers, c->cpu);
	m->id = p->id;
	WRITE_ONCE(c->root[m - c->mirror],
		   (unsigned long)p->page[PGDM_KERNEL_PAGE]);
	WRITE_ONCE(m->primary, p);
	/*
	 * W3: announced before any entry is read. Pairs with the increment in
	 * pgdm_engine_write_through(), and with the barrier in
	 * pgdm_engine_forget().
	 */
	smp_mb();
	if (!READ_ONCE(p->dead))
		return m;
	give_up(c, m);
	return NULL;
}

/* N1: the mirror is named before its sequence is read, unnamed after. */
static u64 begin(struct pgdm_cache *c, struct pgdm_mirror *m)
{
	WRITE_ONCE(c->syncing, m);
	barrier();
	return pgdm_cycles();
}

static void end(struct pgdm_cache *c, struct pgdm_mirror *m,
		struct pgdm_primary *p, u64 start, struct pgdm_sync *sync)
{
	static const enum pgdm_stat stat_of[] = {
		[PGDM_CLEAN] = PGDM_STAT_syncs_clean,
		[PGDM_DIRTY] = PGDM_STAT_syncs_dirty,
		[PGDM_FULL] = PGDM_STAT_syncs_full,
	};
	struct pgdm_copied *done = &sync->copied;

	while (READ_ONCE(m->missed_seen) == PGDM_MISSED_POISON)
		pgdm_mirror_sync_full(m, p, done);
	barrier(); /* N1: an NMI from here on poisons the next sync */
	WRITE_ONCE(c->syncing, NULL);

	sync->cycles = pgdm_cycles() - start;
	sync->synced = true;
	sync->id = p->id;
	sync->seq = m->seen;
	pgdm_stat_inc(&c->stats, stat_of[done->kind]);
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

/* The policy is read once a sync point: it may be replaced at any time. */
static const struct pgdm_policy *enter(struct pgdm_cache *c,
				       struct pgdm_sync *sync,
				       enum pgdm_reason reason)
{
	const struct pgdm_policy *policy = pgdm_policy_now();

	memset(sync, 0, sizeof(*sync));
	sync->reason = reason;
	sync->policy = policy->number;
	WRITE_ONCE(c->busy, true);
	barrier();
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

/*
 * H1: the hook was missed, or the policy changed, since the mirror was copied
 * last. No policy is asked then, and so none can forget it. Faults look at the
 * entry whatever was missed (S4), and need this only where it differs.
 */
static bool is_behind(struct pgdm_mirror *m, struct pgdm_copied *done)
{
	unsigned long missed = READ_ONCE(*pgdm_engine.missed);

	if (likely(missed == m->missed_seen) || pgdm_bug(ignore_miss))
		return false;
	done->missed = m->missed_seen != PGDM_MISSED_POISON &&
		       ((missed ^ m->missed_seen) & PGDM_MISSED_HOOKS);
	return true;
}

/* What most sync points do. */
static void sync_by(void (*on_point)(struct pgdm_mirror *m,
				     struct pgdm_primary *p,
				     struct pgdm_copied *done),
		    struct pgdm_mirror *m, struct pgdm_primary *p,
		    struct pgdm_copied *done)
{
	if (is_behind(m, done))
		pgdm_mirror_sync_full(m, p, done);
	else
		on_point(m, p, done);
}

static struct pgdm_mirror *attach(struct pgdm_cache *c, struct pgdm_primary *p,
				  struct pgdm_mirror *leaving,
				  struct pgdm_sync *sync)
{
	struct pgdm_mirror *m = claim(c, p, leaving, sync);
	u64 start;

	if (!m)
		return NULL;
	sync->reason = PGDM_REASON_ATTACH;
	pgdm_stat_inc(&c->stats, PGDM_STAT_attaches);
	start = begin(c, m);
	pgdm_mirror_sync_full(m, p, &sync->copied);
	end(c, m, p, start, sync);
	if (pgdm_bug(join_late))
		pgdm_sharers_add(&p->sharers, c->cpu);
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
 * @loaded is NULL while the next mirror is chosen and synced: what the oracle
 * finds there has passed its sync point.
 *
 * Context: IRQs off. Waits for nothing, allocates nothing.
 * Return: the mirror to load, or NULL to stay on the primary.
 */
struct pgdm_mirror *pgdm_cache_switch(struct pgdm_cache *c,
				      struct pgdm_primary *p,
				      struct pgdm_sync *sync)
{
	const struct pgdm_policy *policy = enter(c, sync, PGDM_REASON_SWITCH);
	struct pgdm_mirror *leaving = READ_ONCE(c->loaded), *m;
	u64 start;

	WRITE_ONCE(c->loaded, NULL);
	pgdm_stat_inc(&c->stats, PGDM_STAT_switches);
	m = pgdm_cache_find(c, p);
	if (m) {
		start = begin(c, m);
		if (!pgdm_bug(early_switch_sync))
			sync_by(policy->on_switch, m, p, &sync->copied);
		end(c, m, p, start, sync);
	} else {
		m = attach(c, p, leaving, sync);
	}
	/* Synced before it is loaded, for the oracle's eyes too. */
	smp_store_release(&c->loaded, m);
	leave(c);
	return m;
}

/**
 * pgdm_cache_flush() - sync point: a TLB flush was received
 * @c: this CPU's cache
 * @sync: what happened
 *
 * S3: called when the kernel has read tlb_gen, and before the invalidation, so
 * that no walk from then on caches an entry which that generation removed. See
 * pgdm_points_invalidation().
 *
 * Context: IRQs off.
 * Return: was there a mirror to sync?
 */
bool pgdm_cache_flush(struct pgdm_cache *c, struct pgdm_sync *sync)
{
	const struct pgdm_policy *policy = enter(c, sync, PGDM_REASON_FLUSH);
	struct pgdm_mirror *m;
	struct pgdm_primary *p = loaded(c, &m);

	if (p) {
		u64 start = begin(c, m);

		pgdm_stat_inc(&c->stats, PGDM_STAT_flush_receipts);
		sync_by(policy->on_flush, m, p, &sync->copied);
		end(c, m, p, start, sync);
	}
	leave(c);
	return sync->synced;
}

/**
 * pgdm_cache_user_return() - sync point of some policies: return to user mode
 * @c: this CPU's cache
 * @sync: what happened, if anything
 *
 * Context: IRQs off.
 * Return: was it a sync point?
 */
bool pgdm_cache_user_return(struct pgdm_cache *c, struct pgdm_sync *sync)
{
	const struct pgdm_policy *policy =
		enter(c, sync, PGDM_REASON_USER_RETURN);
	struct pgdm_mirror *m;
	struct pgdm_primary *p = loaded(c, &m);

	if (p && policy->on_user_return) {
		u64 start = begin(c, m);

		pgdm_stat_inc(&c->stats, PGDM_STAT_user_returns);
		sync_by(policy->on_user_return, m, p, &sync->copied);
		end(c, m, p, start, sync);
	}
	leave(c);
	return sync->synced;
}

/**
 * pgdm_cache_signal() - sync point of some policies: a writer's IPI has come
 * @c: this CPU's cache
 * @sync: what happened, if anything
 *
 * Context: IRQs off.
 * Return: was it a sync point?
 */
bool pgdm_cache_signal(struct pgdm_cache *c, struct pgdm_sync *sync)
{
	const struct pgdm_policy *policy = enter(c, sync, PGDM_REASON_SIGNAL);
	struct pgdm_mirror *m;
	struct pgdm_primary *p = loaded(c, &m);

	if (p && policy->on_signal) {
		u64 start = begin(c, m);

		sync_by(policy->on_signal, m, p, &sync->copied);
		end(c, m, p, start, sync);
	}
	leave(c);
	return sync->synced;
}

/* N1: the outer sync point is the same CPU's, interrupted. */
static void nested_fault(struct pgdm_cache *c)
{
	struct pgdm_mirror *m = READ_ONCE(c->syncing);

	if (m && !pgdm_bug(no_poison))
		WRITE_ONCE(m->missed_seen, PGDM_MISSED_POISON);
	pgdm_stat_inc(&c->stats, PGDM_STAT_faults_nested);
}

/**
 * pgdm_cache_fault() - sync point: a page fault at a user address
 * @c: this CPU's cache
 * @index: the entry of the faulting address, 0..255
 * @sync: what happened
 *
 * S4. The fault goes on afterwards whatever happened here: if the mirror
 * lacked the entry the kernel finds it spurious, and the access is retried.
 *
 * Context: IRQs off, or NMI.
 */
void pgdm_cache_fault(struct pgdm_cache *c, unsigned int index,
		      struct pgdm_sync *sync)
{
	const struct pgdm_policy *policy;
	struct pgdm_primary *p;
	struct pgdm_mirror *m;

	if (READ_ONCE(c->busy)) {
		memset(sync, 0, sizeof(*sync));
		nested_fault(c);
		return;
	}
	policy = enter(c, sync, PGDM_REASON_FAULT);
	p = loaded(c, &m);
	if (p) {
		u64 start = begin(c, m);

		sync->fixed = pgdm_mirror_lacks(m, p, index);
		pgdm_stat_inc(&c->stats, PGDM_STAT_faults_seen);
		if (sync->fixed)
			pgdm_stat_inc(&c->stats, PGDM_STAT_faults_fixed);
		if (sync->fixed && is_behind(m, &sync->copied) &&
		    !pgdm_bug(skip_fault_sync))
			pgdm_mirror_sync_full(m, p, &sync->copied);
		else
			policy->on_fault(m, p, index, &sync->copied);
		end(c, m, p, start, sync);
	}
	leave(c);
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
	enter(c, &sync, PGDM_REASON_FAULT);
	start = begin(c, m);
	pgdm_mirror_sync_entry(m, p, index, &sync.copied);
	end(c, m, p, start, &sync);
	leave(c);
	pgdm_stat_inc(&c->stats, PGDM_STAT_livelocks_broken);
	return true;
}

/**
 * pgdm_cache_drop() - give all mirrors of this CPU up
 * @c: this CPU's cache; no CR3 holds one of its mirrors
 *
 * Context: IRQs off, on the owning CPU, or when no CPU can look any more.
 */
void pgdm_cache_drop(struct pgdm_cache *c)
{
	unsigned int i;

	WRITE_ONCE(c->loaded, NULL);
	for (i = 0; i < c->nr; i++)
		give_up(c, &c->mirror[i]);
}
