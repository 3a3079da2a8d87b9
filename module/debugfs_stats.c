// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs: the files that report, stats, stats_percpu, hist and mirrors.
 *
 * Counters only grow. A reset notes where they stand, and readers subtract
 * that, so that no count is lost between a CPU that counts and one that
 * resets.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "debugfs_stats.h"

#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/epoch.h"
#include "core/policies.h"
#include "core/primary.h"
#include "cpus.h"
#include "inject.h"
#include "registry.h"
#include "strays.h"

static DEFINE_MUTEX(base_mutex);
static struct pgdm_stats *base;		/* base_mutex; one a CPU */
static unsigned long missed_base;	/* base_mutex */

static const struct pgdm_stats *stats_of(unsigned int cpu)
{
	struct pgdm_cache *c = pgdm_mirrors_cache(cpu);

	return c ? &c->stats : NULL;
}

static u64 value_of(unsigned int cpu, unsigned int which)
{
	const struct pgdm_stats *s = stats_of(cpu);

	return s ? READ_ONCE(s->value[which]) - base[cpu].value[which] : 0;
}

/* The kernel counts missed hooks, for all CPUs together. */
static unsigned long hooks_missed(void)
{
	return pgdm_epoch_latest() & PGDM_EPOCH_MISSES;
}

static u64 sum_of(unsigned int which)
{
	unsigned int cpu;
	u64 sum = 0;

	if (which == PGDM_STAT_hooks_missed)
		return hooks_missed() - missed_base;
	for (cpu = 0; cpu < pgdm_mirrors.nr_caches; cpu++)
		sum += value_of(cpu, which);
	return sum;
}

int pgdm_debugfs_stats_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	mutex_lock(&base_mutex);
	for (i = 0; i < PGDM_NR_STATS; i++)
		seq_printf(seq, "%s %llu\n", pgdm_stat_name[i], sum_of(i));
	mutex_unlock(&base_mutex);
	seq_printf(seq, "mms_tracked %u\n", pgdm_registry_count());
	seq_printf(seq, "births_native %lu\n",
		   pgdm_registry_native_births());
	seq_printf(seq, "stray_walks %lu\n", pgdm_strays_walks());
	return 0;
}

int pgdm_debugfs_stats_percpu_show(struct seq_file *seq, void *unused)
{
	unsigned int cpu, i;

	seq_puts(seq, "cpu");
	for (i = 0; i < PGDM_NR_STATS; i++)
		seq_printf(seq, " %s", pgdm_stat_name[i]);
	seq_putc(seq, '\n');
	mutex_lock(&base_mutex);
	for (cpu = 0; cpu < pgdm_mirrors.nr_caches; cpu++) {
		if (!stats_of(cpu))
			continue;
		seq_printf(seq, "%u", cpu);
		for (i = 0; i < PGDM_NR_STATS; i++)
			seq_printf(seq, " %llu", value_of(cpu, i));
		seq_putc(seq, '\n');
	}
	mutex_unlock(&base_mutex);
	return 0;
}

static u64 hist_of(unsigned int policy, unsigned int bucket)
{
	const struct pgdm_stats *s;
	unsigned int cpu;
	u64 sum = 0;

	for (cpu = 0; cpu < pgdm_mirrors.nr_caches; cpu++) {
		s = stats_of(cpu);
		if (s)
			sum += READ_ONCE(s->hist[policy][bucket]) -
			       base[cpu].hist[policy][bucket];
	}
	return sum;
}

int pgdm_debugfs_hist_show(struct seq_file *seq, void *unused)
{
	unsigned int policy, b;

	seq_puts(seq, "# policy bucket_low_cycles bucket_high_cycles count\n");
	mutex_lock(&base_mutex);
	for (policy = 0; policy < PGDM_NR_POLICIES; policy++) {
		for (b = 0; b < PGDM_HIST_BUCKETS; b++) {
			u64 count = hist_of(policy, b);

			if (count)
				seq_printf(seq, "%s %llu %llu %llu\n",
					   pgdm_policies[policy]->name,
					   pgdm_hist_low(b), pgdm_hist_high(b),
					   count);
		}
	}
	mutex_unlock(&base_mutex);
	return 0;
}

/* Another CPU's mirrors, as they are at this moment. */
int pgdm_debugfs_mirrors_show(struct seq_file *seq, void *unused)
{
	unsigned int cpu, i;

	rcu_read_lock();
	for (cpu = 0; cpu < pgdm_mirrors.nr_caches; cpu++) {
		struct pgdm_cache *c = pgdm_mirrors_cache(cpu);

		for (i = 0; c && i < c->nr; i++) {
			struct pgdm_mirror *m = &c->mirror[i];
			struct pgdm_primary *p = READ_ONCE(m->primary);

			if (!p) {
				seq_printf(seq, "cpu %u slot %u free phys %016llx\n",
					   cpu, i, m->phys);
				continue;
			}
			seq_printf(seq, "cpu %u slot %u %s id %llu root %016lx seen %llu seq %llu phys %016llx\n",
				   cpu, i,
				   READ_ONCE(c->loaded) == m ? "loaded" :
							       "cached",
				   p->id, READ_ONCE(c->root[i]),
				   READ_ONCE(m->seen), pgdm_primary_seq(p),
				   m->phys);
		}
	}
	rcu_read_unlock();
	return 0;
}

int pgdm_debugfs_reset_write(char *text)
{
	unsigned int cpu;

	if (strcmp(text, "1")) {
		pr_warn_ratelimited("reset: expected 1\n");
		return -EINVAL;
	}
	mutex_lock(&base_mutex);
	for (cpu = 0; cpu < pgdm_mirrors.nr_caches; cpu++)
		if (stats_of(cpu))
			memcpy(&base[cpu], stats_of(cpu), sizeof(base[cpu]));
	missed_base = hooks_missed();
	mutex_unlock(&base_mutex);
	return 0;
}

/**
 * pgdm_debugfs_stats_init() - memory for the resets
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pgdm_debugfs_stats_init(void)
{
	if (!pgdm_inject_failure())
		base = kvcalloc(nr_cpu_ids, sizeof(*base), GFP_KERNEL);
	return base ? 0 : -ENOMEM;
}

/**
 * pgdm_debugfs_stats_exit() - free it
 */
void pgdm_debugfs_stats_exit(void)
{
	kvfree(base);
}
