// SPDX-License-Identifier: GPL-2.0
/*
 * Deciding which mms are tracked: one, many, all.
 *
 * It is address spaces that are tracked, not processes: threads share one,
 * vfork() children use their parent's. A child's address space is tracked
 * from birth when its parent's is, and so is that of the program that a
 * tracked process executes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "track.h"

#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "core/engine.h"
#include "cpus.h"
#include "ftrace.h"
#include "hooks.h"
#include "pgd_mirror.h"
#include "points.h"
#include "registry.h"
#include "symbols.h"

#define BATCH		64	/* mms looked up per walk of the task list */
#define STRAY_DELAY	(HZ / 2)
#define IDLE_DELAY	(2 * HZ)

static DEFINE_MUTEX(track_mutex);
static bool all;		/* track_mutex to write */
static bool ending;		/* the module goes: nothing is queued any more */

/**
 * pgdm_track_is_all() - are newborns tracked whoever their parent is?
 */
bool pgdm_track_is_all(void)
{
	return READ_ONCE(all);
}

/* --- the hooks of flushes ------------------------------------------------ */

/*
 * They are in while something is tracked, see hooks.c. Two falls to zero and a rise
 * within IDLE_DELAY patch no text: short-lived processes come and go.
 *
 * With track_mutex held nobody tracks anything new but births, and these only where
 * a parent is tracked. Who removes a parent marks it as dead before it is not
 * counted any more (a dying one forks no more). So of the births that come after we
 * have read zero none finds a parent; those that had found one before are over,
 * and counted, after a grace period.
 */
static void idle_work(struct work_struct *work)
{
	mutex_lock(&track_mutex);
	if (!all && !pgdm_registry_count()) {
		synchronize_rcu(); /* for pgdm_points_birth() */
		if (!pgdm_registry_count())
			pgdm_hooks_disarm_flushes();
	}
	mutex_unlock(&track_mutex);
}

static DECLARE_DELAYED_WORK(idle_dwork, idle_work);

static void idle_irq_work(struct irq_work *work)
{
	mod_delayed_work(system_wq, &idle_dwork, IDLE_DELAY);
}

static DEFINE_IRQ_WORK(idle_iwork, idle_irq_work);

/**
 * pgdm_track_fewer() - one mm less may be tracked
 *
 * Who removes the last one sees zero here, or a newborn that was entered since.
 *
 * Context: any but NMI; a death may come with locks held.
 */
void pgdm_track_fewer(void)
{
	rcu_read_lock();
	if (!pgdm_registry_count() && !READ_ONCE(ending))
		irq_work_queue(&idle_iwork);
	rcu_read_unlock();
}

/* --- more and fewer ------------------------------------------------------ */

/* A running CPU would go without a mirror until its next switch. */
static void settle(void)
{
	lockdep_assert_held(&track_mutex);
	if (pgdm_registry_settle())
		on_each_cpu(pgdm_points_adopt, NULL, 1);
}

/* Collects mms that are not tracked, each with a reference. */
static unsigned int collect(struct mm_struct **mms, unsigned int max)
{
	struct task_struct *p, *t;
	unsigned int n = 0, i;

	rcu_read_lock();
	for_each_process_thread(p, t) {
		struct mm_struct *mm;

		if (n == max)
			break;
		task_lock(t);
		mm = t->flags & PF_KTHREAD ? NULL : t->mm;
		for (i = 0; mm && i < n; i++)
			if (mms[i] == mm)
				mm = NULL;
		if (mm && !pgdm_registry_find((unsigned long)mm->pgd) &&
		    !pgdm_symbols_is_kernel_mm(mm)) {
			mmgrab(mm);
			mms[n++] = mm;
		}
		task_unlock(t);
	}
	rcu_read_unlock();
	return n;
}

