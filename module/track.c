// SPDX-License-Identifier: GPL-2.0
/*
 * Deciding which mms are tracked: one, many, all, by request; strays; and cgroups. Which of
 * those that are born is: root_life.c. Which never are: kernel_mm.c.
 *
 * It is address spaces that are tracked, not processes: threads share one,
 * vfork() children use their parent's. A child's address space is tracked
 * from birth when its parent's is, and so is that of the program that a
 * tracked process executes. A cgroup stands for the mms of all that is in it, and of
 * all that comes into it (cgroups.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "track.h"

#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

#include "agree.h"
#include "bell.h"
#include "cgroups.h"
#include "core/bug.h"
#include "core/mirrors.h"
#include "ftrace.h"
#include "hooks.h"
#include "kernel_mm.h"
#include "pgd_mirror.h"
#include "probe.h"
#include "registry.h"
#include "root_life.h"
#include "sync_points.h"

#define BATCH		64	/* mms looked up per walk of the task list */
#define STRAY_DELAY	(HZ / 2)
#define STRAY_DELAY_MAX	(64 * HZ)
#define IDLE_DELAY	(2 * HZ)

static DEFINE_MUTEX(track_mutex);
static u64 no_stray_before;	/* track_mutex: a context.ctx_id */

/* --- the hooks of flushes ------------------------------------------------ */

/*
 * They are in while something is tracked, see hooks.c. Two falls to zero and a rise
 * within IDLE_DELAY patch no text: short-lived processes come and go.
 *
 * With track_mutex held only the hook of births tracks anything new, and only where
 * a parent is tracked. A thread that removes a parent marks it as dead before it
 * lowers the count (a dying mm does not fork any more). So a birth that comes after
 * this function has read zero finds no tracked parent; a birth that had found one
 * before is over, and counted, after a grace period.
 */
static void go_idle(void)
{
	mutex_lock(&track_mutex);
	if (!pgdm_registry_is_all() && !pgdm_registry_count()) {
		synchronize_rcu(); /* for pgdm_root_born() */
		if (!pgdm_registry_count())
			pgdm_hooks_disarm_flushes();
	}
	mutex_unlock(&track_mutex);
}

/* Nothing is tracked any more; in an interrupt. Each ring starts the delay anew. */
static void put_idle_off(struct pgdm_bell *bell)
{
	pgdm_bell_put_off(bell, IDLE_DELAY);
}

/* --- more and fewer ------------------------------------------------------ */

/* A running CPU would go without a mirror until its next switch. */
static void make_ready(void)
{
	lockdep_assert_held(&track_mutex);
	pgdm_agree_wait_and_compare();
	if (pgdm_registry_make_ready())
		on_each_cpu(pgdm_sync_points_adopt, NULL, 1);
}

/*
 * An mm of @t that was born after this (context.ctx_id) is to be tracked: under
 * track=all and in a followed cgroup each, else what was born while the parent's was
 * tracked.
 */
static u64 tracked_from(struct task_struct *t)
{
	struct task_struct *parent = rcu_dereference(t->real_parent);
	const struct pgdm_mm *pm = NULL;
	u64 from = U64_MAX;

	lockdep_assert_held(&track_mutex);
	if (pgdm_registry_is_all() || pgdm_cgroups_have(t))
		return 0;
	task_lock(parent);
	if (parent->mm)
		pm = pgdm_registry_find((unsigned long)parent->mm->pgd);
	if (pm && !READ_ONCE(pm->primary.dead))
		from = max(pm->since, no_stray_before);
	task_unlock(parent);
	return from;
}

/* A kernel thread may be the only thread that still uses an mm. */
static struct mm_struct *mm_of(const struct task_struct *t)
{
	return pgdm_bug(skip_kthreads) && (t->flags & PF_KTHREAD) ? NULL : t->mm;
}

/* Takes a reference, and returns how many there are then. */
static unsigned int add_once(struct mm_struct **mms, unsigned int n,
			     struct mm_struct *mm)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (mms[i] == mm)
			return n;
	mmgrab(mm);
	mms[n] = mm;
	return n + 1;
}

/*
 * Such an mm should have been tracked all the time, and so should its children; but one
 * that came into a cgroup may have children that did not.
 */
