// SPDX-License-Identifier: GPL-2.0
/*
 * Auditing all mirrors of all CPUs.
 *
 * First of each CPU whether it walks a table that it must not (L1, L2). Then
 * a mirror is compared on the CPU that owns it, with IRQs off, so that it is
 * not synced meanwhile; one mirror an IPI, so that IRQs are not off for long.
 * If a writer is under way the comparison has no result, and is repeated.
 */
#include "debugfs_audit.h"

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <asm/special_insns.h>

#include "core/audit.h"
#include "core/primary.h"
#include "cpus.h"
#include "registry_hash.h"
#include "steer_cr3.h"

/*
 * A writer is between store and publication for microseconds; for seconds on a virtual
 * CPU that the host lets stand still meanwhile, or, with hooks=tables, where a thread of
 * higher priority keeps the CPU from it: it can be preempted there.
 */
#define RETRIES		20000
#define RETRY_US	500

struct request {
	unsigned int slot;
	bool occupied;
	u64 id;
	enum pgdm_finding finding;
	struct pgdm_audit found;
};

struct totals {
	unsigned long mirrors;
	unsigned long entries;
	unsigned long stale;
	unsigned long violations;
	unsigned int on_primary;
};

static void audit_mirror(void *data)
{
	struct pgdm_cache *c = pgdm_cpus_active();
	struct request *r = data;
	struct pgdm_mirror *m;
	struct pgdm_primary *p;
	unsigned long flags;

	r->occupied = false;
	if (!c || r->slot >= c->nr)
		return;
	m = &c->mirror[r->slot];
	/* IRQs are off: the primary outlives this, even if it is dead. */
	p = READ_ONCE(m->primary);
	if (!p)
		return;
	/*
	 * The mirror may be a cached one, of an mm that no CPU has loaded. Then
	 * only the lock keeps the root from being freed while it is read:
	 * pgd_free() takes the same lock first.
	 */
	pgdm_registry_lock(p, &flags);
	if (READ_ONCE(m->primary) == p && !READ_ONCE(p->dead)) {
		r->finding = pgdm_audit_mirror(m, p, m->seen, &r->found);
		r->id = p->id;
		/* Untracked meanwhile: writers do not store into it any more. */
		smp_rmb(); /* what was compared before that */
		r->occupied = READ_ONCE(m->primary) == p && !READ_ONCE(p->dead);
	}
	pgdm_registry_unlock(p, flags);
}

struct walk {
	enum pgdm_place place;
	u64 cr3;
};

static void look_at_cr3(void *data)
{
	struct pgdm_cache *c = pgdm_cpus_active();
	struct walk *w = data;

	w->place = c ? pgdm_steer_place(c) : PGDM_PLACE_OK;
	w->cr3 = __native_read_cr3();
}

/*
 * exec and a call of the firmware set active_mm a moment before they load its root,
 * with IRQs on in between. A CPU that is on a foreign root stays there.
 */
#define FOREIGN_TRIES	5

static void audit_cpu(struct seq_file *seq, unsigned int cpu,
		      struct totals *sum)
{
	struct walk w = {};
	unsigned int tries = 0;

	do {
		if (tries)
			usleep_range(RETRY_US, 2 * RETRY_US);
		if (smp_call_function_single(cpu, look_at_cr3, &w, 1))
			return;
	} while (w.place == PGDM_PLACE_FOREIGN && ++tries < FOREIGN_TRIES);
	switch (w.place) {
	case PGDM_PLACE_OK:
		break;
	case PGDM_PLACE_PRIMARY:
		sum->on_primary++;
		break;
	case PGDM_PLACE_STRANDED:
		sum->violations++;
		seq_printf(seq, "cpu %u CR3 %#llx: a mirror, and not this CPU's to walk\n",
			   cpu, w.cr3);
		break;
	case PGDM_PLACE_FOREIGN:
		sum->violations++;
		seq_printf(seq, "cpu %u CR3 %#llx: neither a mirror nor the active mm's\n",
			   cpu, w.cr3);
		break;
	}
}

static void report(struct seq_file *seq, unsigned int cpu,
		   const struct request *r)
{
	if (r->finding == PGDM_AUDIT_BUSY)
		seq_printf(seq, "cpu %u slot %u id %llu: a write is not published for %u ms\n",
			   cpu, r->slot, r->id, RETRIES * RETRY_US / 1000);
	else
		seq_printf(seq, "cpu %u slot %u id %llu: %u entries differ, first page %u index %u mirror %#llx primary %#llx%s\n",
			   cpu, r->slot, r->id, r->found.violations,
			   r->found.page, r->found.index, r->found.mirror,
			   r->found.primary,
			   r->found.unmarked ? ", not marked" : "");
}

static int audit_slot(struct seq_file *seq, unsigned int cpu,
		      unsigned int slot, struct totals *sum)
{
	struct request r = { .slot = slot };
	unsigned int tries = 0;

	do {
		if (tries)
			usleep_range(RETRY_US, 2 * RETRY_US);
		if (signal_pending(current))
			return -EINTR;
		if (smp_call_function_single(cpu, audit_mirror, &r, 1))
			return 0;
	} while (r.occupied && r.finding == PGDM_AUDIT_BUSY &&
		 ++tries < RETRIES);
	if (!r.occupied)
		return 0;

	sum->mirrors++;
	sum->entries += r.found.entries;
	sum->stale += r.found.stale;
	if (r.finding == PGDM_AUDIT_OK)
		return 0;
	sum->violations += r.finding == PGDM_AUDIT_BUSY ? 1 :
							  r.found.violations;
	report(seq, cpu, &r);
	return 0;
}

/* seq_file starts again with a larger buffer when this one is full. */
static void count_violations(struct seq_file *seq, unsigned long n)
{
	if (seq_has_overflowed(seq))
		return;
	preempt_disable();
	pgdm_stat_add(pgdm_cpus_stats(), PGDM_STAT_violations, n);
	preempt_enable();
}

/**
 * pgdm_debugfs_audit_show() - compare every mirror and print what was found
 * @seq: where to
 * @unused: for seq_file
 *
 * Context: process; sends IPIs, sleeps.
 * Return: 0, or -EINTR.
 */
int pgdm_debugfs_audit_show(struct seq_file *seq, void *unused)
{
	struct totals sum = {};
	unsigned int cpu, slot;
	int ret = 0;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		struct pgdm_cache *c = pgdm_mirrors.caches[cpu];

		audit_cpu(seq, cpu, &sum);
		for (slot = 0; !ret && c && slot < c->nr; slot++)
			ret = audit_slot(seq, cpu, slot, &sum);
	}
	cpus_read_unlock();
	if (ret)
		return ret;
	count_violations(seq, sum.violations);
	seq_printf(seq, "on_primary %u CPUs that should be on their mirrors\n",
		   sum.on_primary);
	seq_printf(seq, "stale %lu entries published and not yet synced\n",
		   sum.stale);
	seq_printf(seq, "audited %lu mirrors, %lu entries, %lu violations\n",
		   sum.mirrors, sum.entries, sum.violations);
	return 0;
}
