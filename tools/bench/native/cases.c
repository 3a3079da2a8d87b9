// SPDX-License-Identifier: GPL-2.0
/*
 * The cases: syncs hot and cold, copies, publishing, whole sync points.
 *
 * DOC: hot and cold
 *
 * Hot: several mirrors of several primaries in turn, as many as leave all that
 * a case touches in the first-level cache. No call depends on the one before,
 * so the CPU overlaps them as far as it can; that favours short operations,
 * the empty call and the copies alike. "in order" is the same with an lfence
 * between any two, which nothing overlaps.
 *
 * In the second level: more mirrors in turn than the first level holds.
 *
 * Cold: everything that belongs to the primary and to the mirror is flushed
 * from all caches before, and the operations are in order.
 */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <x86intrin.h>

#include "cache.h"
#include "engine.h"
#include "fast.h"
#include "plain.h"
#include "policy.h"
#include "primary.h"

#define PAIRS		64	/* a mirror and its primary each */
#define CPUS_MAX	1024
#define SLOTS		PGDM_MIRRORS_DEFAULT
#define PUBLISHED	8	/* primaries that are written in turn */

static struct pgdm_primary *primary[PAIRS];
static struct pgdm_mirror *mirror[PAIRS];
static struct pgdm_copied done;
static struct pgdm_stats stats;
static struct pgdm_cache *caches[CPUS_MAX];
static struct pgdm_cache *cpu;		/* the one whose sync points are timed */
static unsigned long root[PAIRS];
static unsigned int turn;

bool pgdm_timing;

static void *allocate(size_t alignment, size_t bytes)
{
	void *p = aligned_alloc(alignment, (bytes + alignment - 1) &
				~(alignment - 1));

	if (!p) {
		fputs("native: out of memory\n", stderr);
		exit(1);
	}
	return memset(p, 0, bytes);
}

static struct pgdm_cache *cache_create(void)
{
	struct pgdm_cache *c = allocate(64, sizeof(*c) +
					    SLOTS * sizeof(c->mirror[0]));

	c->nr = SLOTS;
	return c;
}

/*
 * Each simulated CPU has one mirror of each primary that is written in turn,
 * as far as its slots go; the tables of slot 0 and 1 exist.
 */
static void make_cpus(void)
{
	unsigned int i, j;

	for (i = 0; i < CPUS_MAX; i++) {
		caches[i] = cache_create();
		for (j = 0; j < 2; j++) {
			struct pgdm_mirror *m = &caches[i]->mirror[j];

			m->page[0] = allocate(4096, 4096);
			m->primary = primary[j];
		}
	}
}

/* The CPU whose sync points are timed, with a clean mirror in each slot. */
static void make_cpu(void)
{
	struct pgdm_sync sync;
	unsigned int i;

	cpu = cache_create();
	for (i = 0; i < SLOTS; i++) {
		cpu->mirror[i].page[0] = allocate(4096, 4096);
		pgdm_cache_switch(cpu, primary[i], &sync);
	}
}

/**
 * cases_init() - make what the cases work on
 */
void cases_init(void)
{
	unsigned int i, j;

	pgdm_engine.policy = &pgdm_policy_dirty;
	pgdm_engine.caches = caches;
	for (i = 0; i < PAIRS; i++) {
		u64 *table = allocate(4096, 4096);

		for (j = 0; j < PGDM_ENTRIES; j++)
			table[j] = (u64)(i * PGDM_ENTRIES + j) << 12 | 0x67;
		primary[i] = allocate(64, sizeof(*primary[i]));
		pgdm_primary_init(primary[i], i + 1, table, NULL);
		root[i] = (unsigned long)table;
		mirror[i] = allocate(64, sizeof(*mirror[i]));
		mirror[i]->page[0] = allocate(4096, 4096);
		mirror[i]->primary = primary[i];
		pgdm_mirror_sync_full(mirror[i], primary[i], &done);
	}
	make_cpus();
	make_cpu();
}

