/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Deciding which mms are tracked: one, many, all, a cgroup's.
 */
#ifndef _PGDM_TRACK_H
#define _PGDM_TRACK_H

#include <linux/types.h>

void pgdm_track_init(void);
int pgdm_track_all(void);
void pgdm_track_none(void);
int pgdm_track_pid(pid_t nr);
int pgdm_untrack_pid(pid_t nr);
int pgdm_track_cgroup(const char *path);
int pgdm_untrack_cgroup(const char *path);
unsigned long pgdm_track_walks(void);
void pgdm_track_exit(void);

#endif
