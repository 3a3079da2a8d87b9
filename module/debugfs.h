/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs pgd_mirror/: the directory.
 */
#ifndef _PGDM_DEBUGFS_H
#define _PGDM_DEBUGFS_H

int pgdm_debugfs_init(void);
void pgdm_debugfs_exit(void);

#endif