/* --- loops: the operation is inlined, what it calls is not --------------- */

static __always_inline void each(const struct bench_case *c,
				 void (*op)(const struct bench_case *c,
					    unsigned int i), bool in_order)
{
	unsigned int i, nr = c->ops;

	for (i = 0; i < nr; i++) {
		op(c, i);
		if (in_order)
			_mm_lfence();
	}
}

#define LOOP(name)							\
static void run_##name(const struct bench_case *c)			\
{									\
	each(c, name, false);						\
}

#define LOOPS(name)							\
LOOP(name)								\
static void run_##name##_in_order(const struct bench_case *c)		\
{									\
	each(c, name, true);						\
}

static __always_inline void empty(const struct bench_case *c, unsigned int i)
{
	plain_empty(mirror[i], primary[i], &done);
}

static __always_inline void dirty_sync(const struct bench_case *c,
				       unsigned int i)
{
	pgdm_mirror_sync_dirty(mirror[i], primary[i], &done);
}

static __always_inline void full_sync(const struct bench_case *c,
				      unsigned int i)
{
	pgdm_mirror_sync_full(mirror[i % 2], primary[i % 2], &done);
}

static __always_inline void rep_movsq(const struct bench_case *c,
				      unsigned int i)
{
	plain_rep_movsq(mirror[i % 2]->page[0], primary[i % 2]->page[0]);
}

static __always_inline void rep_movsq_all(const struct bench_case *c,
					  unsigned int i)
{
	plain_rep_movsq(mirror[i]->page[0], primary[i]->page[0]);
}

static __always_inline void words(const struct bench_case *c, unsigned int i)
{
	plain_words(mirror[i % 2]->page[0], primary[i % 2]->page[0]);
}

static void *(*volatile libc_memcpy)(void *to, const void *from, size_t n) =
	memcpy;

static __always_inline void call_memcpy(const struct bench_case *c,
					unsigned int i)
{
	libc_memcpy(mirror[i % 2]->page[0], primary[i % 2]->page[0], 4096);
}

LOOPS(empty)
LOOPS(dirty_sync)
LOOPS(full_sync)
LOOPS(rep_movsq)
LOOP(rep_movsq_all)
LOOP(words)
LOOP(call_memcpy)

/* --- what is dirty, what is cold ----------------------------------------- */

/* @n entries of each primary are written, spread over the user half. */
static void dirty(const struct bench_case *c, unsigned int from)
{
	unsigned int i, j;

	turn++;
	for (i = 0; i < c->ops; i++) {
		for (j = 0; j < c->n; j++) {
			struct pgdm_write w = {
				.index = (from + i * 11 + j * 67) % 256,
				.pages = BIT(PGDM_KERNEL_PAGE),
				.value = { (u64)turn << 12 | 0x67 },
			};

			pgdm_primary_write(primary[i], &w, &stats);
		}
	}
}

/* The same ones each time, so that all that is touched is hot. */
static void make_dirty(const struct bench_case *c)
{
	dirty(c, 0);
}

/* Others each time: the mirrors' words were touched last some turns ago. */
static void make_dirty_elsewhere(const struct bench_case *c)
{
	dirty(c, turn * 37);
}

/*
 * Every other mirror is dirty, at random: the branches cannot be foreseen.
 * The cost is that of all, the clean ones too.
 */
static void make_some_dirty(const struct bench_case *c)
{
	static unsigned int random = 1;
	unsigned int i;

	for (i = 0; i < c->ops; i++) {
		struct pgdm_write w = {
			.index = i * 11 % 256,
			.pages = BIT(PGDM_KERNEL_PAGE),
			.value = { (u64)random << 12 | 0x67 },
		};

		random = random * 1103515245 + 12345;
		if (random >> 16 & 1)
			pgdm_primary_write(primary[i], &w, &stats);
	}
}

