// SPDX-License-Identifier: GPL-2.0
/*
 * Is ftrace alive? What is done when it is not: ftrace_death.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "ftrace.h"

#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/printk.h>

const int *pgdm_ftrace_disabled __read_mostly;

/**
 * pgdm_ftrace_check() - refuse to begin when ftrace is dead
 *
 * Called before the first kprobe, which a dead ftrace would warn about. It calls an
 * exported function, as no other symbol is resolved yet.
 *
 * Context: may sleep.
 * Return: 0, or -ENODEV with the reason logged.
 */
int pgdm_ftrace_check(void)
{
	static struct ftrace_ops unused;
	int ret = ftrace_set_filter(&unused, NULL, 0, 1);

	ftrace_free_filter(&unused);
	if (ret == -ENODEV)
		pr_err("ftrace has died since the machine booted (see the kernel log), nothing can be hooked: boot again\n");
	return ret == -ENODEV ? ret : 0;
}
