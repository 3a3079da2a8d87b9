/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process an mm is named by, and how files print it.
 */
#ifndef _PGDM_OWNER_H
#define _PGDM_OWNER_H

#include <linux/sched.h>
#include <linux/types.h>

struct mm_struct;
struct seq_file;

/**
 * struct pgdm_owner - the process that stands for an mm
 * @pid: its number in the first PID namespace; 0: not known
 * @comm: its name; empty: not known
 */
struct pgdm_owner {
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

struct task_struct *pgdm_owner_task(const struct mm_struct *mm);
void pgdm_owner_set(struct pgdm_owner *o, struct task_struct *t);
void pgdm_owner_show(struct seq_file *seq, const struct pgdm_owner *o);

#endif
