// SPDX-License-Identifier: GPL-2.0
/*
 * What a policy sends when a root entry was added.
 *
 * I1: the write hook runs with IRQs off and page_table_lock held, where nobody
 * may wait for another CPU, and what is not waited for may come after a flush
 * that it should precede. So the hook only leaves marks in memory
 * (on_publish), and what is sent is sent here, when the kernel's allocator
 * returns: no spinlock is held, as it may have slept for memory. Removals are
 * followed by the kernel's own flush.
 *
 * Nothing depends on it: a CPU that uses the entry before the signal comes, or
 * when none comes, faults, and that is a sync point (S4).
 *
 * The sender waits for the receivers. They are in no handler of ours any more
 * when this returns, and whoever takes the probe out waits for this to return.
 * A kprobe that fires on this CPU meanwhile is missed (H1): interrupts write
 * no root entries of processes.
 */
#include "signals.h"

#include <linux/irqflags.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#include "core/policy.h"
#include "cpus.h"
#include "points.h"
#include "registry.h"
#include "symbols.h"
#include "trace.h"

/**
 * pgdm_signals_before() - the kernel is about to allocate a table for a root
 * @mm: whose root
 * @seq: set to the sequence of its primary
 *
 * Context: any but NMI; preemption off.
 * Return: is the end of it of interest?
 */
bool pgdm_signals_before(struct mm_struct *mm, u64 *seq)
{
	const struct pgdm_mm *pm;

	if (pgdm_policy_now()->signal == PGDM_SIGNAL_NONE)
		return false;
	rcu_read_lock();
	pm = pgdm_registry_find((unsigned long)mm->pgd);
	if (pm)
		*seq = pgdm_primary_seq(&pm->primary);
	rcu_read_unlock();
	return pm;
}

/* Asked once of each CPU that the mm may be loaded on. */
static bool count_others(int cpu, void *others)
{
	if (cpu != smp_processor_id())
		++*(unsigned int *)others;
	return true;
}

static void receive(void *unused)
{
	pgdm_points_signal();
}

/* The sender itself, too, if it is in the mm; that is no IPI. */
static unsigned int send_ipis(struct mm_struct *mm)
{
	unsigned int others = 0;

	on_each_cpu_cond_mask(count_others, receive, &others, true,
			      mm_cpumask(mm));
	return others;
}

/* The kernel leaves out those of them that are in lazy TLB mode. */
static unsigned int send_flush(struct mm_struct *mm)
{
	unsigned int cpu, others = 0;

	for_each_cpu(cpu, mm_cpumask(mm))
		count_others(cpu, &others);
	pgdm_symbols_flush_mm(mm);
	return others;
}

/**
 * pgdm_signals_after() - the kernel has allocated a table for a root, or not
 * @mm: whose root
 * @before: what pgdm_signals_before() said
 *
 * Context: process; preemption off.
 */
void pgdm_signals_after(struct mm_struct *mm, u64 before)
{
	const struct pgdm_policy *policy = pgdm_policy_now();
	enum pgdm_signal signal = PGDM_SIGNAL_NONE;
	const struct pgdm_mm *pm;
	unsigned int cpus;
	u64 id = 0;

	rcu_read_lock();
	pm = pgdm_registry_find((unsigned long)mm->pgd);
	if (pm) {
		id = pm->primary.id;
		signal = pgdm_policy_signal(policy, before,
					    pgdm_primary_seq(&pm->primary));
	}
	rcu_read_unlock();
	/* No caller has IRQs off; should one, nobody can be waited for. */
	if (signal == PGDM_SIGNAL_NONE || irqs_disabled())
		return;
	cpus = signal == PGDM_SIGNAL_IPI ? send_ipis(mm) : send_flush(mm);
	pgdm_stat_add(pgdm_cpus_stats(), PGDM_STAT_ipis, cpus);
	trace_signal(id, signal, cpus);
}
