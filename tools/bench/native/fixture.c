// SPDX-License-Identifier: GPL-2.0
/*
 * Primaries, their mirrors, and what is done to them before a case is timed.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <x86intrin.h>

#include "cache_point.h"
#include "common.h"
#include "mirrors.h"
#include "policies.h"

/*
 * Where a program has its mappings, with tables of four levels: Linux puts the text
 * of one that is position-independent from 0x555555554000 on, libraries below the
 * stack, and the stack at the end. Further entries are spread, no two neighbours in
 * one cache line.
 */
#define TEXT		170
#define LIBRARIES	254
#define STACK		255
#define APART		67

struct pgdm_primary *primary[PAIRS];
struct pgdm_mirror *mirror[PAIRS];
struct pgdm_copied done;
struct pgdm_stats stats;
unsigned int turn;

bool pgdm_timing;

/**
 * fixture_allocate() - zeroed memory, or the end of the program
 * @alignment: a power of two, in bytes
 * @bytes: how much
 */
void *fixture_allocate(size_t alignment, size_t bytes)
{
	void *p = aligned_alloc(alignment, (bytes + alignment - 1) &
				~(alignment - 1));

	if (!p) {
		fputs("native: out of memory\n", stderr);
		exit(1);
	}
	return memset(p, 0, bytes);
}

/**
 * fixture_cache() - the mirror cache of a simulated CPU
 * @number: of the CPU
 * @tables: for how many of its mirrors there are tables
 */
struct pgdm_cache *fixture_cache(unsigned int number, unsigned int tables)
{
	struct pgdm_cache *c;
	unsigned int i;

	c = fixture_allocate(64, sizeof(*c) + SLOTS * sizeof(c->mirror[0]));
	pgdm_cache_init(c, number, SLOTS);
	for (i = 0; i < tables; i++)
		c->mirror[i].page[0] = fixture_allocate(4096, 4096);
	return c;
}

/**
 * fixture_cpus() - CPUS_MAX simulated CPUs, which have no mirror yet
 *
 * They are the engine's; the tables of slot 0 and 1 exist.
 */
void fixture_cpus(void)
{
	static struct pgdm_cache *caches[CPUS_MAX];
	unsigned int i;

	for (i = 0; i < CPUS_MAX && !caches[i]; i++)
		caches[i] = fixture_cache(i, 2);
	pgdm_mirrors.caches = caches;
	pgdm_mirrors.nr_caches = CPUS_MAX;
}

/* The i-th entry that a program populates, and what is in it. */
static unsigned int entry_of(unsigned int i)
{
	static unsigned int entries[PGDM_USER_ENTRIES] = {
		TEXT, LIBRARIES, STACK
	};
	static unsigned int nr = FIXTURE_ENTRIES;
	unsigned int j, index;

	for (j = 0; nr < PGDM_USER_ENTRIES; j++) {
		index = j * APART % PGDM_USER_ENTRIES;
		if (index != TEXT && index != LIBRARIES && index != STACK)
			entries[nr++] = index;
	}
	return entries[i];
}

static u64 value_of(u64 id, unsigned int index)
{
	return (id * PGDM_ENTRIES + index) << 12 | 0x67;
}

/* The same of this primary: see fixture_populate(). */
static unsigned int entry_in(const struct pgdm_primary *p, unsigned int i)
{
	return (entry_of(i) + 8 * p->id) % PGDM_USER_ENTRIES;
}

/**
 * fixture_has() - is it one of the entries that a small program has?
 * @p: its primary
 * @index: 0..255
 */
bool fixture_has(const struct pgdm_primary *p, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < FIXTURE_ENTRIES; i++)
		if (entry_in(p, i) == index)
			return true;
	return false;
}

/**
 * fixture_populate() - so many entries of the user half are there, and no other
 * @p: a primary that no mirror follows just now
 * @from: the first of them in the order in which programs populate them
 * @nr: how many
 *
 * They are moved by a cache line for each number of a primary, so that the tables of
 * several are not all hot in the same sets of a cache.
 */
void fixture_populate(struct pgdm_primary *p, unsigned int from,
		      unsigned int nr)
{
	unsigned int i, index;

	memset(p->page[0], 0, PGDM_USER_ENTRIES * sizeof(u64));
	memset(p->marks, 0, sizeof(p->marks));
	for (i = from; i < from + nr; i++) {
		index = entry_in(p, i);
		p->page[0][index] = value_of(p->id, index);
	}
	pgdm_primary_look_through(p);
}

/**
 * fixture_primary() - a primary as that of a small program
 * @id: its number
 *
 * Three entries of the user half, and the kernel half that all have.
 */
struct pgdm_primary *fixture_primary(u64 id)
{
	u64 *table = fixture_allocate(4096, 4096);
	struct pgdm_primary *p = fixture_allocate(64, sizeof(*p));
	unsigned int j;

	for (j = PGDM_USER_ENTRIES; j < PGDM_ENTRIES; j++)
		table[j] = value_of(0, j);
	pgdm_primary_init(p, id, table, NULL,
			  fixture_allocate(64, pgdm_sharers_words(CPUS_MAX) *
					       sizeof(unsigned long)),
			  CPUS_MAX);
	fixture_populate(p, 0, FIXTURE_ENTRIES);
	return p;
}

/* The mirror is as one that never had another primary. */
static void renew(struct pgdm_mirror *m, struct pgdm_primary *p)
{
	memset(m->page[0], 0, 4096);
	memset(m->marks, 0, sizeof(m->marks));
	m->primary = p;
	pgdm_sync_full(m, p, &done);
}

