/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs: the files that report, stats, stats_percpu, hist, mirrors and reset.
 */
#ifndef _PGDM_DEBUGFS_STATS_H
#define _PGDM_DEBUGFS_STATS_H

struct seq_file;

int pgdm_debugfs_stats_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_stats_percpu_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_hist_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_mirrors_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_reset_write(char *text);
int pgdm_debugfs_stats_init(void);
void pgdm_debugfs_stats_exit(void);

#endif