static void flush(const void *what, size_t bytes)
{
	const char *p = what;
	size_t i;

	for (i = 0; i < bytes; i += 64)
		_mm_clflush(p + i);
	_mm_clflush(p + bytes - 1);
}

static void make_cold(const struct bench_case *c)
{
	unsigned int i;

	if (c->n)
		make_dirty(c);
	for (i = 0; i < c->ops; i++) {
		flush(primary[i]->page[0], 4096);
		flush(primary[i], sizeof(*primary[i]));
		flush(mirror[i]->page[0], 4096);
		flush(mirror[i], sizeof(*mirror[i]));
	}
	_mm_mfence();
}

/* --- publishing ----------------------------------------------------------- */

static void set_cpus(const struct bench_case *c)
{
	pgdm_engine.nr_caches = c->n;
}

/* The empty call has the caller's work as well: filling the record in. */
static __always_inline struct pgdm_write a_write(unsigned int index,
						 unsigned int i)
{
	return (struct pgdm_write){
		.index = index,
		.pages = BIT(PGDM_KERNEL_PAGE),
		.value = { (u64)i << 12 | 0x67 },
	};
}

static __always_inline void publish(const struct bench_case *c, unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	pgdm_primary_write(primary[i % PUBLISHED], &w, &stats);
}

static __always_inline void kernel_write(const struct bench_case *c,
					 unsigned int i)
{
	struct pgdm_write w = a_write(256 + i % 256, i);

	pgdm_primary_write(primary[i % 2], &w, &stats);
}

static __always_inline void empty_write(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	plain_empty((void *)&w, primary[i % PUBLISHED], &done);
}

LOOP(publish)
LOOP(kernel_write)
LOOP(empty_write)

/* --- whole sync points, clean -------------------------------------------- */

static __always_inline void fast_switch(const struct bench_case *c,
					unsigned int i)
{
	if (!pgdm_fast_switch(cpu, root[i % SLOTS]))
		abort();
}

static __always_inline void fast_flush(const struct bench_case *c,
				       unsigned int i)
{
	if (!pgdm_fast_flush(cpu))
		abort();
}

static __always_inline void fast_fault(const struct bench_case *c,
				       unsigned int i)
{
	if (!pgdm_fast_fault(cpu, i))
		abort();
}

static __always_inline void cache_switch(const struct bench_case *c,
					 unsigned int i)
{
	struct pgdm_sync sync;

	pgdm_cache_switch(cpu, primary[i % SLOTS], &sync);
}

static __always_inline void cache_flush(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_sync sync;

	pgdm_cache_flush(cpu, &sync);
}

LOOP(fast_switch)
LOOP(fast_flush)
LOOP(fast_fault)
LOOP(cache_switch)
LOOP(cache_flush)

static void run_timed_switch(const struct bench_case *c)
{
	pgdm_timing = true;
	run_cache_switch(c);
	pgdm_timing = false;
}

/* Publishing may have left the mirrors of these primaries behind. */
static void make_clean(const struct bench_case *c)
{
	struct pgdm_sync sync;
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		pgdm_cache_switch(cpu, primary[i], &sync);
}

static void make_pairs_clean(const struct bench_case *c)
{
	unsigned int i;

	for (i = 0; i < c->ops; i++)
		pgdm_mirror_sync_dirty(mirror[i], primary[i], &done);
}

/* --- the table ------------------------------------------------------------ */

#define SYNC(_name, _n, _ops, _prepare, _run) {				\
	.group = "sync", .name = _name, .n = _n, .ops = _ops,		\
	.cache = HOT,							\
	.prepare = _prepare, .run = _run, .empty = run_empty,		\
}

#define IN_ORDER(_name, _n, _ops, _prepare, _run) {			\
	.group = "sync, in order", .name = _name, .n = _n, .ops = _ops,	\
	.cache = HOT,							\
	.prepare = _prepare, .run = _run, .empty = run_empty_in_order,	\
}

