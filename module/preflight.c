// SPDX-License-Identifier: GPL-2.0
/*
 * Preflight: can this kernel be mirrored, and can it run on the mirrors?
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "preflight.h"

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "hooks.h"

/**
 * pgdm_preflight_show() - print a line for each condition
 * @seq: where to
 * @unused: for seq_file
 *
 * Return: 0.
 */
int pgdm_preflight_show(struct seq_file *seq, void *unused)
{
	pgdm_hooks_preflight(seq);
	seq_puts(seq, "FAIL live: this version keeps mirrors in shadow mode only; load with live=0\n");
	return 0;
}

/**
 * pgdm_preflight_live() - may CR3 hold mirrors?
 *
 * Return: 0, or -EOPNOTSUPP with the reason logged.
 */
int pgdm_preflight_live(void)
{
	pr_warn_ratelimited("live: this version keeps mirrors in shadow mode only; expected 0\n");
	return -EOPNOTSUPP;
}
