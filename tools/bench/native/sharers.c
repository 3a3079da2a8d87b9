// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on the mirrors of an mm on other CPUs: its death, a flag that is
 * raised, an entry that is stored into all of them (user half under eager,
 * kernel half under each policy), on machines of 1 to 8,192 CPUs.
 *
 * "of one CPU": the mm was only ever on the machine's last CPU, n is the size of
 * the machine. "of k CPUs": the machine has 8,192, and the mm was on n of them.
 */
#include "cases.h"

#include "mirrors.h"
#include "loops.h"

#define MMS	2	/* in turn */

static struct pgdm_primary *mm[MMS];

static void init(void)
{
	unsigned int i;

	fixture_cpus();
	for (i = 0; i < MMS; i++)
		mm[i] = fixture_primary(PAIRS + 10 + i);
}

/* As claim() in the core announces a mirror. */
static void announce(struct pgdm_cache *c, unsigned int slot)
{
	struct pgdm_primary *p = mm[slot];

	pgdm_sharers_add(&p->sharers, c->cpu);
	c->root[slot] = (unsigned long)p->page[PGDM_KERNEL_PAGE];
	c->mirror[slot].primary = p;
}

static void give_up(struct pgdm_cache *c, unsigned int slot)
{
	c->root[slot] = 0;
	c->mirror[slot].primary = NULL;
}

/* The i-th sharer, spread over the machine; a single one is the last CPU. */
static struct pgdm_cache *sharer(const struct bench_case *c, unsigned int size,
				 unsigned int i)
{
	return pgdm_mirrors.caches[(i + 1) * (size / c->cpus) - 1];
}

static unsigned int size_of(const struct bench_case *c)
{
	return c->cpus == c->n && c->n > 1 ? CPUS_MAX : c->n;
}

/* No CPU but those of the case has a mirror of them. */
static void set_up(const struct bench_case *c)
{
	static const struct bench_case *last;
	unsigned int size = size_of(c), i, slot;

	if (c != last) {
		for (i = 0; i < CPUS_MAX; i++)
			for (slot = 0; slot < MMS; slot++)
				give_up(pgdm_mirrors.caches[i], slot);
		for (slot = 0; slot < MMS; slot++)
			pgdm_sharers_init(&mm[slot]->sharers,
					  mm[slot]->sharers.word, size);
		pgdm_mirrors.nr_caches = size;
		last = c;
	}
	for (slot = 0; slot < MMS; slot++) {
		mm[slot]->dead = 0;
		for (i = 0; i < c->cpus; i++)
			announce(sharer(c, size, i), slot);
	}
}

static __always_inline void death(const struct bench_case *c, unsigned int i)
{
	pgdm_mirrors_forget(mm[i % MMS]);
}

static __always_inline void raise(const struct bench_case *c, unsigned int i)
{
	pgdm_mirrors_raise(mm[i % MMS]);
}

static __always_inline void store(const struct bench_case *c, unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	pgdm_mirrors_store(mm[i % MMS], &w, &stats);
}

static __always_inline void write_through(const struct bench_case *c,
					  unsigned int i)
{
	struct pgdm_write w = a_write(256 + i % 256, i);

	pgdm_mirrors_write_through(mm[i % MMS], &w, &stats);
}

static __always_inline void empty_write(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	plain_empty((void *)&w, mm[i % MMS], &done);
}

LOOP(death)
LOOP(raise)
LOOP(store)
LOOP(write_through)
LOOP(empty)
LOOP(empty_write)
LOOP(rep_movsq)

/* A death is one only once: an operation for each mm, and no more. */
#define ROWS(_group, _n, _cpus)						\
	ROW(_group, "death", _n, _cpus, MMS, run_death, run_empty),	\
	ROW(_group, "raise", _n, _cpus, 16, run_raise, run_empty),	\
	ROW(_group, "store", _n, _cpus, 16, run_store, run_empty_write), \
	ROW(_group, "write-through", _n, _cpus, 16, run_write_through,	\
	    run_empty_write)

#define ROW(_group, _name, _n, _cpus, _ops, _run, _empty) {		\
	.group = _group, .name = _name, .n = _n, .cpus = _cpus,		\
	.ops = _ops, .cache = HOT, .prepare = set_up, .run = _run,	\
	.empty = _empty,						\
}

static const struct bench_case cases[] = {
	{ .group = "copy of 4 KiB", .name = "rep movsq", .ops = 16,
	  .cache = HOT, .run = run_rep_movsq, .empty = run_empty },
	ROWS(CASES_OF_ONE, 1, 1),
	ROWS(CASES_OF_ONE, 16, 1),
	ROWS(CASES_OF_ONE, 128, 1),
	ROWS(CASES_OF_ONE, 1024, 1),
	ROWS(CASES_OF_ONE, 8192, 1),
	ROWS("of k CPUs", 2, 2),
	ROWS("of k CPUs", 16, 16),
	ROWS("of k CPUs", 128, 128),
	ROWS("of k CPUs", 1024, 1024),
};

const struct case_set cases_sharers = {
	.name = "sharers",
	.init = init,
	.cases = cases,
	.nr = ARRAY_SIZE(cases),
	.rounds = 60,
};
