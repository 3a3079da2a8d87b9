/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs: the files that steer, policy, live and track.
 */
#ifndef _PGDM_DEBUGFS_CONTROL_H
#define _PGDM_DEBUGFS_CONTROL_H

struct seq_file;

int pgdm_debugfs_policy_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_policy_write(char *text);
int pgdm_debugfs_live_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_live_write(char *text);
int pgdm_debugfs_track_show(struct seq_file *seq, void *unused);
int pgdm_debugfs_track_write(char *text);

#endif