static int add_existing(void)
{
	struct mm_struct *mms[BATCH];
	unsigned int n, i;
	int ret = 0;

	lockdep_assert_held(&track_mutex);
	if (pgdm_ftrace_is_dead())
		return -ENODEV;
	do {
		n = collect(mms, BATCH);
		for (i = 0; i < n; i++) {
			if (!ret)
				ret = pgdm_registry_add(mms[i]);
			if (ret == -EEXIST)
				ret = 0;
			mmdrop(mms[i]);
		}
	} while (n && !ret);
	settle();
	return ret;
}

/**
 * pgdm_track_all() - track every mm, existing and to come
 *
 * Context: process; sleeps.
 * Return: 0, -ENOMEM, -ENODEV when ftrace has died, or the error of a hook: then
 * what was tracked before still is, and nothing else (a child that was born
 * meanwhile is not either).
 */
int pgdm_track_all(void)
{
	bool before;
	u64 last;
	int ret;

	mutex_lock(&track_mutex);
	ret = pgdm_hooks_arm_flushes();
	if (ret)
		goto out;
	before = all;
	last = pgdm_registry_last_id();
	WRITE_ONCE(all, true);
	ret = add_existing();
	if (ret) {
		WRITE_ONCE(all, before);
		pgdm_registry_remove_since(last);
		/* That sent every CPU back; those of the others go on. */
		on_each_cpu(pgdm_points_adopt, NULL, 1);
		pgdm_track_fewer();
	}
out:
	mutex_unlock(&track_mutex);
	return ret;
}

/**
 * pgdm_track_none() - stop tracking, all mms and those to come
 *
 * Context: process; sleeps.
 */
void pgdm_track_none(void)
{
	mutex_lock(&track_mutex);
	WRITE_ONCE(all, false);
	pgdm_registry_remove_since(0);
	pgdm_track_fewer();
	mutex_unlock(&track_mutex);
}

/**
 * pgdm_track_mm() - track an address space
 * @mm: the caller holds a reference (mmget() or mmgrab())
 *
 * When this returns, each CPU that runs @mm has a mirror of it, unless all its
 * mirrors were busy.
 *
 * Context: process; sleeps for a grace period of RCU tasks.
 * Return: 0, also when it was tracked already, -EINVAL for one of the
 * kernel's own address spaces, -ENOMEM, -ENODEV when ftrace has died, or the error
 * of a hook.
 */
int pgdm_track_mm(struct mm_struct *mm)
{
	int ret;

	mutex_lock(&track_mutex);
	ret = pgdm_ftrace_is_dead() ? -ENODEV : pgdm_hooks_arm_flushes();
	if (!ret)
		ret = pgdm_registry_add(mm);
	if (!ret)
		settle();
	else
		pgdm_track_fewer();
	mutex_unlock(&track_mutex);
	return ret == -EEXIST ? 0 : ret;
}
EXPORT_SYMBOL_GPL(pgdm_track_mm);

/**
 * pgdm_untrack_mm() - stop tracking an address space
 * @mm: the caller holds a reference
 *
 * Its children stay tracked. Under track=all its owner is tracked again when
 * it executes another program, and not before.
 *
 * Context: process; sleeps.
 * Return: 0, or -ENOENT when it was not tracked.
 */
