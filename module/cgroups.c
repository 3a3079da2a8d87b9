// SPDX-License-Identifier: GPL-2.0
/*
 * Which cgroups are followed, and when a process comes into one.
 *
 * Those of version 2, each with all cgroups below it.
 *
 * DOC: how a process comes into a followed cgroup
 *
 * Its parent is in it, and tracked: the child's root is entered at its birth, and so is
 * that of a program which it executes (root_life.c). All other ways end at one of the
 * kernel's tracepoints, which are hooked while a cgroup is followed:
 *
 *	it is moved				cgroup_attach_task
 *	it is forked: by a parent that is not	sched_process_fork
 *	tracked, or into it (CLONE_INTO_CGROUP)
 *	it has executed a program, and was	sched_process_exec
 *	using an mm that is not tracked (vfork)
 *
 * They ring, as locks are held there, and track_walk.c walks the task list. Until it has done
 * so the process runs untracked.
 *
 * No process is forgotten that comes while a cgroup begins to be followed:
 *
 *	the request				the kernel
 *	cgroup on the list, tracepoints hooked	moves, forks or executes
 *	grace period of RCU			comes to the tracepoint
 *	the task list is walked
 *
 * If the tracepoint finds the probe, and the probe finds the cgroup, it rings. If not, the
 * walk finds the process where it has come to. A tracepoint that others have enabled, or a
 * probe, is an RCU reader: it began before the grace period, which waits for it and for
 * all that its CPU stored before. In a tracepoint that was off there is no reader: its
 * text is patched with an interrupt on each CPU, with the same effect.
 *
 * A cgroup that is removed clears its flag, then comes to its tracepoint. After the same
 * grace period the request looks at the flag: a removal that came to its tracepoint too early
 * to find the cgroup on the list had cleared it before; any other one rings.
 *
 * A process that leaves a cgroup stays tracked, and so do its children.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "cgroups.h"

#include <linux/cgroup.h>
#include <linux/mm_types.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "core/bug.h"
#include "inject.h"
#include "registry_hash.h"
#include "symbols.h"

struct pgdm_bell pgdm_cgroups_entered;

/**
 * struct followed - a cgroup that is followed
 * @node: in the list; the caller's lock to change, RCU to walk
 * @cgrp: the cgroup, of which a reference is held until a grace period after it has
 *	left the list
 */
struct followed {
	struct list_head node;
	struct cgroup *cgrp;
};

static LIST_HEAD(list);

/* --- the tracepoints ------------------------------------------------------ */

static bool is_below_one(struct cgroup *cgrp)
{
	const struct followed *f;

	list_for_each_entry_rcu(f, &list, node)
		if (pgdm_bug(only_itself) ? cgrp == f->cgrp :
					    cgroup_is_descendant(cgrp, f->cgrp))
			return true;
	return false;
}

static bool is_native(const struct mm_struct *mm)
{
	return mm && !pgdm_registry_find((unsigned long)mm->pgd);
}

/* IRQs off, and locks of cgroups held. */
static void attach_probe(void *unused, struct cgroup *to, const char *path,
			 struct task_struct *t, bool threadgroup)
{
	rcu_read_lock();
	if (is_below_one(to))
		pgdm_bell_ring(&pgdm_cgroups_entered);
	rcu_read_unlock();
}

static void remove_probe(void *unused, struct cgroup *cgrp, const char *path)
{
	rcu_read_lock();
	if (is_below_one(cgrp))
		pgdm_bell_ring(&pgdm_cgroups_entered);
	rcu_read_unlock();
}

/* The child has not run yet, so that its mm stays. */
static void fork_probe(void *unused, struct task_struct *parent,
		       struct task_struct *child)
{
	rcu_read_lock();
	if (is_native(child->mm) && pgdm_cgroups_have(child))
		pgdm_bell_ring(&pgdm_cgroups_entered);
	rcu_read_unlock();
}

static void exec_probe(void *unused, struct task_struct *t, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	rcu_read_lock();
	if (is_native(t->mm) && pgdm_cgroups_have(t))
		pgdm_bell_ring(&pgdm_cgroups_entered);
	rcu_read_unlock();
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;	/* hooked; NULL: not */
} hooks[] = {
	{ "cgroup_attach_task", attach_probe },
	{ "cgroup_rmdir", remove_probe },
	{ "sched_process_fork", fork_probe },
	{ "sched_process_exec", exec_probe },
};

/* When this returns no probe runs. */
static void unhook(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (hooks[i].tp)
			tracepoint_probe_unregister(hooks[i].tp, hooks[i].probe, NULL);
		hooks[i].tp = NULL;
	}
	tracepoint_synchronize_unregister();
}

static int hook_one(unsigned int i)
{
	struct tracepoint *tp = NULL;
	int ret;

	if (!pgdm_inject_hidden(hooks[i].name))
		tp = pgdm_symbols_tracepoint(hooks[i].name);
	if (!tp) {
		pr_warn_ratelimited("track: cgroups cannot be followed, the kernel lacks the tracepoint %s\n",
				    hooks[i].name);
		return -EOPNOTSUPP;
	}
	ret = tracepoint_probe_register(tp, hooks[i].probe, NULL);
	if (!ret)
		hooks[i].tp = tp;
	return ret;
}

static int hook_all(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(hooks) && !ret; i++)
		ret = hook_one(i);
	if (ret)
		unhook();
	return ret;
}

/* --- the list ------------------------------------------------------------- */

