/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting the hooks in, and taking them out.
 */
#ifndef _PGDM_HOOKS_H
#define _PGDM_HOOKS_H

#include <linux/types.h>

struct pgdm_hook;

int pgdm_hooks_arm(void);
int pgdm_hooks_disarm(void);
int pgdm_hooks_arm_flushes(void);
void pgdm_hooks_disarm_flushes(void);
bool pgdm_hooks_ok(void);
bool pgdm_hooks_is_on_ftrace(const struct pgdm_hook *h);

#endif
