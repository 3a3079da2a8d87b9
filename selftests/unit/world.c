// SPDX-License-Identifier: GPL-2.0
/*
 * The small machine.
 */
#include "stored.h"
#include "world.h"

#include "bug.h"
#include "fast.h"

#include <stdlib.h>

#ifdef PGDM_SEEDED_BUGS
#include "pause.h"

unsigned long pgdm_bugs;
void (*pause_action)(void);

/* One action a window: the other side acts once, and pauses nowhere itself. */
void pgdm_bug_pause(void)
{
	void (*action)(void) = pause_action;

	pause_action = NULL;
	if (action)
		action();
}
#endif

#define TABLE_BYTES	(PGDM_ENTRIES * PGDM_ENTRY_BYTES)

static void *allocate(size_t alignment, size_t bytes)
{
	void *p = aligned_alloc(alignment, (bytes + alignment - 1) &
				~(alignment - 1));

	if (!p)
		abort();
	return memset(p, 0, bytes);
}

struct pgdm_cache *world_cache_create(unsigned int cpu, unsigned int mirrors,
				      unsigned int pages)
{
	struct pgdm_cache *c;
	unsigned int i, page;

	c = allocate(64, sizeof(*c) + mirrors * sizeof(c->mirror[0]));
	pgdm_cache_init(c, cpu, mirrors);
	for (i = 0; i < mirrors; i++)
		for (page = 0; page < pages; page++)
			c->mirror[i].page[page] = allocate(4096, TABLE_BYTES);
	return c;
}

void world_cache_destroy(struct pgdm_cache *c)
{
	unsigned int i, page;

	for (i = 0; i < c->nr; i++)
		for (page = 0; page < PGDM_PAGES; page++)
			free(c->mirror[i].page[page]);
	free(c);
}

/**
 * world_create() - build a machine, policy "dirty", and make it the engine's
 * @cpus: number of CPUs
 * @mirrors: mirrors a CPU
 * @primaries: number of primaries
 * @pages: 2 with PTI, otherwise 1
 */
struct world *world_create(unsigned int cpus, unsigned int mirrors,
			   unsigned int primaries, unsigned int pages)
{
	struct world *w = allocate(64, sizeof(*w));
	unsigned int i, page;

	w->cpus = cpus;
	w->mirrors = mirrors;
	w->primaries = primaries;
	w->pages = pages;
	for (i = 0; i < cpus; i++)
		w->cache[i] = world_cache_create(i, mirrors, pages);
	for (i = 0; i < primaries; i++) {
		w->primary[i] = allocate(64, sizeof(struct pgdm_primary));
		w->sharers[i] = allocate(64, pgdm_sharers_words(cpus) *
					     sizeof(unsigned long));
		for (page = 0; page < pages; page++)
			w->primary[i]->page[page] = allocate(4096, TABLE_BYTES);
	}
	pgdm_policy_in_force = &pgdm_policy_dirty;
	pgdm_epoch.latest = &w->epoch;
	pgdm_epoch.complete = 0;
	world_agree();
	for (i = 0; i < primaries; i++)
		world_bear(w, i, i + 1);
	pgdm_mirrors.caches = w->cache;
	pgdm_mirrors.nr_caches = cpus;
	return w;
}

void world_destroy(struct world *w)
{
	unsigned int i, page;

	pgdm_mirrors.caches = NULL;
	pgdm_mirrors.nr_caches = 0;
	for (i = 0; i < w->cpus; i++)
		world_cache_destroy(w->cache[i]);
	for (i = 0; i < w->primaries; i++) {
		for (page = 0; page < w->pages; page++)
			free(w->primary[i]->page[page]);
		free(w->primary[i]);
		free(w->sharers[i]);
	}
	free(w);
}

/**
 * world_mark() - keep the mark of an entry that a test has stored itself
 * @p: the primary
 * @index: the entry, 0..255
 */
void world_mark(struct pgdm_primary *p, unsigned int index)
{
	if (pgdm_primary_has(p, index))
		pgdm_marks_set(p->marks, index);
	else
		pgdm_marks_clear(p->marks, index);
}

