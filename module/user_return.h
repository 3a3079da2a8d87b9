/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Returns to user mode, for the policies that sync there.
 */
#ifndef _PGDM_USER_RETURN_H
#define _PGDM_USER_RETURN_H

#include <linux/types.h>

bool pgdm_user_return_exist(void);
void pgdm_user_return_set(bool wanted);
void pgdm_user_return_cpu_up(void);
void pgdm_user_return_cpu_down(void);

#endif