#define IN_L2(_group, _name, _n, _prepare, _run) {			\
	.group = _group, .name = _name, .n = _n, .ops = PAIRS,		\
	.cache = L2, .prepare = _prepare, .run = _run, .empty = run_empty, \
}

#define IN_MEMORY(_group, _name, _n, _run) {				\
	.group = _group, .name = _name, .n = _n, .ops = 8,		\
	.cache = COLD,							\
	.prepare = make_cold, .run = _run, .empty = run_empty_in_order,	\
}

#define COPY(_name, _run) {						\
	.group = "copy of 4 KiB", .name = _name, .ops = 16,		\
	.cache = HOT, .run = _run, .empty = run_empty,				\
}

#define PUBLISH(_name, _n, _run) {					\
	.group = "publish", .name = _name, .n = _n, .ops = 64,		\
	.cache = HOT, .prepare = set_cpus, .run = _run, .empty = run_empty_write,	\
}

#define POINT(_name, _run) {						\
	.group = "sync point, clean", .name = _name, .ops = 48,		\
	.cache = HOT, .prepare = make_clean, .run = _run, .empty = run_empty,		\
}

/* The first one is what all others are set against. */
const struct bench_case cases[] = {
	COPY("rep movsq", run_rep_movsq),
	COPY("memcpy", run_call_memcpy),
	COPY("the core's loop", run_words),

	SYNC("clean", 0, 64, make_pairs_clean, run_dirty_sync),
	SYNC("dirty", 1, 32, make_dirty, run_dirty_sync),
	SYNC("dirty", 2, 32, make_dirty, run_dirty_sync),
	SYNC("dirty", 8, 8, make_dirty, run_dirty_sync),
	SYNC("dirty", 64, 2, make_dirty, run_dirty_sync),
	SYNC("full", 0, 16, NULL, run_full_sync),
	SYNC("half of them dirty", 0, 64, make_some_dirty, run_dirty_sync),

	IN_ORDER("clean", 0, 64, make_pairs_clean, run_dirty_sync_in_order),
	IN_ORDER("dirty", 1, 32, make_dirty, run_dirty_sync_in_order),
	IN_ORDER("rep movsq", 0, 16, NULL, run_rep_movsq_in_order),

	IN_L2("sync", "dirty", 1, make_dirty_elsewhere, run_dirty_sync),
	IN_L2("sync", "dirty", 8, make_dirty_elsewhere, run_dirty_sync),
	IN_L2("copy of 4 KiB", "rep movsq", 0, NULL, run_rep_movsq_all),

	IN_MEMORY("sync", "clean", 0, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 1, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 2, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 8, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 64, run_dirty_sync_in_order),
	IN_MEMORY("sync", "full", 0, run_full_sync_in_order),
	IN_MEMORY("copy of 4 KiB", "rep movsq", 0, run_rep_movsq_in_order),

	PUBLISH("user half", 1, run_publish),
	PUBLISH("user half", 16, run_publish),
	PUBLISH("user half", 128, run_publish),
	PUBLISH("user half", 1024, run_publish),
	PUBLISH("kernel half", 1, run_kernel_write),
	PUBLISH("kernel half", 16, run_kernel_write),
	PUBLISH("kernel half", 128, run_kernel_write),
	PUBLISH("kernel half", 1024, run_kernel_write),

	POINT("pgdm_fast_switch", run_fast_switch),
	POINT("pgdm_fast_flush", run_fast_flush),
	POINT("pgdm_fast_fault", run_fast_fault),
	POINT("pgdm_cache_switch", run_cache_switch),
	POINT("pgdm_cache_switch, timing=1", run_timed_switch),
	POINT("pgdm_cache_flush", run_cache_flush),
};

const unsigned int nr_cases = ARRAY_SIZE(cases);
