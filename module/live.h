/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Live mode: going there and back.
 */
#ifndef _PGDM_LIVE_H
#define _PGDM_LIVE_H

#include <linux/types.h>

int pgdm_live_init(void);
void pgdm_live_exit(void);
int pgdm_live_set(bool live);

#endif