/**
 * world_agree() - all roots have the same kernel half, but for entry OWN
 *
 * As if the machine had just begun: nothing was written.
 */
void world_agree(void)
{
	pgdm_common = (struct pgdm_common){
		.writes = { 1 },
		.agreed = 1,
		.nr_own = 1,
		.own = { OWN },
	};
}

/**
 * world_bear() - an address space is born where another was
 * @w: the machine
 * @which: number of the primary; its tables stay as they are, and are looked through
 * @id: the id of the new one
 */
void world_bear(struct world *w, unsigned int which, u64 id)
{
	struct pgdm_primary *p = w->primary[which];

	pgdm_primary_init(p, id, p->page[0], p->page[1], w->sharers[which],
			  w->cpus);
	pgdm_primary_look_through(p);
}

/**
 * world_reset() - as just created, without a new allocation
 * @w: the machine
 */
void world_reset(struct world *w)
{
	unsigned int i, j, page;

	w->fast = false;
	w->epoch = 0;
	pgdm_epoch.complete = 0;
	world_agree();
	memset(w->sync, 0, sizeof(w->sync));
	for (i = 0; i < w->cpus; i++) {
		struct pgdm_cache *c = w->cache[i];

		c->loaded = NULL;
		c->syncing = NULL;
		c->busy = false;
		c->next = 0;
		c->stuck_at = 0;
		c->stuck = 0;
		memset(&c->stats, 0, sizeof(c->stats));
		for (j = 0; j < c->nr; j++) {
			struct pgdm_mirror *m = &c->mirror[j];

			m->primary = NULL;
			c->root[j] = 0;
			m->seen = 0;
			m->epoch = 0;
			m->id = 0;
			m->writers.counter = 0;
			m->flag = 0;
			memset(m->marks, 0, sizeof(m->marks));
			m->kernel_seen = 0;
			for (page = 0; page < w->pages; page++)
				memset(m->page[page], 0, TABLE_BYTES);
		}
	}
	for (i = 0; i < w->primaries; i++) {
		struct pgdm_primary *p = w->primary[i];

		for (page = 0; page < w->pages; page++)
			memset(p->page[page], 0, TABLE_BYTES);
		world_bear(w, i, i + 1);
	}
	pgdm_policy_in_force = &pgdm_policy_dirty;
}

/**
 * world_fast_switch() - the fast ways of a switch
 * @c: the CPU's cache
 * @root: the table that CR3 holds
 *
 * Return: the mirror, or NULL: the long way is left.
 */
struct pgdm_mirror *world_fast_switch(struct pgdm_cache *c, unsigned long root)
{
	struct pgdm_primary *p;
	struct pgdm_mirror *m;

	if (!pgdm_fast_find(c, root, &m, &p) &&
	    !pgdm_fast_search(c, root, &m, &p))
		return NULL;
	if (pgdm_fast_switch(c, m, p) || pgdm_fast_switch_changes(c, m, p))
		return m;
	return NULL;
}

/**
 * world_switch() - switch a CPU to an address space
 * @w: the machine
 * @cpu: the CPU
 * @which: number of the primary, or -1 for an untracked mm
 */
struct pgdm_mirror *world_switch(struct world *w, unsigned int cpu, int which)
{
	struct pgdm_cache *c = w->cache[cpu];
	struct pgdm_mirror *m;

	memset(&w->sync[cpu], 0, sizeof(w->sync[cpu]));
	if (which < 0) {
		pgdm_cache_unload(c);
		return NULL;
	}
	if (w->fast) {
		m = world_fast_switch(c, world_root(w, which));
		if (m)
			return m;
	}
	return pgdm_cache_switch(c, w->primary[which], &w->sync[cpu]);
}

/**
 * world_root() - where a root table is
 * @w: the machine
 * @which: number of the primary
 */
unsigned long world_root(const struct world *w, unsigned int which)
{
	return (unsigned long)w->primary[which]->page[PGDM_KERNEL_PAGE];
}

void world_flush(struct world *w, unsigned int cpu)
{
	struct pgdm_cache *c = w->cache[cpu];

	memset(&w->sync[cpu], 0, sizeof(w->sync[cpu]));
	if (!w->fast || !READ_ONCE(c->loaded) || !pgdm_fast_flush(c))
		pgdm_cache_point(c, PGDM_AT_FLUSH, &w->sync[cpu]);
}

