/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs: the file cr3, which mm and which mirror each CPU's CR3 stands for.
 */
#ifndef _PGDM_DEBUGFS_CR3_H
#define _PGDM_DEBUGFS_CR3_H

struct seq_file;

int pgdm_debugfs_cr3_show(struct seq_file *seq, void *unused);

#endif