/* The caller waits for a grace period before it calls this. */
static void end(struct followed *f)
{
	cgroup_put(f->cgrp);
	kfree(f);
}

static bool is_removed(const struct cgroup *cgrp)
{
	return !(READ_ONCE(cgrp->self.flags) & CSS_ONLINE);
}

static struct followed *find(const struct cgroup *cgrp)
{
	struct followed *f;

	list_for_each_entry(f, &list, node)
		if (f->cgrp == cgrp)
			return f;
	return NULL;
}

static void take_out(struct followed *f)
{
	list_del_rcu(&f->node);
	synchronize_rcu(); /* for is_below_one() */
	end(f);
	if (list_empty(&list))
		unhook();
}

/**
 * pgdm_cgroups_get() - look a cgroup up by its path
 * @path: from the root that the caller sees, as /proc/PID/cgroup has it: "/" or "/a/b"
 *
 * Context: process; sleeps.
 * Return: the cgroup, for pgdm_cgroups_put(); or as an error pointer -EINVAL for what
 * is no path of a cgroup, -ENOENT where there is none of that path, -EOPNOTSUPP in a
 * kernel without cgroups.
 */
struct cgroup *pgdm_cgroups_get(const char *path)
{
	struct cgroup *cgrp;

	if (*path != '/')
		return ERR_PTR(-EINVAL);
	cgrp = cgroup_get_from_path(path);
	/* A file of a cgroup. */
	return cgrp == ERR_PTR(-ENOTDIR) ? ERR_PTR(-EINVAL) : cgrp;
}

/**
 * pgdm_cgroups_put() - give back what pgdm_cgroups_get() has returned
 * @cgrp: the cgroup
 */
void pgdm_cgroups_put(struct cgroup *cgrp)
{
	cgroup_put(cgrp);
}

/**
 * pgdm_cgroups_follow() - from now on, notice what comes into a cgroup
 * @cgrp: the caller holds a reference
 *
 * What is in it already, the caller looks for after this.
 *
 * Context: process; sleeps. One caller at a time, also of the functions below.
 * Return: 0, -EEXIST when it is followed, -ENOENT when it was removed meanwhile, -ENOMEM,
 * -EOPNOTSUPP when the kernel lacks a tracepoint; its name was logged.
 */
int pgdm_cgroups_follow(struct cgroup *cgrp)
{
	bool first = list_empty(&list);
	struct followed *f = NULL;
	int ret;

	if (find(cgrp))
		return -EEXIST;
	if (!pgdm_inject_failure())
		f = kmalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	cgroup_get(cgrp);
	f->cgrp = cgrp;
	list_add_tail_rcu(&f->node, &list);
	ret = first ? hook_all() : 0;
	if (!ret) {
		synchronize_rcu(); /* for the probes, see the top */
		if (is_removed(cgrp))
			ret = -ENOENT;
	}
	if (ret)
		take_out(f);
	return ret;
}

/**
 * pgdm_cgroups_leave() - do not follow a cgroup any more
 * @cgrp: the cgroup
 *
 * Context: process; sleeps.
 * Return: 0, or -ENOENT when it was not followed.
 */
int pgdm_cgroups_leave(const struct cgroup *cgrp)
{
	struct followed *f = find(cgrp);

	if (!f)
		return -ENOENT;
	take_out(f);
	return 0;
}

/**
 * pgdm_cgroups_leave_removed() - do not follow those that were removed
 *
 * No process can come into them. One that is made with the same name is another one.
 *
 * Context: process; sleeps.
 */
void pgdm_cgroups_leave_removed(void)
{
	struct followed *f, *next;

	list_for_each_entry_safe(f, next, &list, node)
		if (is_removed(f->cgrp) && !pgdm_bug(keep_removed))
			take_out(f);
}

/**
 * pgdm_cgroups_leave_all() - follow none any more
 *
 * Context: process; sleeps.
 */
void pgdm_cgroups_leave_all(void)
{
	struct followed *f, *next;

	list_for_each_entry_safe(f, next, &list, node)
		take_out(f);
}

/**
 * pgdm_cgroups_any() - is any cgroup followed?
 */
bool pgdm_cgroups_any(void)
{
	return !list_empty(&list);
}

/**
 * pgdm_cgroups_have() - is a task in a followed cgroup?
 * @t: the task
 *
 * Context: RCU read side, any context but NMI.
 */
bool pgdm_cgroups_have(struct task_struct *t)
{
	return is_below_one(task_css_set(t)->dfl_cgrp);
}

/**
 * pgdm_cgroups_is_in() - is a task in a cgroup, or in one below it?
 * @t: the task
 * @cgrp: the caller holds a reference
 *
 * Context: RCU read side.
 */
bool pgdm_cgroups_is_in(struct task_struct *t, struct cgroup *cgrp)
{
	return task_under_cgroup_hierarchy(t, cgrp);
}

/**
 * pgdm_cgroups_show() - print a line for each followed cgroup
 * @seq: where to
 *
 * Paths are from the root of all cgroups, whatever the reader's namespace.
 *
 * Context: process; sleeps.
 * Return: 0 or -ENOMEM.
 */
int pgdm_cgroups_show(struct seq_file *seq)
{
	const struct followed *f;
	char *path;

	path = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	rcu_read_lock();
	list_for_each_entry_rcu(f, &list, node) {
		cgroup_path(f->cgrp, path, PATH_MAX);
		seq_printf(seq, "cgroup %s\n", path);
	}
	rcu_read_unlock();
	kfree(path);
	return 0;
}
