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

#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "mirrors.h"
#include "fast.h"
#include "first.h"
#include "fixture.h"
#include "loops.h"
#include "plain.h"
#include "point.h"
#include "policies.h"

#define PUBLISHED	8	/* primaries that are written in turn */

#define RING		(SLOTS + 2)	/* too many: each finds its mirror evicted */

static struct pgdm_cache *cpu;		/* the one whose sync points are timed */
static struct pgdm_primary *mine[RING];	/* what it switches to */
static unsigned long root[RING];

static void init(void)
{
	unsigned int i;

	fixture_cpus();
	first_init();
	cpu = fixture_cache(0, SLOTS);
	for (i = 0; i < RING; i++) {
		mine[i] = fixture_primary(PAIRS + 20 + i);
		root[i] = (unsigned long)mine[i]->page[PGDM_KERNEL_PAGE];
	}
}

/* --- loops: the operation is inlined, what it calls is not --------------- */

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

LOOP(empty)
LOOP_IN_ORDER(empty)
LOOP(dirty_sync)
LOOP_IN_ORDER(dirty_sync)
LOOP(full_sync)
LOOP_IN_ORDER(full_sync_all)
LOOP(first_sync)
LOOP_IN_ORDER(first_sync)
LOOP(rep_movsq)
LOOP_IN_ORDER(rep_movsq)
LOOP(rep_movsq_all)
LOOP_IN_ORDER(rep_movsq_all)
LOOP(words)
LOOP(call_memcpy)

/* --- what is dirty ------------------------------------------------------- */

/*
 * Every other mirror is dirty, at random: the branches cannot be foreseen.
 * The cost is that of all, the clean ones too.
 */
static void make_some_dirty(const struct bench_case *c)
{
	static unsigned int random = 1;
	unsigned int i;

	fixture_begin(c, FIXTURE_ENTRIES);
	for (i = 0; i < c->ops; i++) {
		struct pgdm_write w = {
			.index = i * 11 % 256,
			.pages = BIT(PGDM_KERNEL_PAGE),
			.value = { (u64)random << 12 | 0x67 },
		};

		random = random * 1103515245 + 12345;
		if (random >> 16 & 1)
			pgdm_write_publish(primary[i], &w, &stats);
	}
}

/* --- publishing ----------------------------------------------------------- */

static void set_cpus(const struct bench_case *c)
{
	unsigned int i;

	fixture_begin(c, FIXTURE_ENTRIES);
	pgdm_mirrors.nr_caches = c->n;
	for (i = 0; i < PUBLISHED; i++)
		pgdm_sync_dirty(mirror[i], primary[i], &done);
}

static __always_inline void publish(const struct bench_case *c, unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	pgdm_write_publish(primary[i % PUBLISHED], &w, &stats);
}

/* The mirror is what the writing CPU has loaded. */
static __always_inline void publish_own(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	w.own = mirror[i % PUBLISHED];
	pgdm_write_publish(primary[i % PUBLISHED], &w, &stats);
}

/* An entry is added, and removed by the next write of this primary. */
static __always_inline struct pgdm_write coming_or_going(unsigned int i)
{
	struct pgdm_write w = a_write(i / (2 * PUBLISHED), i);

	if (i / PUBLISHED % 2)
		w.value[PGDM_KERNEL_PAGE] = 0;
	return w;
}

static __always_inline void come_and_go(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_write w = coming_or_going(i);

	pgdm_write_publish(primary[i % PUBLISHED], &w, &stats);
}

static __always_inline void come_and_go_own(const struct bench_case *c,
					    unsigned int i)
{
	struct pgdm_write w = coming_or_going(i);

	w.own = mirror[i % PUBLISHED];
	pgdm_write_publish(primary[i % PUBLISHED], &w, &stats);
}

static __always_inline void empty_write(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_write w = a_write(i % 256, i);

	plain_empty((void *)&w, primary[i % PUBLISHED], &done);
}

LOOP(publish)
LOOP(publish_own)
LOOP(come_and_go)
LOOP(come_and_go_own)
LOOP(empty_write)

/* --- whole sync points ---------------------------------------------------- */

static __always_inline void fast_switch(const struct bench_case *c,
					unsigned int i)
{
	if (!point_switch(cpu, root[i % SLOTS]))
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

	pgdm_cache_switch(cpu, mine[i % SLOTS], &sync);
}

static __always_inline void cache_switch_evicted(const struct bench_case *c,
						 unsigned int i)
{
	struct pgdm_sync sync;

	pgdm_cache_switch(cpu, mine[i % RING], &sync);
}

static __always_inline void cache_flush(const struct bench_case *c,
					unsigned int i)
{
	struct pgdm_sync sync;

	pgdm_cache_point(cpu, PGDM_AT_FLUSH, &sync);
}

LOOP(fast_switch)
LOOP(fast_flush)
LOOP(fast_fault)
LOOP(cache_switch)
LOOP(cache_switch_evicted)
LOOP(cache_flush)

static void run_timed_switch(const struct bench_case *c)
{
	pgdm_timing = true;
	run_cache_switch(c);
	pgdm_timing = false;
}

static void make_clean(const struct bench_case *c)
{
	struct pgdm_sync sync;
	unsigned int i;

	pgdm_policy_in_force = &pgdm_policy_dirty;
	for (i = 0; i < SLOTS; i++)
		pgdm_cache_switch(cpu, mine[i], &sync);
}

