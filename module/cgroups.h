/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cgroups are followed, and when a process comes into one.
 */
#ifndef _PGDM_CGROUPS_H
#define _PGDM_CGROUPS_H

#include <linux/err.h>
#include <linux/types.h>

#include "bell.h"

struct cgroup;
struct seq_file;
struct task_struct;

/* Rings when one that is not tracked came into a followed cgroup, or one was removed. */
extern struct pgdm_bell pgdm_cgroups_entered;

#ifdef CONFIG_CGROUPS

struct cgroup *pgdm_cgroups_get(const char *path);
void pgdm_cgroups_put(struct cgroup *cgrp);
int pgdm_cgroups_follow(struct cgroup *cgrp);
int pgdm_cgroups_leave(const struct cgroup *cgrp);
void pgdm_cgroups_leave_removed(void);
void pgdm_cgroups_leave_all(void);
bool pgdm_cgroups_any(void);
bool pgdm_cgroups_have(struct task_struct *t);
bool pgdm_cgroups_is_in(struct task_struct *t, struct cgroup *cgrp);
int pgdm_cgroups_show(struct seq_file *seq);

#else

static inline struct cgroup *pgdm_cgroups_get(const char *path)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline void pgdm_cgroups_put(struct cgroup *cgrp)
{
}

static inline int pgdm_cgroups_follow(struct cgroup *cgrp)
{
	return -EOPNOTSUPP;
}

static inline int pgdm_cgroups_leave(const struct cgroup *cgrp)
{
	return -ENOENT;
}

static inline void pgdm_cgroups_leave_removed(void)
{
}

static inline void pgdm_cgroups_leave_all(void)
{
}

static inline bool pgdm_cgroups_any(void)
{
	return false;
}

static inline bool pgdm_cgroups_have(struct task_struct *t)
{
	return false;
}

static inline bool pgdm_cgroups_is_in(struct task_struct *t, struct cgroup *cgrp)
{
	return false;
}

static inline int pgdm_cgroups_show(struct seq_file *seq)
{
	return 0;
}

#endif

#endif
