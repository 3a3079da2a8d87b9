/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hooks were seen to do (X1).
 */
#ifndef _PGDM_HOOKS_SEEN_H
#define _PGDM_HOOKS_SEEN_H

#include <linux/types.h>

struct seq_file;

int pgdm_hooks_seen(bool live);
void pgdm_hooks_seen_show(struct seq_file *seq);

#endif
