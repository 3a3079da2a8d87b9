// SPDX-License-Identifier: GPL-2.0
/*
 * Which process an mm is named by, and how files print it.
 */
#include "owner.h"

#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/string.h>

/**
 * pgdm_owner_task() - the task that an mm names as its owner
 * @mm: the caller keeps it from being freed
 *
 * A thread of a process that uses the mm. The kernel keeps it where it has memory
 * cgroups, and clears it when the last process leaves the mm.
 *
 * Context: RCU read side; any.
 * Return: the task, until the end of the read side, or NULL.
 */
struct task_struct *pgdm_owner_task(const struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	return rcu_dereference(mm->owner);
#else
	return NULL;
#endif
}

/**
 * pgdm_owner_set() - note the process of a task
 * @o: filled in
 * @t: the task; NULL: not known
 *
 * Context: RCU read side; any.
 */
void pgdm_owner_set(struct pgdm_owner *o, struct task_struct *t)
{
	memset(o, 0, sizeof(*o));
	if (!t)
		return;
	o->pid = task_tgid_nr(t);
	/* The process may be setting it: the last byte is zero at any time. */
	strscpy(o->comm, t->group_leader->comm, sizeof(o->comm));
}

/**
 * pgdm_owner_show() - print "pid N comm NAME"
 * @seq: where to
 * @o: the process
 *
 * A process chooses its name: white space and backslashes in it are printed as octal
 * numbers, so that the name is one word. One that is not known is "-".
 *
 * Context: any.
 */
void pgdm_owner_show(struct seq_file *seq, const struct pgdm_owner *o)
{
	seq_printf(seq, "pid %d comm ", o->pid);
	seq_escape(seq, *o->comm ? o->comm : "-", " \t\n\v\f\r\\");
}
