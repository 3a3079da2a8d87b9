// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs: the files that steer, policy, live and track.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "debugfs_control.h"

#include <linux/kstrtox.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "cgroups.h"
#include "core/policies.h"
#include "live.h"
#include "policy_set.h"
#include "registry.h"
#include "registry_walk.h"
#include "steer_cr3.h"
#include "track.h"
#include "track_cgroup.h"

int pgdm_debugfs_policy_show(struct seq_file *seq, void *unused)
{
	const struct pgdm_policy *now = pgdm_policy_now();
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++)
		seq_printf(seq, pgdm_policies[i] == now ? "%s[%s]" : "%s%s",
			   i ? " " : "", pgdm_policies[i]->name);
	seq_putc(seq, '\n');
	return 0;
}

int pgdm_debugfs_policy_write(char *text)
{
	return pgdm_policy_set(text);
}

int pgdm_debugfs_live_show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "%d\n", pgdm_steer_is_live());
	return 0;
}

int pgdm_debugfs_live_write(char *text)
{
	if (strcmp(text, "0") && strcmp(text, "1")) {
		pr_warn_ratelimited("live: expected 0 or 1\n");
		return -EINVAL;
	}
	return pgdm_live_set(*text == '1');
}

int pgdm_debugfs_track_show(struct seq_file *seq, void *unused)
{
	int ret;

	seq_printf(seq, "mode %s\n", pgdm_registry_is_all() ? "all" : "none");
	ret = pgdm_cgroups_show(seq);
	if (!ret)
		pgdm_registry_show(seq);
	return ret;
}

static void complain_of_any(int error)
{
	if (error == -ENOMEM)
		pr_warn_ratelimited("track: no memory\n");
	if (error == -ENODEV)
		pr_warn_ratelimited("track: refused, ftrace has died; boot again\n");
}

static int complain(pid_t nr, int error)
{
	switch (error) {
	case -ESRCH:
		pr_warn_ratelimited("track: there is no process %d, or it has ended\n",
				    nr);
		break;
	case -EINVAL:
		pr_warn_ratelimited("track: %d is a kernel thread, expected a process\n",
				    nr);
		break;
	case -ENOENT:
		pr_warn_ratelimited("track: process %d is not tracked\n", nr);
		break;
	default:
		complain_of_any(error);
	}
	return error;
}

/* A kernel that cannot follow cgroups was complained of already, or has none. */
static int complain_of_cgroup(const char *path, int error)
{
	switch (error) {
	case -EINVAL:
		pr_warn_ratelimited("track: %s is no cgroup, expected a path as in /proc/PID/cgroup\n",
				    path);
		break;
	case -ENOENT:
		pr_warn_ratelimited("track: there is no cgroup %s, or it is not followed\n",
				    path);
		break;
	default:
		complain_of_any(error);
	}
	return error;
}

/* After "pid " or "-pid ": a number and nothing else. */
static int parse_pid(const char *text, pid_t *nr)
{
	return !kstrtoint(text, 10, nr) && *nr > 0 ? 0 : -EINVAL;
}

int pgdm_debugfs_track_write(char *text)
{
	pid_t nr;

	if (!strcmp(text, "all"))
		return complain(0, pgdm_track_all());
	if (!strcmp(text, "none")) {
		pgdm_track_none();
		return 0;
	}
	if (!strncmp(text, "pid ", 4) && !parse_pid(text + 4, &nr))
		return complain(nr, pgdm_track_pid(nr));
	if (!strncmp(text, "-pid ", 5) && !parse_pid(text + 5, &nr))
		return complain(nr, pgdm_untrack_pid(nr));
	if (!strncmp(text, "cgroup ", 7))
		return complain_of_cgroup(text + 7, pgdm_track_cgroup(text + 7));
	if (!strncmp(text, "-cgroup ", 8))
		return complain_of_cgroup(text + 8, pgdm_untrack_cgroup(text + 8));
	pr_warn_ratelimited("track: expected 'pid N', '-pid N', 'cgroup PATH', '-cgroup PATH', 'all' or 'none'\n");
	return -EINVAL;
}
