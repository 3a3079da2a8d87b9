/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sync points: where the kernel switches, flushes, faults.
 */
#ifndef _PGDM_SYNC_POINTS_H
#define _PGDM_SYNC_POINTS_H

#include "bell.h"

/* Rung when a sync found that the probe was missed or is disarmed (H1). */
extern struct pgdm_bell pgdm_sync_points_missed;
/* Rung when a root was loaded that is not tracked, and may have to be. */
extern struct pgdm_bell pgdm_sync_points_stray;
/* Rung when ftrace was found dead. */
extern struct pgdm_bell pgdm_sync_points_ftrace_died;

void pgdm_sync_points_switch(void);
void pgdm_sync_points_receipt(void);
void pgdm_sync_points_invalidation(void);
void pgdm_sync_points_fault(unsigned long address);
void pgdm_sync_points_user_return(void);
void pgdm_sync_points_kick(void);
void pgdm_sync_points_adopt(void *unused);

#endif
