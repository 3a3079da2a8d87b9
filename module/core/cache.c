// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU's mirrors: which of them belongs to which primary.
 */
#include "cache.h"
#include "bug.h"
#include "policy.h"
#include "primary.h"

/**
 * pgdm_cache_init() - a CPU's cache, without tables
 * @c: the cache, zeroed, with room for @nr mirrors
 * @cpu: the CPU
 * @nr: how many mirrors
 */
void pgdm_cache_init(struct pgdm_cache *c, unsigned int cpu, unsigned int nr)
{
	unsigned int i;

	c->cpu = cpu;
	c->nr = nr;
	c->freed = true;
	for (i = 0; i < PGDM_HINTS; i++)
		c->hint[i] = &c->mirror[0];
}

static void give_up(struct pgdm_cache *c, struct pgdm_mirror *m)
{
	WRITE_ONCE(m->primary, NULL);
	WRITE_ONCE(c->root[m - c->mirror], 0);
}

/*
 * Takes a mirror from the primary that has it, for @p. Refused:
 * - the mirror being left (L1): a CR3 may still hold it;
 * - a mirror into which a writer may be storing. No CPU waits for that writer.
 */
static bool take(struct pgdm_cache *c, struct pgdm_mirror *m,
		 const struct pgdm_primary *p,
		 const struct pgdm_mirror *leaving, u64 *evicted)
{
	bool taken;

	if (m == leaving && !pgdm_bug(evict_loaded))
		return false;
	taken = READ_ONCE(m->primary);
	give_up(c, m);
	smp_mb(); /* pairs with the increment in write_mirror(), mirrors.c */
	if (taken) {
		*evicted = m->id;
		pgdm_stat_inc(&c->stats, PGDM_STAT_evictions);
	}
	if (unlikely(atomic_read_acquire(&m->writers))) {
		WRITE_ONCE(c->freed, true);
		return false;
	}
	/* No writer stores into it any more. Under "dirty" the first copy trims (M2). */
	if (pgdm_policy_now()->stores)
		pgdm_mirror_trim(m, p);
	return true;
}

static struct pgdm_mirror *take_free(struct pgdm_cache *c,
				     const struct pgdm_primary *p,
				     const struct pgdm_mirror *leaving,
				     u64 *evicted)
{
	unsigned int i;

	WRITE_ONCE(c->freed, false);
	smp_mb(); /* before the search; pairs with the cmpxchg() in pgdm_mirrors_forget() */
	for (i = 0; i < c->nr; i++) {
		if (READ_ONCE(c->root[i]))
			continue;
		/* If it cannot be taken now, or it is not the last one. */
		WRITE_ONCE(c->freed, true);
		if (take(c, &c->mirror[i], p, leaving, evicted))
			return &c->mirror[i];
	}
	return NULL;
}

/*
 * Free ones first, then round robin, as the kernel chooses ASIDs. If none can
 * be taken, the mm stays native on this CPU until it is switched in again.
 */
static struct pgdm_mirror *take_any(struct pgdm_cache *c,
				    const struct pgdm_primary *p,
				    const struct pgdm_mirror *leaving,
				    u64 *evicted)
{
	struct pgdm_mirror *m;
	unsigned int i;

	if (READ_ONCE(c->freed)) {
		m = take_free(c, p, leaving, evicted);
		if (m)
			return m;
	}
	for (i = 0; i < c->nr; i++) {
		m = &c->mirror[c->next];
		c->next = c->next + 1 < c->nr ? c->next + 1 : 0;
		if (take(c, m, p, leaving, evicted))
			return m;
	}
	pgdm_stat_inc(&c->stats, PGDM_STAT_cache_busy);
	return NULL;
}

/**
 * pgdm_cache_claim() - make a mirror that of another primary
 * @c: this CPU's cache, which has none of @p
 * @p: the primary
 * @leaving: the mirror that CR3 may still hold, which is not taken (L1); or NULL
 * @evicted: set to the number of the primary that lost its mirror, if one did
 *
 * What the mirror holds is the caller's to copy.
 *
 * Context: IRQs off.
 * Return: the mirror, announced; NULL when none is free or @p is dead.
 */
struct pgdm_mirror *pgdm_cache_claim(struct pgdm_cache *c,
				     struct pgdm_primary *p,
				     const struct pgdm_mirror *leaving,
				     u64 *evicted)
{
	struct pgdm_mirror *m = take_any(c, p, leaving, evicted);

	if (!m)
		return NULL;
	/* Before the announcement: see sharers.h. */
	if (!pgdm_bug(join_late))
		pgdm_sharers_add(&p->sharers, c->cpu);
	m->id = p->id;
	WRITE_ONCE(c->root[m - c->mirror],
		   (unsigned long)p->page[PGDM_KERNEL_PAGE]);
	WRITE_ONCE(m->primary, p);
	/*
	 * W3: announced before any entry is read. Pairs with the increment in
	 * pgdm_mirrors_write_through(), and with the barrier in
	 * pgdm_mirrors_forget().
	 */
	smp_mb();
	if (!READ_ONCE(p->dead))
		return m;
	give_up(c, m);
	WRITE_ONCE(c->freed, true);
	return NULL;
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
	WRITE_ONCE(c->freed, true);
}