void world_fault(struct world *w, unsigned int cpu, unsigned int index)
{
	struct pgdm_cache *c = w->cache[cpu];

	memset(&w->sync[cpu], 0, sizeof(w->sync[cpu]));
	if (!w->fast || !READ_ONCE(c->loaded) || !pgdm_fast_fault(c, index))
		pgdm_cache_fault(c, index, &w->sync[cpu]);
}

/* First the hook, at the entry of the kernel's function, then the kernel's own store. */
static u64 write_page(struct world *w, unsigned int cpu, unsigned int which,
		      unsigned int index, u64 value, bool user_page)
{
	struct pgdm_primary *p = w->primary[which];
	struct pgdm_write write;
	unsigned int page;
	u64 seq;

	if (pgdm_index_is_kernel(index) && !pgdm_bug(count_late))
		pgdm_common_count(index);
	pgdm_write_init(&write, index, value, w->pages == 2, user_page, true);
	write.own = READ_ONCE(w->cache[cpu]->loaded);
	seq = pgdm_write_publish(p, &write, &w->cache[cpu]->stats);
	for (page = w->pages; page-- > 0;)
		if (write.pages & BIT(page))
			WRITE_ONCE(p->page[page][index], write.value[page]);
	if (pgdm_index_is_kernel(index) && pgdm_bug(count_late)) {
		pgdm_bug_pause();
		pgdm_common_count(index);
	}
	return seq;
}

/**
 * world_write() - the kernel writes an entry of a root
 * @w: the machine
 * @cpu: the CPU that writes
 * @which: number of the primary
 * @index: the entry
 * @value: what the kernel was asked to write
 */
u64 world_write(struct world *w, unsigned int cpu, unsigned int which,
		unsigned int index, u64 value)
{
	return write_page(w, cpu, which, index, value, false);
}

/**
 * world_write_user_page() - the same through the user table of a pair, as modify_ldt()
 * @w: the machine
 * @cpu: the CPU that writes
 * @which: number of the primary
 * @index: the entry
 * @value: what the kernel was asked to write
 */
void world_write_user_page(struct world *w, unsigned int cpu,
			   unsigned int which, unsigned int index, u64 value)
{
	write_page(w, cpu, which, index, value, true);
}

/**
 * world_make_late() - hooks are called when the kernel has stored; there is no PTI
 * @w: the machine, as new
 */
void world_make_late(struct world *w)
{
	unsigned int i;

	for (i = 0; i < w->primaries; i++) {
		w->primary[i]->late = true;
		w->primary[i]->pages = 1;
	}
}

/**
 * world_store() - the kernel stores an entry, and no hook is called yet
 * @w: the machine, late
 * @which: number of the primary
 * @index: the entry
 * @value: what it stores
 */
void world_store(struct world *w, unsigned int which, unsigned int index, u64 value)
{
	WRITE_ONCE(w->primary[which]->page[0][index], value);
	smp_mb(); /* the hook's */
}

/**
 * world_tell_added() - the hook of an addition, as in root_stored.c
 * @w: the machine, late
 * @cpu: the CPU that has added
 * @which: number of the primary
 * @index: the entry
 */
void world_tell_added(struct world *w, unsigned int cpu, unsigned int which,
		      unsigned int index)
{
	struct pgdm_primary *p = w->primary[which];
	struct pgdm_write write;

	pgdm_write_init(&write, index, READ_ONCE(p->page[0][index]), false, false,
			true);
	write.own = READ_ONCE(w->cache[cpu]->loaded);
	pgdm_write_stored(p, &write, &w->cache[cpu]->stats);
}

/**
 * world_tell_removed() - the hook of a removal
 * @w: the machine, late
 * @cpu: the CPU that has removed
 * @which: number of the primary
 */
void world_tell_removed(struct world *w, unsigned int cpu, unsigned int which)
{
	const struct pgdm_primary *p = w->primary[which];
	unsigned int i;

	for (i = pgdm_stored_next_removed(p, 0); i < PGDM_USER_ENTRIES;
	     i = pgdm_stored_next_removed(p, i + 1))
		world_tell_added(w, cpu, which, i);
}

