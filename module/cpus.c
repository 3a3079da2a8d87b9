// SPDX-License-Identifier: GPL-2.0
/*
 * Every CPU's mirror cache: its memory, and which the local one is.
 *
 * A cache is made before its CPU comes up for the first time and stays until
 * the module goes, so that a walk over all caches needs no lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "cpus.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/cpufeature.h>

#include "inject.h"

DEFINE_PER_CPU(struct pgdm_cache *, pgdm_cpu_active);

static unsigned int nr_mirrors;

/* L3: both tables of a pair, 8 KiB aligned (as page order 1 is). */
static unsigned int table_order(void)
{
	return boot_cpu_has(X86_FEATURE_PTI) ? 1 : 0;
}

static void cache_destroy(struct pgdm_cache *c)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		free_pages((unsigned long)c->mirror[i].page[PGDM_KERNEL_PAGE],
			   table_order());
	kfree(c);
}

static struct pgdm_cache *cache_create(unsigned int cpu)
{
	int node = cpu_to_node(cpu);
	struct pgdm_cache *c = NULL;
	unsigned int i;

	if (!pgdm_inject_failure())
		c = kzalloc_node(struct_size(c, mirror, nr_mirrors),
				 GFP_KERNEL, node);
	if (!c)
		return NULL;
	pgdm_cache_init(c, cpu, nr_mirrors);
	for (i = 0; i < c->nr; i++) {
		struct page *page = NULL;
		u64 *table;

		if (!pgdm_inject_failure())
			page = alloc_pages_node(node, GFP_KERNEL | __GFP_ZERO,
						table_order());
		if (!page) {
			cache_destroy(c);
			return NULL;
		}
		table = page_address(page);
		c->mirror[i].page[PGDM_KERNEL_PAGE] = table;
		c->mirror[i].phys = virt_to_phys(table);
		if (table_order())
			c->mirror[i].page[PGDM_USER_PAGE] =
				table + PGDM_ENTRIES;
	}
	return c;
}

/**
 * pgdm_cpus_prepare() - make the cache of a CPU, if it has none yet
 * @cpu: the CPU
 *
 * Context: may sleep; before the CPU comes up.
 * Return: 0, or -ENOMEM.
 */
int pgdm_cpus_prepare(unsigned int cpu)
{
	struct pgdm_cache *c;

	if (pgdm_mirrors.caches[cpu])
		return 0;
	c = cache_create(cpu);
	if (!c)
		return -ENOMEM;
	/* Pairs with the acquire in pgdm_mirrors_cache(): initialised before seen. */
	smp_store_release(&pgdm_mirrors.caches[cpu], c);
	return 0;
}

/**
 * pgdm_cpus_init() - room for the caches of all CPUs
 * @mirrors: how many mirrors each CPU owns
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for an absurd @mirrors, -ENOMEM.
 */
int pgdm_cpus_init(unsigned int mirrors)
{
	if (mirrors < PGDM_MIRRORS_MIN || mirrors > PGDM_MIRRORS_MAX) {
		pr_err("mirrors=%u: expected %d to %d\n", mirrors,
		       PGDM_MIRRORS_MIN, PGDM_MIRRORS_MAX);
		return -EINVAL;
	}
	nr_mirrors = mirrors;
	if (!pgdm_inject_failure())
		pgdm_mirrors.caches = kcalloc(nr_cpu_ids,
					      sizeof(*pgdm_mirrors.caches),
					      GFP_KERNEL);
	if (!pgdm_mirrors.caches)
		return -ENOMEM;
	pgdm_mirrors.nr_caches = nr_cpu_ids;
	return 0;
}

/**
 * pgdm_cpus_exit() - free all caches
 *
 * The hooks are out, no CPU takes part any more (hotplug.c).
 * Context: may sleep.
 */
void pgdm_cpus_exit(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < pgdm_mirrors.nr_caches; cpu++)
		if (pgdm_mirrors.caches[cpu])
			cache_destroy(pgdm_mirrors.caches[cpu]);
	kfree(pgdm_mirrors.caches);
	pgdm_mirrors.caches = NULL;
	pgdm_mirrors.nr_caches = 0;
}
