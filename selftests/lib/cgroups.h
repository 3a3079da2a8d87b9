/* SPDX-License-Identifier: GPL-2.0 */
/* Cgroups of version 2: made, removed, and which process is in which. */
#ifndef _PGDM_CGROUPS_H
#define _PGDM_CGROUPS_H

#include <sys/types.h>

#define PGDM_CGROUPS "/sys/fs/cgroup"

/**
 * pgdm_cgroups_mount() - have them mounted at PGDM_CGROUPS, whatever was there
 *
 * Only the calling process and its children see that. The process dies when it cannot.
 */
void pgdm_cgroups_mount(void);

/**
 * pgdm_cgroup_make() - make a cgroup
 * @cgroup: its path, as "a/b"; may be there, as a test that has failed leaves it
 *
 * The process dies when it cannot; so in the functions below.
 */
void pgdm_cgroup_make(const char *cgroup);

/**
 * pgdm_cgroup_remove() - remove a cgroup
 * @cgroup: its path; nothing is in it
 */
void pgdm_cgroup_remove(const char *cgroup);

/**
 * pgdm_cgroup_move() - move a process into a cgroup
 * @pid: of the process
 * @cgroup: its path; "": the root
 */
void pgdm_cgroup_move(pid_t pid, const char *cgroup);

#endif