void world_user_return(struct world *w, unsigned int cpu)
{
	pgdm_cache_point(w->cache[cpu], PGDM_AT_USER_RETURN, &w->sync[cpu]);
}

void world_kick(struct world *w, unsigned int cpu)
{
	pgdm_cache_point(w->cache[cpu], PGDM_AT_KICK, &w->sync[cpu]);
}

/**
 * world_add() - the kernel's allocator adds an entry, and the policy kicks
 * @w: the machine
 * @cpu: the CPU that writes
 * @which: number of the primary
 * @index: the entry
 * @value: what the kernel was asked to write
 */
void world_add(struct world *w, unsigned int cpu, unsigned int which,
	       unsigned int index, u64 value)
{
	const struct pgdm_primary *p = w->primary[which];
	u64 before = pgdm_primary_seq(p);
	enum pgdm_kick kick;
	unsigned int i;

	world_write(w, cpu, which, index, value);
	kick = pgdm_policy_kick(pgdm_policy_now(), before,
				pgdm_primary_seq(p));
	for (i = 0; kick != PGDM_KICK_NONE && i < w->cpus; i++) {
		const struct pgdm_mirror *m = READ_ONCE(w->cache[i]->loaded);

		if (!m || READ_ONCE(m->primary) != p)
			continue;
		if (kick == PGDM_KICK_IPI)
			world_kick(w, i);
		else
			world_flush(w, i);
	}
}

/**
 * world_find_reaching() - which loaded mirror leads to a lower table?
 * @p: the primary of which the mirrors are looked at
 * @phys: physical address of the table, 4 KiB aligned
 *
 * S5: after the flush that precedes the freeing of @phys, none may.
 *
 * Return: the number of a CPU, or -1.
 */
int world_find_reaching(const struct pgdm_primary *p, u64 phys)
{
	int cpu;

	pgdm_for_each_sharer(cpu, &p->sharers)
		if (pgdm_mirrors_reach(cpu, p, phys))
			return cpu;
	return -1;
}

u64 world_stat(const struct world *w, unsigned int cpu, enum pgdm_stat stat)
{
	return w->cache[cpu]->stats.value[stat];
}

/**
 * world_mirror() - the mirror that a CPU has of a primary, or NULL
 * @w: the machine
 * @cpu: the CPU
 * @which: number of the primary
 */
struct pgdm_mirror *world_mirror(struct world *w, unsigned int cpu,
				 unsigned int which)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++)
		if (w->cache[cpu]->mirror[i].primary == w->primary[which])
			return &w->cache[cpu]->mirror[i];
	return NULL;
}

/**
 * world_differences() - how many words of a mirror differ from its primary
 * @m: the mirror
 * @p: the primary; no CPU writes it now
 */
unsigned int world_differences(const struct pgdm_mirror *m,
			       const struct pgdm_primary *p)
{
	unsigned int page, i, n = 0;

	for (page = 0; page < p->pages; page++)
		for (i = 0; i < PGDM_ENTRIES; i++)
			n += m->page[page][i] != p->page[page][i];
	return n;
}

/**
 * world_audit() - audit every mirror of a CPU
 * @w: the machine
 * @cpu: the CPU
 * @found: summed up; page, index and words are the last violation's
 *
 * Return: the worst finding.
 */
enum pgdm_finding world_audit(struct world *w, unsigned int cpu,
			      struct pgdm_audit *found)
{
	enum pgdm_finding worst = PGDM_AUDIT_OK;
	unsigned int i;

	memset(found, 0, sizeof(*found));
	for (i = 0; i < w->mirrors; i++) {
		const struct pgdm_mirror *m = &w->cache[cpu]->mirror[i];
		struct pgdm_audit one;
		enum pgdm_finding finding;

		if (!m->primary)
			continue;
		finding = pgdm_audit_mirror(m, m->primary, m->seen, &one);
		if (finding > worst)
			worst = finding;
		one.entries += found->entries;
		one.stale += found->stale;
		one.violations += found->violations;
		*found = one;
	}
	return worst;
}
