// SPDX-License-Identifier: GPL-2.0
/*
 * The simulated machine: its memory.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "common.h"
#include "mirrors.h"

#define TABLE_BYTES	(PGDM_ENTRIES * PGDM_ENTRY_BYTES)

/* What all roots have in the kernel half. */
static u64 kernel_half[PGDM_ENTRIES - PGDM_USER_ENTRIES];

static void *allocate(size_t alignment, size_t bytes)
{
	void *p = aligned_alloc(alignment, (bytes + alignment - 1) & ~(alignment - 1));

	return p ? memset(p, 0, bytes) : NULL;
}

static size_t tables_bytes(const struct machine *m)
{
	return (size_t)m->nr_mms * m->pages * TABLE_BYTES;
}

/* Of the kernel's page size, as roots are; aligned_alloc() would waste as much again. */
static u64 *tables_create(const struct machine *m)
{
	void *p = mmap(NULL, tables_bytes(m), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Fewer misses of the TLB; where it is refused all is as without. */
	madvise(p, tables_bytes(m), MADV_HUGEPAGE);
	return p;
}

static void cache_destroy(struct pgdm_cache *c)
{
	unsigned int i;

	for (i = 0; c && i < c->nr; i++)
		free(c->mirror[i].page[PGDM_KERNEL_PAGE]);
	free(c);
}

static struct pgdm_cache *cache_create(unsigned int cpu, unsigned int mirrors,
				       unsigned int pages)
{
	struct pgdm_cache *c = allocate(64, sizeof(*c) + mirrors * sizeof(c->mirror[0]));
	unsigned int i;

	if (!c)
		return NULL;
	pgdm_cache_init(c, cpu, mirrors);
	for (i = 0; i < mirrors; i++) {
		u64 *table = allocate(TABLE_BYTES, (size_t)pages * TABLE_BYTES);

		if (!table) {
			cache_destroy(c);
			return NULL;
		}
		c->mirror[i].page[PGDM_KERNEL_PAGE] = table;
		c->mirror[i].page[PGDM_USER_PAGE] = pages > 1 ? table + PGDM_ENTRIES : NULL;
	}
	return c;
}

/**
 * machine_init() - CPUs without mirrors, and no address space
 * @m: filled in; the core's machine from here on
 * @cpus: how many
 * @mirrors: that each owns
 * @pages: tables of a root
 * @nr_mms: numbers of address spaces are below this
 *
 * Return: 0, or -1: no memory.
 */
int machine_init(struct machine *m, unsigned int cpus, unsigned int mirrors,
		 unsigned int pages, unsigned long nr_mms)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->cpus = cpus;
	m->pages = pages;
	m->nr_mms = nr_mms;
	m->cache = calloc(cpus, sizeof(*m->cache));
	m->mm = calloc(nr_mms, sizeof(*m->mm));
	m->tables = tables_create(m);
	for (i = 0; m->cache && i < cpus; i++) {
		m->cache[i] = cache_create(i, mirrors, pages);
		if (!m->cache[i])
			break;
	}
	if (!m->cache || !m->mm || !m->tables || i < cpus) {
		machine_exit(m);
		return -1;
	}
	for (i = 0; i < ARRAY_SIZE(kernel_half); i++)
		kernel_half[i] = (u64)(i + 1) << 12 | 0x63;
	pgdm_mirrors.caches = m->cache;
	pgdm_mirrors.nr_caches = cpus;
	/* Under PTI the entry of the LDT is each mm's own. */
	pgdm_common.nr_own = pages > 1 ? 1 : 0;
	pgdm_common.own[0] = PGDM_ENTRIES - 3;
	return 0;
}

/**
 * machine_exit() - give all memory back
 * @m: the machine
 */
void machine_exit(struct machine *m)
{
	unsigned long i;

	pgdm_mirrors.nr_caches = 0;
	for (i = 0; m->mm && i < m->nr_mms; i++)
		free(m->mm[i]);
	for (i = 0; m->cache && i < m->cpus; i++)
		cache_destroy(m->cache[i]);
	if (m->tables)
		munmap(m->tables, tables_bytes(m));
	free(m->mm);
	free(m->cache);
	m->tables = NULL;
	m->mm = NULL;
	m->cache = NULL;
}

/**
 * machine_mm_create() - an address space without entries in the user half
 * @m: the machine
 * @number: its number, which none has
 *
 * Return: the address space, or NULL: no memory.
 */
struct machine_mm *machine_mm_create(struct machine *m, unsigned long number)
{
	size_t sharers = pgdm_sharers_words(m->cpus) * sizeof(unsigned long);
	struct machine_mm *mm = allocate(64, sizeof(*mm) + sharers);
	u64 *table = m->tables + number * m->pages * PGDM_ENTRIES;
	unsigned int i;

	if (!mm)
		return NULL;
	for (i = 0; i < m->pages; i++) {
		memset(&table[i * PGDM_ENTRIES], 0, PGDM_USER_ENTRIES * PGDM_ENTRY_BYTES);
		memcpy(&table[i * PGDM_ENTRIES + PGDM_USER_ENTRIES], kernel_half,
		       sizeof(kernel_half));
	}
	pgdm_primary_init(&mm->primary, ++m->last_id, table,
			  m->pages > 1 ? table + PGDM_ENTRIES : NULL, mm->sharers, m->cpus);
	pgdm_primary_empty(&mm->primary);
	m->mm[number] = mm;
	if (++m->live > m->most)
		m->most = m->live;
	return mm;
}

/* As the module does before it forgets: no CPU stays on a mirror of it. */
static void release(struct machine *m, const struct pgdm_primary *p)
{
	int cpu;

	pgdm_for_each_sharer(cpu, &p->sharers) {
		struct pgdm_cache *c = m->cache[cpu];

		if (c->loaded && c->loaded->primary == p)
			pgdm_cache_unload(c);
	}
}

/**
 * machine_mm_destroy() - an address space has ended
 * @m: the machine
 * @number: its number
 */
void machine_mm_destroy(struct machine *m, unsigned long number)
{
	struct machine_mm *mm = m->mm[number];

	release(m, &mm->primary);
	pgdm_mirrors_forget(&mm->primary);
	free(mm);
	m->mm[number] = NULL;
	m->live--;
}

/**
 * machine_sum() - what all CPUs have counted
 * @m: the machine
 * @sum: filled in, without the histograms
 */
void machine_sum(const struct machine *m, struct pgdm_stats *sum)
{
	unsigned int i, j;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < m->cpus; i++)
		for (j = 0; j < PGDM_NR_STATS; j++)
			sum->value[j] += m->cache[i]->stats.value[j];
}
