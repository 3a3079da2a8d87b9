/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Auditing all mirrors of all CPUs.
 */
#ifndef _PGDM_DEBUGFS_AUDIT_H
#define _PGDM_DEBUGFS_AUDIT_H

struct seq_file;

int pgdm_debugfs_audit_show(struct seq_file *seq, void *unused);

#endif