static u64 since_when(struct task_struct *t, const struct mm_struct *mm)
{
	return !pgdm_registry_is_all() && pgdm_cgroups_have(t) ?
		pgdm_kernel_mm_last_ctx() : mm->context.ctx_id;
}

/*
 * Collects mms that are to be tracked and are not, each with a reference, and from when
 * on their children are. The task's lock is what kthread_use_mm() and exec() take to
 * change its mm.
 */
static unsigned int collect(struct mm_struct **mms, u64 *since, unsigned int max)
{
	struct task_struct *p, *t;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(p, t) {
		u64 from = tracked_from(t);
		struct mm_struct *mm;

		if (n == max)
			break;
		task_lock(t);
		mm = mm_of(t);
		if (mm && mm->context.ctx_id > from &&
		    !pgdm_registry_find((unsigned long)mm->pgd) &&
		    !pgdm_kernel_mm_is_one(mm)) {
			since[n] = since_when(t, mm);
			n = add_once(mms, n, mm);
		}
		task_unlock(t);
	}
	rcu_read_unlock();
	return n;
}

/* @found: how many were tracked. */
static int add_existing(unsigned int *found)
{
	struct mm_struct *mms[BATCH];
	u64 since[BATCH];
	unsigned int n, i;
	int ret = 0;

	lockdep_assert_held(&track_mutex);
	if (pgdm_bug(hold_walk))
		pgdm_bug_pause();
	*found = 0;
	if (pgdm_ftrace_is_dead())
		return -ENODEV;
	do {
		n = collect(mms, since, BATCH);
		for (i = 0; i < n; i++) {
			if (!ret) {
				ret = pgdm_registry_add(mms[i], since[i]);
				*found += !ret;
			}
			if (ret == -EEXIST)
				ret = 0;
			mmdrop(mms[i]);
		}
	} while (n && !ret);
	if (*found)
		make_ready();
	return ret;
}

/* --- strays -------------------------------------------------------------- */

/*
 * A CPU has loaded a root that is not in the registry, and may belong there. Under
 * track=all its mm was born before the hook was in, or there was no memory for an
 * entry, or the probe missed its birth (more tasks were asleep in pgd_alloc() than it
 * can follow), and its task was not on the list yet when the list was walked. Without
 * track=all the probe missed a birth of a tracked parent, perhaps this one. So the
 * list is walked again soon. The switch itself holds a run queue's lock and can only
 * ring for that.
 *
 * A walk that finds nothing makes the next one wait twice as long. The next one comes
 * soon again after a birth that was not entered, and after track=all.
 *
 * A walk does not find the children of a parent that has ended, or has executed
 * another program, meanwhile; nor a process that executes a program itself and has no
 * tracked parent.
 */
static unsigned long stray_delay = STRAY_DELAY;
static unsigned long stray_walks;	/* track_mutex to write */

static void walk_for_strays(void)
{
	unsigned int found = 0;

	mutex_lock(&track_mutex);
	if ((pgdm_registry_is_all() || pgdm_registry_count()) &&
	    add_existing(&found))
		pr_warn_ratelimited("track: no memory for a stray mm, it stays native\n");
	WRITE_ONCE(stray_delay, found ? STRAY_DELAY :
		   min_t(unsigned long, 2 * stray_delay, STRAY_DELAY_MAX));
	WRITE_ONCE(stray_walks, stray_walks + 1);
	mutex_unlock(&track_mutex);
}

/* In an interrupt; bell->seen is the number of births not entered, last time. */
static void put_walk_off(struct pgdm_bell *bell)
{
	unsigned long births = pgdm_registry_native_births();

	if (births != READ_ONCE(bell->seen)) {
		WRITE_ONCE(bell->seen, births);
		/* Only once, or births without end would put the walk off. */
		if (READ_ONCE(stray_delay) != STRAY_DELAY) {
			WRITE_ONCE(stray_delay, STRAY_DELAY);
			pgdm_bell_put_off(bell, STRAY_DELAY);
		}
	}
	pgdm_bell_answer_in(bell, READ_ONCE(stray_delay));
}

/**
 * pgdm_track_walks() - how often the task list was walked for strays
 */
