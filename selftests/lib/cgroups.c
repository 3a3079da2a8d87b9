// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "die.h"
#include "files.h"

void pgdm_cgroups_mount(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		pgdm_die("no mounts of its own: %s", strerror(errno));
	umount2(PGDM_CGROUPS, MNT_DETACH);
	if (mount("none", PGDM_CGROUPS, "cgroup2", 0, NULL))
		pgdm_die("mount %s: %s", PGDM_CGROUPS, strerror(errno));
}

void pgdm_cgroup_make(const char *cgroup)
{
	char path[128];

	snprintf(path, sizeof(path), PGDM_CGROUPS "/%s", cgroup);
	if (mkdir(path, 0755) && errno != EEXIST)
		pgdm_die("mkdir %s: %s", path, strerror(errno));
}

void pgdm_cgroup_remove(const char *cgroup)
{
	char path[128];

	snprintf(path, sizeof(path), PGDM_CGROUPS "/%s", cgroup);
	if (rmdir(path))
		pgdm_die("rmdir %s: %s", path, strerror(errno));
}

void pgdm_cgroup_move(pid_t pid, const char *cgroup)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), PGDM_CGROUPS "/%s/cgroup.procs", cgroup);
	snprintf(text, sizeof(text), "%d", pid);
	if (pgdm_write_path(path, text))
		pgdm_die("%d cannot be moved to %s", pid, path);
}
