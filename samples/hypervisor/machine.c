// SPDX-License-Identifier: GPL-2.0
/*
 * The machine of the toy: its memory.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "common.h"
#include "mirrors.h"

#define TABLE_BYTES	(PGDM_ENTRIES * PGDM_ENTRY_BYTES)

struct cpu cpus[CPUS];
struct vcpu vcpus[VCPUS];
struct root *roots[ROOTS];
struct lower lower[LOWER_TABLES];
struct counts counts;

static struct pgdm_cache *caches[CPUS];
static unsigned int nr_lower;
static u64 last_id;

static void *allocate(size_t alignment, size_t bytes)
{
	void *p = aligned_alloc(alignment, (bytes + alignment - 1) &
				~(alignment - 1));

	if (!p) {
		fputs("toy: out of memory\n", stderr);
		exit(2);
	}
	return memset(p, 0, bytes);
}

/**
 * machine_lower_create() - a lower table, and the entry that leads there
 * @r: the root in which the entry will be
 * @index: where
 */
u64 machine_lower_create(const struct root *r, unsigned int index)
{
	struct lower *l = &lower[nr_lower];

	if (nr_lower == LOWER_TABLES) {
		fputs("toy: out of lower tables\n", stderr);
		exit(2);
	}
	l->used = true;
	l->root = r;
	l->index = index;
	/* Numbers are not used twice, so that a stale entry is known for one. */
	return (u64)++nr_lower << 12 | PGDM_ENTRY_PRESENT | PGDM_ENTRY_USER | BIT(1);
}

/**
 * machine_lower() - where an entry leads
 * @entry: present
 */
struct lower *machine_lower(u64 entry)
{
	return &lower[((entry & PGDM_ENTRY_ADDR) >> 12) - 1];
}

/**
 * machine_root_create() - a new root table of a domain, which is empty but for the kernels
 * @domain: whose
 *
 * In Xen a page of the guest becomes one when it is pinned, or loaded into CR3: it may
 * have entries by then. That is why the core is asked to look through it.
 */
struct root *machine_root_create(unsigned int domain)
{
	static u64 hypervisor[PGDM_ENTRIES];
	struct root *r = allocate(64, sizeof(*r));
	unsigned int i;

	r->table = allocate(4096, TABLE_BYTES);
	r->sharers = allocate(64, pgdm_sharers_words(CPUS) * sizeof(*r->sharers));
	r->domain = domain;
	for (i = HYPERVISOR_FIRST; i <= HYPERVISOR_LAST; i++) {
		if (!hypervisor[i])
			hypervisor[i] = machine_lower_create(NULL, i);
		r->table[i] = hypervisor[i];
	}
	for (i = GUEST_KERNEL; i < GUEST_KERNEL + GUEST_KERNEL_ENTRIES; i++)
		r->table[i] = machine_lower_create(r, i);
	pgdm_primary_init(&r->primary, ++last_id, r->table, NULL, r->sharers, CPUS);
	pgdm_primary_look_through(&r->primary);
	return r;
}

/**
 * machine_root_destroy() - give its memory back
 * @r: what the core has forgotten; no CPU is in the core with it
 */
void machine_root_destroy(struct root *r)
{
	free(r->sharers);
	free(r->table);
	free(r);
}

static struct pgdm_cache *cache_create(unsigned int cpu)
{
	struct pgdm_cache *c;
	unsigned int i;

	c = allocate(64, sizeof(*c) + MIRRORS * sizeof(c->mirror[0]));
	pgdm_cache_init(c, cpu, MIRRORS);
	for (i = 0; i < MIRRORS; i++) {
		c->mirror[i].page[PGDM_KERNEL_PAGE] = allocate(4096, TABLE_BYTES);
		/* A hypervisor has the machine address here, for CR3. */
		c->mirror[i].phys = (u64)(uintptr_t)c->mirror[i].page[PGDM_KERNEL_PAGE];
	}
	return c;
}

/**
 * machine_create() - all CPUs are up and idle, each domain has its roots
 */
void machine_create(void)
{
	unsigned int i;

	memset(&counts, 0, sizeof(counts));
	/* The guest kernel's entries differ between roots, the hypervisor's do not. */
	pgdm_common.nr_own = GUEST_KERNEL_ENTRIES;
	for (i = 0; i < GUEST_KERNEL_ENTRIES; i++)
		pgdm_common.own[i] = GUEST_KERNEL + i;
	pgdm_common_agree(pgdm_common_writes(), pgdm_epoch_complete());
	for (i = 0; i < CPUS; i++) {
		caches[i] = cache_create(i);
		cpus[i] = (struct cpu){ .number = i, .online = true, .cache = caches[i] };
	}
	pgdm_mirrors.caches = caches;
	pgdm_mirrors.nr_caches = CPUS;
	for (i = 0; i < ROOTS; i++)
		roots[i] = machine_root_create(i / DOMAIN_ROOTS);
	for (i = 0; i < VCPUS; i++) {
		unsigned int domain = i % DOMAINS;

		vcpus[i] = (struct vcpu){ .domain = domain,
					  .root = roots[domain * DOMAIN_ROOTS] };
	}
}

/**
 * machine_destroy() - the memory of it all
 */
void machine_destroy(void)
{
	unsigned int i, j;

	for (i = 0; i < ROOTS; i++)
		machine_root_destroy(roots[i]);
	pgdm_mirrors.nr_caches = 0;
	for (i = 0; i < CPUS; i++) {
		for (j = 0; j < MIRRORS; j++)
			free(caches[i]->mirror[j].page[PGDM_KERNEL_PAGE]);
		free(caches[i]);
	}
}
