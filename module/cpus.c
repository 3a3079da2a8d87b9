// SPDX-License-Identifier: GPL-2.0
/*
 * Every CPU's mirror cache: its memory, and the CPU's coming and going.
 *
 * A cache is made before its CPU comes up for the first time and stays until
 * the module goes, so that whoever scans all caches needs no lock. A CPU
 * that goes down gives its mirrors up, and takes no part until it is up
 * again.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "cpus.h"

#include <linux/cpuhotplug.h>
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/cpufeature.h>

#include "inject.h"
#include "points.h"
#include "returns.h"
#include "steer.h"

DEFINE_PER_CPU(struct pgdm_cache *, pgdm_cpu_active);

static unsigned int nr_mirrors;
static enum cpuhp_state prepare_state, online_state;

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
	c->cpu = cpu;
	c->nr = nr_mirrors;
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

static int cpu_prepare(unsigned int cpu)
{
	struct pgdm_cache *c;

	if (pgdm_engine.caches[cpu])
		return 0;
	c = cache_create(cpu);
	if (!c)
		return -ENOMEM;
	/* Pairs with the acquire in cache_of(): initialised before seen. */
	smp_store_release(&pgdm_engine.caches[cpu], c);
	return 0;
}

static int cpu_up(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	this_cpu_write(pgdm_cpu_active, pgdm_engine.caches[cpu]);
	pgdm_points_adopt(NULL);
	pgdm_returns_cpu_up();
	local_irq_restore(flags);
	return 0;
}

static int cpu_down(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	pgdm_returns_cpu_down();
	this_cpu_write(pgdm_cpu_active, NULL);
	barrier(); /* an NMI's fault finds no cache, or a whole one */
	pgdm_steer_release_cpu(pgdm_engine.caches[cpu], NULL);
	pgdm_cache_drop(pgdm_engine.caches[cpu]);
	local_irq_restore(flags);
	return 0;
}

/**
 * pgdm_cpus_init() - make the caches of the CPUs that are up
 * @mirrors: how many mirrors each CPU owns
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for an absurd @mirrors, -ENOMEM.
 */
int pgdm_cpus_init(unsigned int mirrors)
{
	int ret;

	if (mirrors < PGDM_MIRRORS_MIN || mirrors > PGDM_MIRRORS_MAX) {
		pr_err("mirrors=%u: expected %d to %d\n", mirrors,
		       PGDM_MIRRORS_MIN, PGDM_MIRRORS_MAX);
		return -EINVAL;
	}
	nr_mirrors = mirrors;
	if (!pgdm_inject_failure())
		pgdm_engine.caches = kcalloc(nr_cpu_ids,
					     sizeof(*pgdm_engine.caches),
					     GFP_KERNEL);
	if (!pgdm_engine.caches)
		return -ENOMEM;
	pgdm_engine.nr_caches = nr_cpu_ids;

	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "pgd_mirror:prepare",
				cpu_prepare, NULL);
	if (ret < 0)
		goto err_free;
	prepare_state = ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "pgd_mirror:online",
				cpu_up, cpu_down);
	if (ret < 0)
		goto err_prepare;
	online_state = ret;
	return 0;

err_prepare:
	cpuhp_remove_state(prepare_state);
err_free:
	pgdm_cpus_exit();
	return ret;
}

/**
 * pgdm_cpus_exit() - free all caches
 *
 * The hooks are gone, and nobody looks at a cache any more.
 * Context: may sleep.
 */
void pgdm_cpus_exit(void)
{
	unsigned int cpu;

	if (online_state) {
		cpuhp_remove_state(online_state);
		cpuhp_remove_state(prepare_state);
		online_state = 0;
	}
	for (cpu = 0; cpu < pgdm_engine.nr_caches; cpu++)
		if (pgdm_engine.caches[cpu])
			cache_destroy(pgdm_engine.caches[cpu]);
	kfree(pgdm_engine.caches);
	pgdm_engine.caches = NULL;
	pgdm_engine.nr_caches = 0;
}