unsigned long pgdm_track_walks(void)
{
	return READ_ONCE(stray_walks);
}

/* --- all, none, one ------------------------------------------------------ */

/*
 * A request has failed half-way: what was entered after @last is not tracked. A child that
 * was born meanwhile in a cgroup that is followed is among that, and is looked for again.
 */
static void take_back(u64 last)
{
	lockdep_assert_held(&track_mutex);
	pgdm_registry_remove_since(last);
	/* That put all CPUs on primaries: mms still tracked load mirrors. */
	on_each_cpu(pgdm_sync_points_adopt, NULL, 1);
	pgdm_root_fewer();
	if (pgdm_cgroups_any())
		pgdm_bell_ring(&pgdm_cgroups_entered);
}

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

	mutex_lock(&track_mutex);
	ret = pgdm_hooks_arm_flushes();
	if (ret)
		goto out;
	before = pgdm_registry_is_all();
	last = pgdm_registry_last_id();
	pgdm_registry_set_all(true);
	WRITE_ONCE(stray_delay, STRAY_DELAY);
	ret = add_existing(&found);
	if (ret) {
		pgdm_registry_set_all(before);
		take_back(last);
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
	pgdm_registry_set_all(false);
	pgdm_cgroups_leave_all();
	pgdm_registry_remove_since(0);
	pgdm_root_fewer();
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
		ret = pgdm_registry_add(mm, pgdm_kernel_mm_last_ctx());
	if (!ret)
		make_ready();
	else
		pgdm_root_fewer();
	mutex_unlock(&track_mutex);
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

	mutex_lock(&track_mutex);
	all = pgdm_registry_is_all();
	if (!all && pgdm_registry_count() &&
	    pgdm_probe_missed(&pgdm_probe_birth))
		add_existing(&found);
	ret = pgdm_registry_remove(mm, all || pgdm_cgroups_any());
	if (!ret)
		no_stray_before = pgdm_kernel_mm_last_ctx();
	pgdm_root_fewer();
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

/* --- cgroups -------------------------------------------------------------- */

/* What was untracked by name is no stray any more. */
static void forget_excluded(void)
{
	lockdep_assert_held(&track_mutex);
	if (!pgdm_registry_is_all() && !pgdm_cgroups_any())
		pgdm_registry_forget_excluded();
}

/*
 * Something came into a followed cgroup, or one was removed. There may be no hooks of
 * flushes yet, as a cgroup that is followed may be empty.
 */
static void track_entered(void)
{
	unsigned int found;
	int ret = 0;

	mutex_lock(&track_mutex);
	pgdm_cgroups_leave_removed();
	if (pgdm_cgroups_any()) {
		ret = pgdm_hooks_arm_flushes();
		if (!ret)
			ret = add_existing(&found);
	}
	forget_excluded();
	pgdm_root_fewer();
	mutex_unlock(&track_mutex);
	if (ret)
		pr_warn_ratelimited("track: error %d, what came into a cgroup stays native\n",
				    ret);
}

static int follow(struct cgroup *cgrp)
{
	u64 last = pgdm_registry_last_id();
	unsigned int found;
	bool added;
	int ret;

	lockdep_assert_held(&track_mutex);
	if (pgdm_ftrace_is_dead())
		return -ENODEV;
	ret = pgdm_hooks_arm_flushes();
	if (ret)
		return ret;
	if (pgdm_bug(walk_first)) {
		add_existing(&found);
		pgdm_bug_pause();
	}
	ret = pgdm_cgroups_follow(cgrp);
	added = !ret;
	if ((!ret || ret == -EEXIST) && !pgdm_bug(walk_first))
		ret = add_existing(&found);
	if (ret && added) {
		pgdm_cgroups_leave(cgrp);
		take_back(last);
	}
	return ret;
}

/**
 * pgdm_track_cgroup() - track all that is in a cgroup, and what will come into it
 * @path: of a cgroup of version 2, as /proc/PID/cgroup has it
 *
 * So too for all cgroups below it. How a process comes into one: cgroups.c.
 *
 * Context: process; sleeps.
 * Return: 0, also when it was followed already, the errors of pgdm_cgroups_get(),
 * -ENOMEM, -EOPNOTSUPP when the kernel lacks a tracepoint, -ENODEV when ftrace has died,
 * or the error of a hook: then what was tracked before still is, and nothing else.
 */
int pgdm_track_cgroup(const char *path)
{
	struct cgroup *cgrp = pgdm_cgroups_get(path);
	int ret;

	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	if (pgdm_bug(hold_cgroup))
		pgdm_bug_pause();
	mutex_lock(&track_mutex);
	pgdm_cgroups_leave_removed();
	ret = follow(cgrp);
	pgdm_root_fewer();	/* it may be empty */
	mutex_unlock(&track_mutex);
	pgdm_cgroups_put(cgrp);
	return ret;
}

/* As collect(): mms that are tracked because they are in @cgrp, and in no other one. */
static unsigned int collect_leaving(struct cgroup *cgrp, struct mm_struct **mms,
				    unsigned int max)
{
	struct task_struct *p, *t;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(p, t) {
		const struct pgdm_mm *pm;

		if (n == max)
			break;
		if (!pgdm_cgroups_is_in(t, cgrp) || pgdm_cgroups_have(t))
			continue;
		task_lock(t);
		pm = t->mm ? pgdm_registry_find_tracked((unsigned long)t->mm->pgd) :
			     NULL;
		if (pm && !READ_ONCE(pm->primary.dead))
			n = add_once(mms, n, t->mm);
		task_unlock(t);
	}
	rcu_read_unlock();
	return n;
}

static void remove_leaving(struct cgroup *cgrp)
{
	bool all = pgdm_registry_is_all();
	struct mm_struct *mms[BATCH];
	unsigned int n, i;

	lockdep_assert_held(&track_mutex);
	do {
		n = collect_leaving(cgrp, mms, BATCH);
		for (i = 0; i < n; i++) {
			pgdm_registry_remove(mms[i], all);
			mmdrop(mms[i]);
		}
	} while (n);
	/* Of a process with threads in several cgroups one may have stayed. */
	if (pgdm_cgroups_any() && add_existing(&n))
		pr_warn_ratelimited("track: no memory, an mm of several cgroups stays native\n");
}

/**
 * pgdm_untrack_cgroup() - stop tracking what is in a cgroup, and what comes into it
 * @path: as for pgdm_track_cgroup()
 *
 * What is in another one that is followed too, above or below it, stays tracked. So does
 * what has left the cgroup; and a child that is being forked now, or a program that is
 * being executed, may, as for pgdm_untrack_mm().
 *
 * Context: process; sleeps.
 * Return: 0, the errors of pgdm_cgroups_get(), -ENOENT also when it was not followed.
 */
int pgdm_untrack_cgroup(const char *path)
{
	struct cgroup *cgrp = pgdm_cgroups_get(path);
	int ret;

	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	mutex_lock(&track_mutex);
	ret = pgdm_cgroups_leave(cgrp);
	if (!ret) {
		remove_leaving(cgrp);
		no_stray_before = pgdm_kernel_mm_last_ctx();
		forget_excluded();
	}
	pgdm_root_fewer();
	mutex_unlock(&track_mutex);
	pgdm_cgroups_put(cgrp);
	return ret;
}

/**
 * pgdm_track_init() - answer for strays and for what comes into cgroups, and when
 * nothing is tracked any more
 *
 * Context: before any hook is in.
 */
void pgdm_track_init(void)
{
	pgdm_bell_init(&pgdm_sync_points_stray, put_walk_off, walk_for_strays);
	pgdm_bell_init(&pgdm_cgroups_entered, NULL, track_entered);
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
	mutex_lock(&track_mutex);
	pgdm_cgroups_leave_all();
	mutex_unlock(&track_mutex);
	pgdm_registry_set_all(false);
	pgdm_bell_close(&pgdm_sync_points_stray);
	pgdm_bell_close(&pgdm_root_none_left);
	synchronize_rcu(); /* for switches and deaths that found them open */
	pgdm_bell_sync(&pgdm_cgroups_entered);	/* its tracepoints are unhooked */
	pgdm_bell_sync(&pgdm_sync_points_stray);
	pgdm_bell_sync(&pgdm_root_none_left);
}
