/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs come and go.
 */
#ifndef _PGDM_HOTPLUG_H
#define _PGDM_HOTPLUG_H

int pgdm_hotplug_init(void);
void pgdm_hotplug_exit(void);

#endif
