// SPDX-License-Identifier: GPL-2.0
/*
 * Requests for cgroups: to track what is in one, and what will come into it.
 *
 * A cgroup stands for the mms of all that is in it. How a process comes into one:
 * cgroups.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "track_cgroup.h"

#include <linux/err.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "bell.h"
#include "cgroups.h"
#include "core/bug.h"
#include "ftrace.h"
#include "hooks.h"
#include "registry.h"
#include "registry_hash.h"
#include "root_life.h"
#include "track_walk.h"

/* What was untracked by name is no stray any more. */
static void forget_excluded(void)
{
	lockdep_assert_held(&pgdm_track_mutex);
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

	mutex_lock(&pgdm_track_mutex);
	pgdm_cgroups_leave_removed();
	if (pgdm_cgroups_any()) {
		ret = pgdm_hooks_arm_flushes();
		if (!ret)
			ret = pgdm_track_walk(&found);
	}
	forget_excluded();
	pgdm_root_fewer();
	mutex_unlock(&pgdm_track_mutex);
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

	lockdep_assert_held(&pgdm_track_mutex);
	if (pgdm_ftrace_is_dead())
		return -ENODEV;
	ret = pgdm_hooks_arm_flushes();
	if (ret)
		return ret;
	if (pgdm_bug(walk_first)) {
		pgdm_track_walk(&found);
		pgdm_bug_hold();
	}
	ret = pgdm_cgroups_follow(cgrp);
	added = !ret;
	if ((!ret || ret == -EEXIST) && !pgdm_bug(walk_first))
		ret = pgdm_track_walk(&found);
	if (ret && added) {
		pgdm_cgroups_leave(cgrp);
		pgdm_track_take_back(last);
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
		pgdm_bug_hold();
	mutex_lock(&pgdm_track_mutex);
	pgdm_cgroups_leave_removed();
	ret = follow(cgrp);
	pgdm_root_fewer();	/* it may be empty */
	mutex_unlock(&pgdm_track_mutex);
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
			n = pgdm_track_note(mms, n, t->mm);
		task_unlock(t);
	}
	rcu_read_unlock();
	return n;
}

static void remove_leaving(struct cgroup *cgrp)
{
	bool all = pgdm_registry_is_all();
	struct mm_struct *mms[PGDM_TRACK_BATCH];
	unsigned int n, i;

	lockdep_assert_held(&pgdm_track_mutex);
	do {
		n = collect_leaving(cgrp, mms, PGDM_TRACK_BATCH);
		for (i = 0; i < n; i++) {
			pgdm_registry_remove(mms[i], all);
			mmdrop(mms[i]);
		}
	} while (n);
	/* Of a process with threads in several cgroups one may have stayed. */
	if (pgdm_cgroups_any() && pgdm_track_walk(&n))
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
	mutex_lock(&pgdm_track_mutex);
	ret = pgdm_cgroups_leave(cgrp);
	if (!ret) {
		remove_leaving(cgrp);
		pgdm_track_no_stray_before_now();
		forget_excluded();
	}
	pgdm_root_fewer();
	mutex_unlock(&pgdm_track_mutex);
	pgdm_cgroups_put(cgrp);
	return ret;
}

/**
 * pgdm_track_cgroup_init() - answer for what comes into cgroups
 *
 * Context: before any hook is in.
 */
void pgdm_track_cgroup_init(void)
{
	pgdm_bell_init(&pgdm_cgroups_entered, NULL, track_entered);
}