/**
 * fixture_begin() - what earlier cases have left behind goes, the policy is dirty
 * @c: the case
 * @nr: so many entries of each primary are populated
 */
void fixture_begin(const struct bench_case *c, unsigned int nr)
{
	static const struct bench_case *last;
	unsigned int i;

	pgdm_policy_in_force = &pgdm_policy_dirty;
	if (c == last)
		return;
	last = c;
	for (i = 0; i < PAIRS; i++) {
		fixture_populate(primary[i], 0, nr);
		renew(mirror[i], primary[i]);
	}
}

/**
 * fixture_always() - full copies are those of a policy that knows nothing better
 * @c: the case
 *
 * Under dirty a full copy also counts what is populated.
 */
void fixture_always(const struct bench_case *c)
{
	fixture_begin(c, FIXTURE_ENTRIES);
	pgdm_policy_in_force = &pgdm_policy_always;
}

/**
 * fixture_init() - make the pairs
 */
void fixture_init(void)
{
	unsigned int i;

	pgdm_policy_in_force = &pgdm_policy_dirty;
	pgdm_common_agree(pgdm_common_writes(), pgdm_epoch_complete());
	for (i = 0; i < PAIRS; i++) {
		primary[i] = fixture_primary(i + 1);
		mirror[i] = fixture_allocate(64, sizeof(*mirror[i]));
		mirror[i]->page[0] = fixture_allocate(4096, 4096);
		renew(mirror[i], primary[i]);
	}
}

static void write_entry(struct pgdm_primary *p, unsigned int index, u64 value)
{
	struct pgdm_write w = {
		.index = index,
		.pages = BIT(PGDM_KERNEL_PAGE),
		.value = { value },
	};

	pgdm_write_publish(p, &w, &stats);
}

/* @n entries of each primary are written, spread over the user half. */
static void dirty(const struct bench_case *c, unsigned int from)
{
	unsigned int i, j;

	fixture_begin(c, FIXTURE_ENTRIES);
	turn++;
	for (i = 0; i < c->ops; i++)
		for (j = 0; j < c->n; j++)
			write_entry(primary[i], (from + i * 11 + j * APART) % 256,
				    (u64)turn << 12 | 0x67);
}

/**
 * fixture_dirty() - the same entries each time, so that all is hot
 * @c: n: how many of each pair, ops: pairs
 */
void fixture_dirty(const struct bench_case *c)
{
	dirty(c, 0);
}

/**
 * fixture_dirty_elsewhere() - other entries each time, touched some turns ago
 * @c: n: how many of each pair, ops: pairs
 */
void fixture_dirty_elsewhere(const struct bench_case *c)
{
	dirty(c, turn * 37);
}

/**
 * fixture_come_and_go() - entries are added, and half of the writes remove them again
 * @c: n: writes of each primary, ops: pairs
 */
void fixture_come_and_go(const struct bench_case *c)
{
	unsigned int i, j;

	fixture_begin(c, FIXTURE_ENTRIES);
	turn++;
	for (i = 0; i < c->ops; i++)
		for (j = 0; j < c->n; j++)
			write_entry(primary[i], (i * 11 + (j / 2 * APART)) % 256,
				    j % 2 ? 0 : (u64)turn << 12 | 0x67);
}

/**
 * fixture_many_there() - entries of a primary with many are written
 * @c: n: writes of each primary, ops: pairs
 *
 * As many as programs under ThreadSanitizer have, the most that was seen.
 */
void fixture_many_there(const struct bench_case *c)
{
	unsigned int i, j;

	fixture_begin(c, FIXTURE_ENTRIES_MOST);
	turn++;
	for (i = 0; i < c->ops; i++)
		for (j = 0; j < c->n; j++)
			write_entry(primary[i],
				    entry_in(primary[i], j % FIXTURE_ENTRIES_MOST),
				    (u64)turn << 12 | 0x67);
}

static void flush(const void *what, size_t bytes)
{
	const char *p = what;
	size_t i;

	for (i = 0; i < bytes; i += 64)
		_mm_clflush(p + i);
	_mm_clflush(p + bytes - 1);
}

/**
 * fixture_flush() - nothing of the pairs is in any cache
 * @c: ops: pairs
 */
void fixture_flush(const struct bench_case *c)
{
	unsigned int i;

	for (i = 0; i < c->ops; i++) {
		flush(primary[i]->page[0], 4096);
		flush(primary[i], sizeof(*primary[i]));
		flush(mirror[i]->page[0], 4096);
		flush(mirror[i], sizeof(*mirror[i]));
	}
	_mm_mfence();
}

/**
 * fixture_cold() - dirty, and nothing of it in any cache
 * @c: n: how many entries of each pair, ops: pairs
 */
void fixture_cold(const struct bench_case *c)
{
	fixture_dirty(c);
	fixture_flush(c);
}

/**
 * fixture_come_and_go_cold() - the same with nothing in any cache
 * @c: see fixture_come_and_go()
 */
void fixture_come_and_go_cold(const struct bench_case *c)
{
	fixture_come_and_go(c);
	fixture_flush(c);
}

/**
 * fixture_many_there_cold() - the same with nothing in any cache
 * @c: see fixture_many_there()
 */
void fixture_many_there_cold(const struct bench_case *c)
{
	fixture_many_there(c);
	fixture_flush(c);
}

/**
 * fixture_always_cold() - see fixture_always(); nothing is in any cache
 * @c: the case
 */
void fixture_always_cold(const struct bench_case *c)
{
	fixture_always(c);
	fixture_flush(c);
}
