// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to track mms: all, none, one, that of a process.
 *
 * It is address spaces that are tracked, not processes: threads share one,
 * vfork() children use their parent's. A child's address space is tracked
 * from birth when its parent's is, and so is that of the program that a
 * tracked process executes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "track.h"

#include <linux/export.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "bell.h"
#include "cgroups.h"
#include "core/mirrors.h"
#include "ftrace.h"
#include "hooks.h"
#include "kernel_mm.h"
#include "pgd_mirror.h"
#include "probe.h"
#include "registry.h"
#include "registry_hash.h"
#include "root_life.h"
#include "strays.h"
#include "sync_points.h"
#include "track_cgroup.h"
#include "track_walk.h"

#define IDLE_DELAY	(2 * HZ)

/* --- the hooks of flushes ------------------------------------------------ */

/*
 * They are in while something is tracked, see hooks.c. Two falls to zero and a rise
 * within IDLE_DELAY patch no text: short-lived processes come and go.
 *
 * With pgdm_track_mutex held only the hook of births tracks anything new, and only where
 * a parent is tracked. A thread that removes a parent marks it as dead before it
 * lowers the count (a dying mm does not fork any more). So a birth that comes after
 * this function has read zero finds no tracked parent; a birth that had found one
 * before is over, and counted, after a grace period.
 */
static void go_idle(void)
{
	mutex_lock(&pgdm_track_mutex);
	if (!pgdm_registry_is_all() && !pgdm_registry_count()) {
		synchronize_rcu(); /* for pgdm_root_born() */
		if (!pgdm_registry_count())
			pgdm_hooks_disarm_flushes();
	}
	mutex_unlock(&pgdm_track_mutex);
}

/* Nothing is tracked any more; in an interrupt. Each ring starts the delay anew. */
static void put_idle_off(struct pgdm_bell *bell)
{
	pgdm_bell_put_off(bell, IDLE_DELAY);
}

/* --- all, none, one ------------------------------------------------------ */

/**
 * pgdm_track_all() - track every mm, existing and to come
 *
 * Context: process; sleeps.
 * Return: 0, -ENOMEM, -ENODEV when ftrace has died, or the error of a hook: then
 * what was tracked before still is, and nothing else (a child that was born
 * meanwhile is not either, unless it is in a cgroup that is followed).
 */
int pgdm_track_all(void)
{
	unsigned int found;
	bool before;
	u64 last;
	int ret;

	mutex_lock(&pgdm_track_mutex);
	ret = pgdm_hooks_arm_flushes();
	if (ret)
		goto out;
	before = pgdm_registry_is_all();
	last = pgdm_registry_last_id();
	pgdm_registry_set_all(true);
	pgdm_strays_soon();
	ret = pgdm_track_walk(&found);
	if (ret) {
		pgdm_registry_set_all(before);
		pgdm_track_take_back(last);
	}
out:
	mutex_unlock(&pgdm_track_mutex);
	return ret;
}

/**
 * pgdm_track_none() - stop tracking, all mms and those to come
 *
 * Context: process; sleeps.
 */
void pgdm_track_none(void)
{
	mutex_lock(&pgdm_track_mutex);
	pgdm_registry_set_all(false);
	pgdm_cgroups_leave_all();
	pgdm_registry_remove_since(0);
	pgdm_root_fewer();
	mutex_unlock(&pgdm_track_mutex);
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

	mutex_lock(&pgdm_track_mutex);
	ret = pgdm_ftrace_is_dead() ? -ENODEV : pgdm_hooks_arm_flushes();
	if (!ret)
		ret = pgdm_registry_add(mm, pgdm_kernel_mm_last_ctx());
	if (!ret)
		pgdm_track_make_ready();
	else
		pgdm_root_fewer();
	mutex_unlock(&pgdm_track_mutex);
	return ret == -EEXIST ? 0 : ret;
}
EXPORT_SYMBOL_GPL(pgdm_track_mm);

/**
 * pgdm_untrack_mm() - stop tracking an address space
 * @mm: the caller holds a reference
 *
 * Its children stay tracked. An mm that was born before this is no stray afterwards,
 * unless all are tracked: strays are looked for now. Under track=all, and in a cgroup
 * that is followed, its owner is tracked again when it executes another program, and
 * not before.
 *
 * Context: process; sleeps.
 * Return: 0, or -ENOENT when it was not tracked.
 */
int pgdm_untrack_mm(struct mm_struct *mm)
{
	unsigned int found;
	bool all;
	int ret;

	mutex_lock(&pgdm_track_mutex);
	all = pgdm_registry_is_all();
	if (!all && pgdm_registry_count() &&
	    pgdm_probe_missed(&pgdm_probe_birth))
		pgdm_track_walk(&found);
	ret = pgdm_registry_remove(mm, all || pgdm_cgroups_any());
	if (!ret)
		pgdm_track_no_stray_before_now();
	pgdm_root_fewer();
	mutex_unlock(&pgdm_track_mutex);
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
		state->mirrors = pgdm_mirrors_count(&pm->primary);
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

/* --- beginning and end --------------------------------------------------- */

/**
 * pgdm_track_init() - answer for strays and for what comes into cgroups, and when
 * nothing is tracked any more
 *
 * Context: before any hook is in.
 */
void pgdm_track_init(void)
{
	pgdm_strays_init();
	pgdm_track_cgroup_init();
	pgdm_bell_init(&pgdm_root_none_left, put_idle_off, go_idle);
}

/**
 * pgdm_track_exit() - track nothing new, look for no strays
 *
 * The hooks are still in: the hook of pgd_free() takes out what this adds last.
 * Context: may sleep.
 */
void pgdm_track_exit(void)
{
	mutex_lock(&pgdm_track_mutex);
	pgdm_cgroups_leave_all();
	mutex_unlock(&pgdm_track_mutex);
	pgdm_registry_set_all(false);
	pgdm_bell_close(&pgdm_sync_points_stray);
	pgdm_bell_close(&pgdm_root_none_left);
	synchronize_rcu(); /* for switches and deaths that found them open */
	pgdm_bell_sync(&pgdm_cgroups_entered);	/* its tracepoints are unhooked */
	pgdm_bell_sync(&pgdm_sync_points_stray);
	pgdm_bell_sync(&pgdm_root_none_left);
}
