/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk of the task list: which mms are to be tracked and are not.
 */
#ifndef _PGDM_TRACK_WALK_H
#define _PGDM_TRACK_WALK_H

#include <linux/mutex.h>
#include <linux/types.h>

struct mm_struct;

#define PGDM_TRACK_BATCH	64	/* mms looked up per walk of the task list */

/* Held by whatever changes which mms are tracked, but for births and deaths. */
extern struct mutex pgdm_track_mutex;

int pgdm_track_walk(unsigned int *found);
void pgdm_track_make_ready(void);
void pgdm_track_take_back(u64 last);
void pgdm_track_no_stray_before_now(void);
unsigned int pgdm_track_note(struct mm_struct **mms, unsigned int n,
			     struct mm_struct *mm);

#endif
