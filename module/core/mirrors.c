// SPDX-License-Identifier: GPL-2.0
/*
 * What concerns the mirrors of all CPUs at once: stores and flags of writers,
 * the end of a primary, and the test that the oracle makes.
 */
#include "mirrors.h"
#include "bug.h"
#include "cache.h"
#include "primary.h"

struct pgdm_mirrors pgdm_mirrors;

/*
 * The next sharer, for loops over all mirrors of a primary. The caller has made
 * its store (an entry, or dead) before, with a full barrier after it: sharers.h.
 */
static int next_sharer(const struct pgdm_primary *p, int cpu)
{
	if (pgdm_bug(scan_all))
		return cpu < (int)pgdm_mirrors.nr_caches ? cpu : -1;
	return pgdm_sharers_next(&p->sharers, cpu);
}

/* From the CPU @cpu on; moves it to the CPU of the mirror that was found. */
static struct pgdm_mirror *next_mirror(const struct pgdm_primary *p, int *cpu)
{
	while ((*cpu = next_sharer(p, *cpu)) >= 0) {
		struct pgdm_cache *c = pgdm_mirrors_cache(*cpu);
		struct pgdm_mirror *m = c ? pgdm_cache_find(c, p) : NULL;

		if (m)
			return m;
		++*cpu;
	}
	return NULL;
}

#define for_each_mirror(m, p, cpu)					\
	for (cpu = 0; (m = next_mirror(p, &(cpu))); cpu++)

static void write_mirror(struct pgdm_mirror *m, struct pgdm_primary *p,
			 const struct pgdm_write *w, struct pgdm_stats *stats)
{
	/* Full barrier, pairs with the one in take(), cache.c: either the owner sees
	 * this writer and leaves the mirror alone, or this writer sees that it has
	 * another primary.
	 */
	atomic_inc_return(&m->writers);
	if (READ_ONCE(m->primary) == p) {
		if (!pgdm_index_is_kernel(w->index) && pgdm_write_adds(w))
			pgdm_marks_set(m->marks, w->index); /* M2: before the store */
		pgdm_stat_add(stats, PGDM_STAT_write_throughs,
			      pgdm_mirror_store(m, p, w));
	}
	atomic_dec_return(&m->writers);
}

/**
 * pgdm_mirrors_store() - store a write into every mirror
 * @p: the primary that was written
 * @w: the write; its values are in @p already, and a full barrier came after
 * @stats: the local CPU's counters
 *
 * The cost grows with the number of CPUs that ever had a mirror of @p.
 *
 * Context: IRQs off; no locks.
 */
void pgdm_mirrors_store(struct pgdm_primary *p, const struct pgdm_write *w,
			struct pgdm_stats *stats)
{
	struct pgdm_mirror *m;
	int cpu;

	for_each_mirror(m, p, cpu)
		write_mirror(m, p, w, stats);
}

/**
 * pgdm_mirrors_raise() - raise the flag of every mirror of a primary
 * @p: the primary; a change was published, which is a full barrier
 *
 * A mirror that gets another primary meanwhile is copied once too often.
 *
 * Context: IRQs off; no locks.
 */
void pgdm_mirrors_raise(struct pgdm_primary *p)
{
	struct pgdm_mirror *m;
	int cpu;

	for_each_mirror(m, p, cpu)
		WRITE_ONCE(m->flag, 1);
}

/**
 * pgdm_mirrors_write_through() - store a kernel-half write into every mirror
 * @p: the primary that was written
 * @w: the write; its values are in @p already
 * @stats: the local CPU's counters
 *
 * W3, because the kernel does not repair a fault at a kernel address. Writer and
 * owner follow the same pattern from two sides:
 *
 *	writer				owner (claim, then full copy)
 *	store entry of the primary	announce: mirror->primary = p
 *	kernel_seq++, full barrier	full barrier
 *	scan for mirrors of p		k = kernel_seq
 *	store into those found		read entries, store into the mirror
 *					full barrier, kernel_seq == k?
 *
 * If the scan does not find the mirror, its announcement came later than the
 * store, and the copy reads the new value. If the scan finds it, the writer
 * stores. If the owner stores an older value after that, the owner has read the
 * entry before the writer's store and k before the increment; it then finds
 * kernel_seq changed, and copies again. See also exchange() in copy.c.
 *
 * The cost grows with the number of sharers. That is no breach of W2:
 * kernel-half writes are memory hotplug and modify_ldt, not the life of an mm.
 *
 * Context: IRQs off; no locks.
 */
void pgdm_mirrors_write_through(struct pgdm_primary *p,
				const struct pgdm_write *w,
				struct pgdm_stats *stats)
{
	atomic64_inc_return(&p->kernel_seq);
	if (!pgdm_bug(no_write_through))
		pgdm_mirrors_store(p, w, stats);
}

/**
 * pgdm_mirrors_forget() - take all mirrors from a primary
 * @p: the primary; no CPU looks it up any more
 *
 * A CPU that looked @p up before either sees it dead when it has announced a
 * mirror, or is seen here to have announced it (full barriers on both sides).
 * The primary itself must outlive a grace period: a sync may be under way.
 *
 * The root's address is another primary's only after this has returned, so that
 * a mirror's @root is not cleared under a new owner.
 *
 * Context: any CPU, any context but NMI.
 */
void pgdm_mirrors_forget(struct pgdm_primary *p)
{
	unsigned long root = (unsigned long)p->page[PGDM_KERNEL_PAGE];
	struct pgdm_mirror *m;
	int cpu;

	WRITE_ONCE(p->dead, 1);
	smp_mb(); /* pairs with the one after the announcement in pgdm_cache_claim() */
	for_each_mirror(m, p, cpu) {
		struct pgdm_cache *c = pgdm_mirrors_cache(cpu);

		/* The owner may have given it to another primary meanwhile. */
		if (cmpxchg(&m->primary, p, NULL) != p)
			continue;
		/* A full barrier, pairs with the one in take_free(), cache.c. */
		cmpxchg(&c->root[m - c->mirror], root, 0);
		WRITE_ONCE(c->freed, true);
	}
}

/**
 * pgdm_mirrors_count() - how many mirrors does a primary have?
 * @p: the primary
 *
 * Context: any.
 */
unsigned int pgdm_mirrors_count(const struct pgdm_primary *p)
{
	unsigned int count = 0;
	int cpu;

	for (cpu = 0; next_mirror(p, &cpu); cpu++)
		count++;
	return count;
}

/**
 * pgdm_mirrors_reach() - does the mirror that a CPU has loaded lead to a table?
 * @cpu: the CPU, below nr_caches
 * @p: the primary to which that mirror must belong
 * @phys: physical address of the lower table, 4 KiB aligned
 *
 * Context: any; the CPU may switch meanwhile.
 */
bool pgdm_mirrors_reach(unsigned int cpu, const struct pgdm_primary *p,
			u64 phys)
{
	struct pgdm_cache *c = pgdm_mirrors_cache(cpu);
	const struct pgdm_mirror *m = NULL;

	if (c) {
		/* Pairs with the release in pgdm_cache_switch(), cache_point.c. */
		m = smp_load_acquire(&c->loaded);
	}
	return m && READ_ONCE(m->primary) == p &&
	       pgdm_mirror_reaches(m, phys) && READ_ONCE(c->loaded) == m;
}
