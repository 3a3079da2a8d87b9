/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every CPU's mirror cache: its memory, and which the local one is.
 */
#ifndef _PGDM_CPUS_H
#define _PGDM_CPUS_H

#include <linux/percpu.h>

#include "core/cache.h"
#include "core/mirrors.h"

/* NULL while the CPU takes no part: before it is up, and on its way down. */
DECLARE_PER_CPU(struct pgdm_cache *, pgdm_cpu_active);

int pgdm_cpus_init(unsigned int mirrors);
int pgdm_cpus_prepare(unsigned int cpu);
void pgdm_cpus_exit(void);

/**
 * pgdm_cpus_active() - the local CPU's cache, for a sync point
 *
 * Context: IRQs off, or NMI.
 * Return: the cache, or NULL while the CPU takes no part.
 */
static inline struct pgdm_cache *pgdm_cpus_active(void)
{
	return this_cpu_read(pgdm_cpu_active);
}

/**
 * pgdm_cpus_stats() - the local CPU's counters
 *
 * They exist as long as the hooks do, also on a CPU that takes no part.
 * Context: preemption off.
 */
static inline struct pgdm_stats *pgdm_cpus_stats(void)
{
	return &pgdm_mirrors.caches[smp_processor_id()]->stats;
}

#endif
