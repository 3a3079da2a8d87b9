// SPDX-License-Identifier: GPL-2.0
/*
 * The oracle: freed tables against loaded mirrors.
 *
 * A table below a root is handed to ___pud_free_tlb() (5-level:
 * ___p4d_free_tlb()) after the root's entry was cleared; then the kernel
 * flushes, then it frees. When the flush has returned, no loaded mirror may
 * lead to the table (S5). Emulated CPUs cache no upper levels and walk
 * nothing speculatively, so a broken rule would often go unnoticed there: the
 * oracle looks at the mirrors instead of waiting for a crash.
 *
 * A thread flushes for the tables that it gathered itself, so records are
 * matched by thread and mm. Tables that go unchecked, because the end of a
 * flush was missed or too many tables await one, are counted. For debugging: it
 * takes a lock, and slows unmapping down. With oracle=2 it judges each sync
 * point besides, which compares whole tables and leaves the fast paths unused.
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
#include "core/audit.h"
#include "core/offender.h"
#include "core/primary.h"
#include "cpus.h"
#include "probe.h"
#include "registry_hash.h"

static unsigned int oracle;
module_param(oracle, uint, 0400);
MODULE_PARM_DESC(oracle, "1: check freed tables against loaded mirrors; 2: and each sync point when it is over; for debugging, slow (default 0)");

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
 * cannot check this: it runs at any time, and a mirror may be behind between two
 * sync points. This only counts, as a message from under a run queue's lock could
 * wait for that lock.
 *
 * Context: IRQs off, on the mirror's CPU, any locks held.
 */
void pgdm_oracle_synced(const struct pgdm_mirror *m,
			const struct pgdm_primary *p, u64 since)
{
	struct pgdm_audit found;

	if (pgdm_audit_mirror(m, p, since, &found) == PGDM_AUDIT_VIOLATION)
		pgdm_stat_inc(pgdm_cpus_stats(), PGDM_STAT_violations);
}

static void count_unchecked(unsigned int tables)
{
	lockdep_assert_held(&records_lock);
	pgdm_stat_add(pgdm_cpus_stats(), PGDM_STAT_oracle_unchecked, tables);
}

/*
 * The probe has missed the end of a flush, and the flush may have been of any mm. The
 * tables that waited for it are free by now and may be in use again, even below the
 * same root.
 */
static void drop_if_missed(void)
{
	unsigned long missed = pgdm_probe_missed(&pgdm_probe_flush);

	lockdep_assert_held(&records_lock);
	if (missed == missed_seen)
		return;
	missed_seen = missed;
	if (!nr_records)
		return;
	count_unchecked(nr_records);
	nr_records = 0;
	pr_warn_ratelimited("oracle: the end of a flush was missed, some tables are not checked\n");
}

static void add_record(const struct mm_struct *mm, u64 phys)
{
	unsigned long flags;

	spin_lock_irqsave(&records_lock, flags);
	drop_if_missed();
	if (nr_records < MAX_RECORDS) {
		records[nr_records++] = (struct record){
			.task = current,
			.mm = mm,
			.phys = phys,
		};
	} else {
		count_unchecked(1);
		pr_warn_ratelimited("oracle: more than %d tables await their flush, one is not checked\n",
				    MAX_RECORDS);
	}
	spin_unlock_irqrestore(&records_lock, flags);
}

/**
 * pgdm_oracle_table_freed() - a table below a root awaits its flush
 * @tlb: the gather that will flush and free
 * @table: its virtual address
 *
 * Only of a tracked mm. An mm that is tracked a little later has mirrors that were
 * copied after the entry was cleared.
 *
 * Context: process.
 */
void pgdm_oracle_table_freed(struct mmu_gather *tlb, void *table)
{
	const struct pgdm_mm *pm;

	rcu_read_lock();
	pm = pgdm_registry_find((unsigned long)tlb->mm->pgd);
	if (pm && !READ_ONCE(pm->primary.dead))
		add_record(tlb->mm, __sme_set(virt_to_phys(table)));
	rcu_read_unlock();
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

/**
 * struct flush - a flush that has returned
 * @flushed: functions that the core calls
 * @mm: the mm of which translations were flushed
 * @deadline: in jiffies, when a CPU that is leaving is late
 */
struct flush {
	struct pgdm_flushed flushed;
	struct mm_struct *mm;
	unsigned long deadline;
};

static bool receives(const struct pgdm_flushed *f, unsigned int cpu)
{
	const struct flush *flush = container_of(f, struct flush, flushed);

	return cpumask_test_cpu(cpu, mm_cpumask(flush->mm));
}

static bool is_late(const struct pgdm_flushed *f)
{
	const struct flush *flush = container_of(f, struct flush, flushed);

	cpu_relax();
	return time_after(jiffies, flush->deadline);
}

/**
 * pgdm_oracle_flushed() - flush_tlb_mm_range() has returned
 * @mm: the mm of which TLB entries were flushed
 *
 * This is a probe handler that waits for other CPUs (X1): for those between two
 * instructions of a switch, with IRQs off, and only with the oracle on. It cannot
 * be done later, as the tables are freed when this returns.
 *
 * Context: process, preemption may be off.
 */
void pgdm_oracle_flushed(struct mm_struct *mm)
{
	const struct flush flush = {
		.flushed = { .receives = receives, .is_late = is_late },
		.mm = mm,
		/* For all of its tables: preemption may be off. */
		.deadline = jiffies + 10 * HZ,
	};
	struct pgdm_mm *pm;
	int cpu;
	u64 phys;

	if (!READ_ONCE(nr_records))
		return;
	rcu_read_lock();
	pm = pgdm_registry_find((unsigned long)mm->pgd);
	while (take_record(mm, &phys)) {
		cpu = pm ? pgdm_offender_find(&flush.flushed, &pm->primary,
					      phys) : -1;
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