/* @n entries of each come or go, in turn. */
static void make_few_dirty(const struct bench_case *c)
{
	unsigned int i, j;

	make_clean(c);
	turn++;
	for (i = 0; i < SLOTS; i++)
		for (j = 0; j < c->n; j++) {
			struct pgdm_write w = a_write(i * 11 + j * 67, turn);

			if (turn % 2)
				w.value[PGDM_KERNEL_PAGE] = 0;
			pgdm_write_publish(mine[i], &w, &stats);
		}
}

/* A turn of the ring, so that none is left that the timed one begins with. */
static void make_evicted(const struct bench_case *c)
{
	struct pgdm_sync sync;
	unsigned int i;

	pgdm_policy_in_force = &pgdm_policy_dirty;
	for (i = 0; i < RING; i++)
		pgdm_cache_switch(cpu, mine[i], &sync);
}

static void make_pairs_clean(const struct bench_case *c)
{
	unsigned int i;

	fixture_begin(c, FIXTURE_ENTRIES);
	for (i = 0; i < c->ops; i++)
		pgdm_sync_dirty(mirror[i], primary[i], &done);
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

#define IN_MEMORY(_group, _name, _n, _prepare, _run) {			\
	.group = _group, .name = _name, .n = _n, .ops = 8,		\
	.cache = COLD,							\
	.prepare = _prepare, .run = _run, .empty = run_empty_in_order,	\
}

/* Hot: as many pairs as leave what is touched in the first level. */
#define FIRST(_n, _ops)							\
	SYNC("first copy", _n, _ops, first_same, run_first_sync),	\
	SYNC("first copy, others left", _n, _ops, first_others,		\
	     run_first_sync),						\
	IN_MEMORY("sync", "first copy", _n, first_same_cold,		\
		  run_first_sync_in_order),				\
	IN_MEMORY("sync", "first copy, others left", _n,		\
		  first_others_cold, run_first_sync_in_order)

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

#define POINT_DIRTY(_name, _n, _run) {					\
	.group = "sync point, dirty", .name = _name, .n = _n, .ops = SLOTS, \
	.cache = HOT, .prepare = make_few_dirty, .run = _run,		\
	.empty = run_empty,						\
}

/* All other cases are compared with the first one. */
static const struct bench_case cases[] = {
	COPY("rep movsq", run_rep_movsq),
	COPY("memcpy", run_call_memcpy),
	COPY("word by word", run_words),

	SYNC("clean", 0, 64, make_pairs_clean, run_dirty_sync),
	SYNC("dirty", 1, 32, fixture_dirty, run_dirty_sync),
	SYNC("dirty", 2, 32, fixture_dirty, run_dirty_sync),
	SYNC("dirty", 8, 8, fixture_dirty, run_dirty_sync),
	SYNC("dirty", 64, 2, fixture_dirty, run_dirty_sync),
	SYNC("full", 0, 16, fixture_always, run_full_sync),
	SYNC("half of them dirty", 0, 64, make_some_dirty, run_dirty_sync),

	IN_ORDER("clean", 0, 64, make_pairs_clean, run_dirty_sync_in_order),
	IN_ORDER("dirty", 1, 32, fixture_dirty, run_dirty_sync_in_order),
	IN_ORDER("rep movsq", 0, 16, NULL, run_rep_movsq_in_order),

	IN_L2("sync", "dirty", 1, fixture_dirty_elsewhere, run_dirty_sync),
	IN_L2("sync", "dirty", 8, fixture_dirty_elsewhere, run_dirty_sync),
	IN_L2("copy of 4 KiB", "rep movsq", 0, NULL, run_rep_movsq_all),

	IN_MEMORY("sync", "clean", 0, fixture_cold, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 1, fixture_cold, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 2, fixture_cold, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 8, fixture_cold, run_dirty_sync_in_order),
	IN_MEMORY("sync", "dirty", 64, fixture_cold, run_dirty_sync_in_order),
	IN_MEMORY("sync", "full", 0, fixture_always_cold,
		  run_full_sync_all_in_order),
	IN_MEMORY("copy of 4 KiB", "rep movsq", 0, fixture_cold,
		  run_rep_movsq_all_in_order),

	FIRST(3, 16),
	FIRST(16, 8),
	FIRST(65, 4),

	PUBLISH("user half", 1, run_publish),
	PUBLISH("user half", 16, run_publish),
	PUBLISH("user half", 128, run_publish),
	PUBLISH("user half", 1024, run_publish),
	PUBLISH("user half, own mirror", 1, run_publish_own),
	PUBLISH("entry comes and goes", 1, run_come_and_go),
	PUBLISH("entry comes and goes, own mirror", 1, run_come_and_go_own),

	POINT("pgdm_fast_switch", run_fast_switch),
	POINT("pgdm_fast_flush", run_fast_flush),
	POINT("pgdm_fast_fault", run_fast_fault),
	POINT("pgdm_cache_switch", run_cache_switch),
	POINT("pgdm_cache_switch, timing=1", run_timed_switch),
	POINT("pgdm_cache_flush", run_cache_flush),

	POINT_DIRTY("pgdm_fast_switch", 1, run_fast_switch),
	POINT_DIRTY("pgdm_fast_switch", 2, run_fast_switch),
	POINT_DIRTY("pgdm_cache_switch", 1, run_cache_switch),
	POINT_DIRTY("pgdm_cache_switch", 2, run_cache_switch),
	{ .group = "sync point, evicted", .name = "pgdm_cache_switch",
	  .ops = 2 * RING, .cache = HOT, .prepare = make_evicted,
	  .run = run_cache_switch_evicted, .empty = run_empty },
};

const struct case_set cases_core = {
	.name = "core",
	.init = init,
	.cases = cases,
	.nr = ARRAY_SIZE(cases),
	.rounds = 400,
};
