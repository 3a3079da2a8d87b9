// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs come and go.
 *
 * A CPU that comes up has a cache before it runs anything. One that goes down gives
 * its mirrors up, and takes no part until it is up again; its cache stays (cpus.c).
 */
#include "hotplug.h"

#include <linux/cpuhotplug.h>
#include <linux/irqflags.h>

#include "cpus.h"
#include "steer_cr3.h"
#include "sync_points.h"
#include "user_return.h"

static enum cpuhp_state prepare_state, online_state;

static int cpu_up(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	this_cpu_write(pgdm_cpu_active, pgdm_mirrors.caches[cpu]);
	pgdm_sync_points_adopt(NULL);
	pgdm_user_return_cpu_up();
	local_irq_restore(flags);
	return 0;
}

static int cpu_down(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	pgdm_user_return_cpu_down();
	this_cpu_write(pgdm_cpu_active, NULL);
	barrier(); /* an NMI's fault finds no cache, or a whole one */
	pgdm_steer_release_cpu(pgdm_mirrors.caches[cpu], NULL);
	pgdm_cache_drop(pgdm_mirrors.caches[cpu]);
	local_irq_restore(flags);
	return 0;
}

/**
 * pgdm_hotplug_init() - let the CPUs that are up take part, and those to come
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or the error of the kernel's CPU hotplug; then no CPU does.
 */
int pgdm_hotplug_init(void)
{
	int ret;

	ret = cpuhp_setup_state(CPUHP_BP_PREPARE_DYN, "pgd_mirror:prepare",
				pgdm_cpus_prepare, NULL);
	if (ret < 0)
		return ret;
	prepare_state = ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "pgd_mirror:online",
				cpu_up, cpu_down);
	if (ret < 0) {
		cpuhp_remove_state(prepare_state);
		return ret;
	}
	online_state = ret;
	return 0;
}

/**
 * pgdm_hotplug_exit() - let no CPU take part any more
 *
 * Context: may sleep.
 */
void pgdm_hotplug_exit(void)
{
	cpuhp_remove_state(online_state);
	cpuhp_remove_state(prepare_state);
}
