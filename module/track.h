/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to track mms: all, none, one, that of a process.
 */
#ifndef _PGDM_TRACK_H
#define _PGDM_TRACK_H

#include <linux/types.h>

void pgdm_track_init(void);
int pgdm_track_all(void);
void pgdm_track_none(void);
int pgdm_track_pid(pid_t nr);
int pgdm_untrack_pid(pid_t nr);
void pgdm_track_exit(void);

#endif
