// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs: the file cr3, which mm and which mirror each CPU's CR3 stands for.
 *
 * Debuggers and introspection tools take CR3 for a process's name. With live mirrors one
 * mm has as many roots as CPUs have mirrors of it, so that they need a map.
 *
 * DOC: why the answer is right
 *
 * Each CPU answers for itself, in an interrupt (L1: what a CPU walks is read from its own
 * CR3). While it answers
 *
 * - its CR3 stays, as switches and sync points have IRQs off;
 * - the mirrors in its cache keep their primaries if CR3 leads to them: one that is
 *   untracked gives its mirrors up only after an IPI that this CPU has still to take (L2);
 * - memory of primaries stays: with IRQs off the CPU is an RCU reader;
 * - the mm of a tracked root is looked at under the lock of the registry's bucket, with
 *   the root still in the hash: pgd_free() takes both away first. The mm may have no
 *   process left, and is kept by nothing here;
 * - the mm of an untracked root is current->active_mm, if that has this root: the CPU
 *   itself holds it, as a user or lazily. Where it has another root (exec and calls of the
 *   firmware set active_mm a moment earlier or later) the mm is not known;
 * - tasks are freed after a grace period of RCU; an mm that ends clears its owner first.
 *
 * An interrupt from user mode has left the user's table of a PTI pair already.
 *
 * The lines are not of one moment: a CPU may switch while another answers.
 */
#include "debugfs_cr3.h"

#include <linux/cpu.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/processor.h>
#include <asm/special_insns.h>

#include "core/bug.h"
#include "core/primary.h"
#include "cpus.h"
#include "kernel_mm.h"
#include "owner.h"
#include "registry_hash.h"

enum place {
	ON_MIRROR,
	ON_PRIMARY,
	ON_UNTRACKED,
	ON_KERNEL,
};

static const char *const place_name[] = {
	[ON_PRIMARY]	= "primary",
	[ON_UNTRACKED]	= "untracked",
	[ON_KERNEL]	= "kernel",
};

/**
 * struct answer - what a CPU says of its CR3
 * @cr3: all of it
 * @place: what it leads to
 * @slot: which mirror; for ON_MIRROR
 * @id: of the tracked mm; 0: it is not tracked
 * @root: virtual address of the mm's own root; 0: not known
 * @mm: the mm, only to be printed; 0: not known
 * @owner: a process of it
 */
struct answer {
	u64 cr3;
	enum place place;
	unsigned int slot;
	u64 id;
	unsigned long root;
	unsigned long mm;
	struct pgdm_owner owner;
};

/*
 * The running process, if it has the mm: several may share it. A kernel thread that has
 * taken it (kthread_use_mm()) or keeps it lazily does not own it.
 */
static void name_mm(struct answer *a, const struct mm_struct *mm)
{
	struct task_struct *t = current;

	if (!pgdm_bug(name_current) && (t->mm != mm || (t->flags & PF_KTHREAD)))
		t = pgdm_owner_task(mm);
	a->mm = (unsigned long)mm;
	pgdm_owner_set(&a->owner, t);
}

static void name_tracked(struct answer *a, const struct pgdm_primary *p)
{
	struct pgdm_mm *pm;
	unsigned long flags;

	a->id = p->id;
	a->root = (unsigned long)p->page[PGDM_KERNEL_PAGE];
	pgdm_registry_lock(p, &flags);
	pm = pgdm_registry_find(a->root);
	if (pm && &pm->primary == p)
		name_mm(a, pm->mm);
	pgdm_registry_unlock(p, flags);
}

/* Whichever mirror it is, loaded or not: the audit judges that. */
static bool find_mirror(struct answer *a, u64 phys)
{
	const struct pgdm_cache *c = pgdm_cpus_active();
	const struct pgdm_primary *p;

	if (pgdm_bug(noted_mirror) && c && c->loaded)
		phys = c->loaded->phys;
	for (a->slot = 0; c && a->slot < c->nr; a->slot++) {
		if (c->mirror[a->slot].phys != phys)
			continue;
		a->place = ON_MIRROR;
		p = READ_ONCE(c->mirror[a->slot].primary);
		if (p)
			name_tracked(a, p);
		return true;
	}
	return false;
}

static void answer(void *data)
{
	struct answer *a = data;
	u64 phys = read_cr3_pa();
	struct pgdm_mm *pm;

	memset(a, 0, sizeof(*a));
	a->cr3 = __native_read_cr3();
	rcu_read_lock();
	if (find_mirror(a, phys))
		goto out;
	a->root = (unsigned long)__va(phys);
	pm = pgdm_registry_find_tracked(a->root);
	if (pm) {
		a->place = ON_PRIMARY;
		name_tracked(a, &pm->primary);
	} else if (pgdm_kernel_mm_is_root(a->root)) {
		a->place = ON_KERNEL;
	} else {
		a->place = ON_UNTRACKED;
		if (__pa(current->active_mm->pgd) == phys)
			name_mm(a, current->active_mm);
	}
out:
	rcu_read_unlock();
}

static void print(struct seq_file *seq, unsigned int cpu, const struct answer *a)
{
	seq_printf(seq, "cpu %u cr3 %016llx mirror ", cpu, a->cr3);
	if (a->place == ON_MIRROR)
		seq_printf(seq, "%u", a->slot);
	else
		seq_puts(seq, place_name[a->place]);
	seq_printf(seq, " id %llu mm %016lx root %016lx ", a->id, a->mm, a->root);
	pgdm_owner_show(seq, &a->owner);
	seq_putc(seq, '\n');
}

/**
 * pgdm_debugfs_cr3_show() - print a line for each CPU
 * @seq: where to
 * @unused: for seq_file
 *
 * Context: process; sends IPIs, waits for CPUs that come or go.
 * Return: 0.
 */
int pgdm_debugfs_cr3_show(struct seq_file *seq, void *unused)
{
	struct answer a;
	unsigned int cpu;

	cpus_read_lock();
	for_each_present_cpu(cpu) {
		if (smp_call_function_single(cpu, answer, &a, 1))
			seq_printf(seq, "cpu %u offline\n", cpu);
		else
			print(seq, cpu, &a);
	}
	cpus_read_unlock();
	return 0;
}
