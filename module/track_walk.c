// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of the task list: which mms are to be tracked and are not.
 *
 * Which of those that are born is: root_life.c. Which never are: kernel_mm.c.
 */
#include "track_walk.h"

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm_types.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

#include "agree.h"
#include "cgroups.h"
#include "core/bug.h"
#include "ftrace.h"
#include "kernel_mm.h"
#include "registry.h"
#include "registry_hash.h"
#include "registry_walk.h"
#include "root_life.h"
#include "sync_points.h"

/* Which mms are tracked, but for births and deaths. */
DEFINE_MUTEX(pgdm_track_mutex);
static u64 no_stray_before;	/* pgdm_track_mutex: a context.ctx_id */

/**
 * pgdm_track_make_ready() - let the CPUs have mirrors of what was entered
 *
 * A running CPU would go without one until its next switch.
 *
 * Context: process; sleeps for a grace period of RCU tasks, pgdm_track_mutex held.
 */
void pgdm_track_make_ready(void)
{
	lockdep_assert_held(&pgdm_track_mutex);
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

	lockdep_assert_held(&pgdm_track_mutex);
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

/**
 * pgdm_track_note() - note an mm once
 * @mms: those that were noted, with room for one more
 * @n: how many
 * @mm: to be noted, with a reference
 *
 * Context: any.
 * Return: how many there are then.
 */
unsigned int pgdm_track_note(struct mm_struct **mms, unsigned int n,
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
			n = pgdm_track_note(mms, n, mm);
		}
		task_unlock(t);
	}
	rcu_read_unlock();
	return n;
}

/**
 * pgdm_track_walk() - track what is to be tracked and is not
 * @found: set to how many mms were tracked
 *
 * Context: process; sleeps, pgdm_track_mutex held.
 * Return: 0, -ENOMEM, or -ENODEV when ftrace has died.
 */
int pgdm_track_walk(unsigned int *found)
{
	struct mm_struct *mms[PGDM_TRACK_BATCH];
	u64 since[PGDM_TRACK_BATCH];
	unsigned int n, i;
	int ret = 0;

	lockdep_assert_held(&pgdm_track_mutex);
	if (pgdm_bug(hold_walk))
		pgdm_bug_hold();
	*found = 0;
	if (pgdm_ftrace_is_dead())
		return -ENODEV;
	do {
		n = collect(mms, since, PGDM_TRACK_BATCH);
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
		pgdm_track_make_ready();
	return ret;
}

/**
 * pgdm_track_take_back() - a request has failed half-way
 * @last: of pgdm_registry_last_id(): what was entered since is not tracked
 *
 * A child that was born meanwhile in a cgroup that is followed is among that, and is
 * looked for again.
 *
 * Context: process; sleeps, pgdm_track_mutex held.
 */
void pgdm_track_take_back(u64 last)
{
	lockdep_assert_held(&pgdm_track_mutex);
	pgdm_registry_remove_since(last);
	/* That put all CPUs on primaries: mms still tracked load mirrors. */
	on_each_cpu(pgdm_sync_points_adopt, NULL, 1);
	pgdm_root_fewer();
	if (pgdm_cgroups_any())
		pgdm_bell_ring(&pgdm_cgroups_entered);
}

/**
 * pgdm_track_no_stray_before_now() - an mm that was born before this is no stray
 *
 * Unless it is to be tracked whatever its parent is: under track=all, and in a cgroup.
 *
 * Context: pgdm_track_mutex held.
 */
void pgdm_track_no_stray_before_now(void)
{
	lockdep_assert_held(&pgdm_track_mutex);
	no_stray_before = pgdm_kernel_mm_last_ctx();
}
