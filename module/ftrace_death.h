/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The death of ftrace: see ftrace_death.c.
 */
#ifndef _PGDM_FTRACE_DEATH_H
#define _PGDM_FTRACE_DEATH_H

#include <linux/compiler.h>

void pgdm_ftrace_death_init(void);
void pgdm_ftrace_death_stay(void);
void pgdm_ftrace_death_hold(void) __noreturn;
void pgdm_ftrace_death_exit(void);

#endif
