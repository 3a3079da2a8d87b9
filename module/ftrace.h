/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is ftrace alive? What is done when it is not: ftrace_death.c.
 */
#ifndef _PGDM_FTRACE_H
#define _PGDM_FTRACE_H

#include <linux/compiler.h>

/* The kernel's ftrace_disabled: goes from 0 to 1 once. Set before any hook is in. */
extern const int *pgdm_ftrace_disabled;

/**
 * pgdm_ftrace_is_dead() - does ftrace refuse all changes from now on?
 *
 * Context: any, once pgdm_symbols_init() has succeeded.
 */
static __always_inline bool pgdm_ftrace_is_dead(void)
{
	return unlikely(READ_ONCE(*pgdm_ftrace_disabled));
}

int pgdm_ftrace_check(void);

#endif