int pgdm_untrack_mm(struct mm_struct *mm)
{
	int ret;

	mutex_lock(&track_mutex);
	ret = pgdm_registry_remove(mm, all);
	pgdm_track_fewer();
	mutex_unlock(&track_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(pgdm_untrack_mm);

/**
 * pgdm_read_mm() - read the state of a tracked mm
 * @mm: the caller holds a reference
 * @state: filled in
 *
 * Context: any but NMI.
 * Return: 0, or -ENOENT when it is not tracked.
 */
int pgdm_read_mm(struct mm_struct *mm, struct pgdm_mm_state *state)
{
	struct pgdm_mm *pm;

	rcu_read_lock();
	pm = pgdm_registry_find((unsigned long)mm->pgd);
	if (pm && READ_ONCE(pm->primary.dead))
		pm = NULL;
	if (pm) {
		state->id = pm->primary.id;
		state->seq = pgdm_primary_seq(&pm->primary);
		state->kernel_seq = atomic64_read(&pm->primary.kernel_seq);
		state->mirrors = pgdm_engine_count(&pm->primary);
	}
	rcu_read_unlock();
	return pm ? 0 : -ENOENT;
}
EXPORT_SYMBOL_GPL(pgdm_read_mm);

/* -ESRCH: gone, or a zombie; -EINVAL: a kernel thread. */
static int find_mm(pid_t nr, struct mm_struct **mm)
{
	struct task_struct *task;
	struct pid *pid = find_get_pid(nr);
	int ret = -ESRCH;

	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (!task)
		return -ESRCH;
	task_lock(task);
	if (task->flags & PF_KTHREAD) {
		ret = -EINVAL;
	} else if (task->mm) {
		*mm = task->mm;
		mmgrab(*mm);
		ret = 0;
	}
	task_unlock(task);
	put_task_struct(task);
	return ret;
}

/**
 * pgdm_track_pid() - track the address space of a process
 * @nr: its number, as the caller sees it
 *
 * Context: process; sleeps.
 * Return: 0, -ESRCH when there is no such process or it is a zombie, -EINVAL
 * for a kernel thread, -ENOMEM, -ENODEV when ftrace has died.
 */
int pgdm_track_pid(pid_t nr)
{
	struct mm_struct *mm;
	int ret = find_mm(nr, &mm);

	if (ret)
		return ret;
	ret = pgdm_track_mm(mm);
	mmdrop(mm);
	return ret;
}

/**
 * pgdm_untrack_pid() - stop tracking the address space of a process
 * @nr: its number, as the caller sees it
 *
 * Context: process; sleeps.
 * Return: 0, -ESRCH and -EINVAL as above, -ENOENT when it was not tracked.
 */
int pgdm_untrack_pid(pid_t nr)
{
	struct mm_struct *mm;
	int ret = find_mm(nr, &mm);

	if (ret)
		return ret;
	ret = pgdm_untrack_mm(mm);
	mmdrop(mm);
	return ret;
}

/* --- strays -------------------------------------------------------------- */

/*
 * Under track=all a CPU has loaded a root that nobody knows: its mm was born
 * before the hook, or without memory, and its task was not on the list yet
 * when the list was walked. Walk it again, soon. The switch itself holds a
 * run queue's lock and can only ask for that.
 */
static void stray_work(struct work_struct *work)
{
	mutex_lock(&track_mutex);
	if (all && add_existing())
		pr_warn_ratelimited("track: no memory for a stray mm, it stays native\n");
	mutex_unlock(&track_mutex);
}

static DECLARE_DELAYED_WORK(stray_dwork, stray_work);

static void stray_irq_work(struct irq_work *work)
{
	schedule_delayed_work(&stray_dwork, STRAY_DELAY);
}

static DEFINE_IRQ_WORK(stray_iwork, stray_irq_work);

/**
 * pgdm_track_stray() - a root was loaded that is not tracked
 *
 * Context: any but NMI, IRQs off, locks held.
 */
void pgdm_track_stray(void)
{
	if (pgdm_track_is_all())
		irq_work_queue(&stray_iwork);
}

/**
 * pgdm_track_exit() - track nothing new, look for no strays
 *
 * The hooks are still in: what this adds last, pgd_free() still takes out.
 * Context: may sleep.
 */
void pgdm_track_exit(void)
{
	WRITE_ONCE(all, false);
	WRITE_ONCE(ending, true);
	synchronize_rcu(); /* for switches and deaths that saw it otherwise */
	irq_work_sync(&stray_iwork);
	cancel_delayed_work_sync(&stray_dwork);
	irq_work_sync(&idle_iwork);
	cancel_delayed_work_sync(&idle_dwork);
}
