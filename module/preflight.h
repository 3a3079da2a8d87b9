/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Preflight: can this kernel be mirrored, and can it run on the mirrors?
 */
#ifndef _PGDM_PREFLIGHT_H
#define _PGDM_PREFLIGHT_H

struct seq_file;

int pgdm_preflight_show(struct seq_file *seq, void *unused);
int pgdm_preflight_load(void);
int pgdm_preflight_live(void);

#endif
