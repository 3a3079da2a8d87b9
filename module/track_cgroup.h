/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests for cgroups: to track what is in one, and what will come into it.
 */
#ifndef _PGDM_TRACK_CGROUP_H
#define _PGDM_TRACK_CGROUP_H

void pgdm_track_cgroup_init(void);
int pgdm_track_cgroup(const char *path);
int pgdm_untrack_cgroup(const char *path);

#endif
