/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs pgd_mirror/: one table of files, and what their handlers share.
 */
#ifndef _PGDM_DEBUGFS_H
#define _PGDM_DEBUGFS_H

#include <linux/types.h>

struct seq_file;

/* Longest accepted write, with its line end. */
#define PGDM_WRITE_MAX	64

int pgdm_debugfs_init(void);
void pgdm_debugfs_exit(void);

/* debugfs_track.c */
int pgdm_policy_show(struct seq_file *seq, void *unused);
int pgdm_policy_write(char *text);
int pgdm_live_show(struct seq_file *seq, void *unused);
int pgdm_live_write(char *text);
int pgdm_track_show(struct seq_file *seq, void *unused);
int pgdm_track_write(char *text);

/* debugfs_stats.c */
int pgdm_stats_show(struct seq_file *seq, void *unused);
int pgdm_stats_percpu_show(struct seq_file *seq, void *unused);
int pgdm_hist_show(struct seq_file *seq, void *unused);
int pgdm_mirrors_show(struct seq_file *seq, void *unused);
int pgdm_reset_write(char *text);
int pgdm_stats_init(void);
void pgdm_stats_exit(void);

#endif
