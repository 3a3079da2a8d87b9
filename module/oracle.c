// SPDX-License-Identifier: GPL-2.0
/*
 * The oracle: freed tables against loaded mirrors.
 *
 * A table below a root is handed to ___pud_free_tlb() (5-level:
 * ___p4d_free_tlb()) after the root's entry was cleared; then the kernel
 * flushes, then it frees. When the flush has returned, no loaded mirror may
 * lead to the table (S5). Emulated CPUs cache no upper levels and walk
 * nothing speculatively, so a broken rule would often go unnoticed there:
 * this looks instead of waiting for a crash.
 *
 * A thread flushes for the tables that it gathered itself, so records are
 * matched by thread and mm. For debugging: it takes a lock, and slows unmapping
 * down. With oracle=2 it judges each sync point besides, which compares whole
 * tables and leaves the fast paths unused.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "oracle.h"

#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/mem_encrypt.h>
#include <linux/mm_types.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "compat/mmu_gather.h"
#include "core/engine.h"
#include "cpus.h"
#include "hooks.h"
#include "registry.h"

static unsigned int oracle;
module_param(oracle, uint, 0400);
MODULE_PARM_DESC(oracle, "1: check freed tables against loaded mirrors; 2: and each sync point when it is over (debugging, slow)");

DEFINE_STATIC_KEY_FALSE(pgdm_oracle_key);

#define MAX_RECORDS	512

struct record {
	const struct task_struct *task;
	const struct mm_struct *mm;
	u64 phys;
};

static DEFINE_SPINLOCK(records_lock);
static struct record records[MAX_RECORDS];	/* records_lock */
static unsigned int nr_records;			/* records_lock */
static unsigned long missed_seen;		/* records_lock */

/**
 * pgdm_oracle_is_on() - was the module loaded with oracle=1 or 2?
 */
bool pgdm_oracle_is_on(void)
{
	return oracle;
}

/**
 * pgdm_oracle_init() - judge sync points if asked to
 */
void pgdm_oracle_init(void)
{
	if (oracle > 1)
		static_branch_enable(&pgdm_oracle_key);
}

/**
 * pgdm_oracle_synced() - judge a sync point that is just over
 * @m: this CPU's mirror
 * @p: its primary
 * @since: the primary's sequence when the sync point began
 *
 * S2, S3: what was published before that must be in the mirror now. The audit
 * cannot know: it comes at any time, and a mirror may be behind between two
 * sync points. Only counts, as a message from under a run queue's lock could
 * wait for that lock.
 *
 * Context: IRQs off, on the mirror's CPU, any locks held.
 */
void pgdm_oracle_synced(const struct pgdm_mirror *m,
			const struct pgdm_primary *p, u64 since)
{
	struct pgdm_audit found;

	if (pgdm_mirror_audit(m, p, since, &found) == PGDM_AUDIT_VIOLATION)
		pgdm_stat_inc(pgdm_cpus_stats(), PGDM_STAT_violations);
}

/*
 * The end of a flush went by unseen: nobody knows whose. The tables that waited
 * for it are free by now and may be in use again, below the same root even.
 */
static void drop_if_missed(void)
{
	unsigned long missed = pgdm_hooks_missed_flushes();

	lockdep_assert_held(&records_lock);
	if (missed == missed_seen)
		return;
	missed_seen = missed;
	nr_records = 0;
	pr_warn_ratelimited("oracle: the end of a flush was missed, some tables are not checked\n");
}

/**
 * pgdm_oracle_table_freed() - a table below a root awaits its flush
 * @tlb: the gather that will flush and free
 * @table: its virtual address
 *
 * Context: process.
 */
void pgdm_oracle_table_freed(struct mmu_gather *tlb, void *table)
{
	unsigned long flags;

	spin_lock_irqsave(&records_lock, flags);
	drop_if_missed();
	if (nr_records < MAX_RECORDS)
		records[nr_records++] = (struct record){
			.task = current,
			.mm = tlb->mm,
			.phys = __sme_set(virt_to_phys(table)),
		};
	else
		pr_warn_ratelimited("oracle: more than %d tables await their flush, one is not checked\n",
				    MAX_RECORDS);
	spin_unlock_irqrestore(&records_lock, flags);
}

/* Takes one record of this thread and mm out. */
static bool take_record(const struct mm_struct *mm, u64 *phys)
{
	unsigned long flags;
	unsigned int i;
	bool found = false;

	spin_lock_irqsave(&records_lock, flags);
	drop_if_missed();
	for (i = 0; i < nr_records && !found; i++) {
		if (records[i].task != current || records[i].mm != mm)
			continue;
		*phys = records[i].phys;
		records[i] = records[--nr_records];
		found = true;
	}
	spin_unlock_irqrestore(&records_lock, flags);
	return found;
}

/*
 * switch_mm_irqs_off() takes a CPU out of mm_cpumask some instructions before
 * it writes CR3 and comes to our hook. In between the kernel sends it no flush
 * any more, and its mirror may lead to the table: it is about to be left. Wait
 * for that; a CPU that does not leave is an offender too.
 */
static int find_offender(struct mm_struct *mm, const struct pgdm_primary *p,
			 u64 phys, unsigned long deadline)
{
	bool late = false;
	int cpu;

	for (;;) {
		cpu = pgdm_engine_find_reaching(p, phys);
		/* In the mask now: it may have left, come back, and synced. */
		if (cpu >= 0 && cpumask_test_cpu(cpu, mm_cpumask(mm)))
			return pgdm_engine_find_reaching(p, phys);
		if (cpu < 0 || late)
			return cpu;
		/* Once more then: this CPU may have stood still. */
		late = time_after(jiffies, deadline);
		cpu_relax();
	}
}

/**
 * pgdm_oracle_flushed() - flush_tlb_mm_range() has returned
 * @mm: whose TLB entries were flushed
 *
 * Context: process, preemption may be off.
 */
void pgdm_oracle_flushed(struct mm_struct *mm)
{
	/* For all of its tables: preemption may be off. */
	unsigned long deadline = jiffies + 10 * HZ;
	struct pgdm_mm *pm;
	int cpu;
	u64 phys;

	if (!READ_ONCE(nr_records))
		return;
	rcu_read_lock();
	pm = pgdm_registry_find((unsigned long)mm->pgd);
	while (take_record(mm, &phys)) {
		cpu = pm ? find_offender(mm, &pm->primary, phys, deadline) : -1;
		if (cpu < 0)
			continue;
		preempt_disable();
		pgdm_stat_inc(pgdm_cpus_stats(), PGDM_STAT_violations);
		preempt_enable();
		pr_err_ratelimited("oracle: the mirror of id %llu that CPU %d has loaded leads to the freed table %#llx\n",
				   pm->primary.id, cpu, phys);
	}
	rcu_read_unlock();
}
