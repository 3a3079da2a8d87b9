/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hooks: how the kernel gets to the points and to the oracle.
 */
#ifndef _PGDM_HOOKS_H
#define _PGDM_HOOKS_H

#include <linux/types.h>

struct seq_file;

int pgdm_hooks_arm(void);
void pgdm_hooks_disarm(void);
const unsigned long *pgdm_hooks_missed(void);
void pgdm_hooks_count_miss(void);
bool pgdm_hooks_silenced(void);
bool pgdm_hooks_ok(void);
unsigned long pgdm_hooks_missed_births(void);
void pgdm_hooks_preflight(struct seq_file *seq);

#endif
