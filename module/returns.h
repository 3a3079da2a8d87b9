/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Returns to user mode, for the policies that sync there.
 */
#ifndef _PGDM_RETURNS_H
#define _PGDM_RETURNS_H

#include <linux/types.h>

bool pgdm_returns_exist(void);
void pgdm_returns_set(bool wanted);
void pgdm_returns_cpu_up(void);
void pgdm_returns_cpu_down(void);

#endif
