// SPDX-License-Identifier: GPL-2.0
/*
 * Primaries, their mirrors, and what is done to them before a case is timed.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <x86intrin.h>

#include "cache_point.h"
#include "mirrors.h"
#include "policies.h"

struct pgdm_primary *primary[PAIRS];
struct pgdm_mirror *mirror[PAIRS];
unsigned long root[PAIRS];
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
	c->cpu = number;
	c->nr = SLOTS;
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

/**
 * fixture_primary() - a primary with a full table
 * @id: its number
 */
struct pgdm_primary *fixture_primary(u64 id)
{
	u64 *table = fixture_allocate(4096, 4096);
	struct pgdm_primary *p = fixture_allocate(64, sizeof(*p));
	unsigned int j;

	for (j = 0; j < PGDM_ENTRIES; j++)
		table[j] = (id * PGDM_ENTRIES + j) << 12 | 0x67;
	pgdm_primary_init(p, id, table, NULL,
			  fixture_allocate(64, pgdm_sharers_words(CPUS_MAX) *
					       sizeof(unsigned long)),
			  CPUS_MAX);
	return p;
}

/**
 * fixture_init() - make the pairs
 */
void fixture_init(void)
{
	unsigned int i;

	pgdm_policy_in_force = &pgdm_policy_dirty;
	for (i = 0; i < PAIRS; i++) {
		primary[i] = fixture_primary(i + 1);
		root[i] = (unsigned long)primary[i]->page[0];
		mirror[i] = fixture_allocate(64, sizeof(*mirror[i]));
		mirror[i]->page[0] = fixture_allocate(4096, 4096);
		mirror[i]->primary = primary[i];
		pgdm_sync_full(mirror[i], primary[i], &done);
	}
}

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

			pgdm_write_publish(primary[i], &w, &stats);
		}
	}
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

static void flush(const void *what, size_t bytes)
{
	const char *p = what;
	size_t i;

	for (i = 0; i < bytes; i += 64)
		_mm_clflush(p + i);
	_mm_clflush(p + bytes - 1);
}

/**
 * fixture_cold() - dirty, and nothing of it in any cache
 * @c: n: how many entries of each pair, ops: pairs
 */
void fixture_cold(const struct bench_case *c)
{
	unsigned int i;

	if (c->n)
		fixture_dirty(c);
	for (i = 0; i < c->ops; i++) {
		flush(primary[i]->page[0], 4096);
		flush(primary[i], sizeof(*primary[i]));
		flush(mirror[i]->page[0], 4096);
		flush(mirror[i], sizeof(*mirror[i]));
	}
	_mm_mfence();
}
