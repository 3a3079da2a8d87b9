/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Going from one policy to another while mms are tracked, and live.
 */
#ifndef _PGDM_CHANGE_H
#define _PGDM_CHANGE_H

struct pgdm_policy;

const struct pgdm_policy *pgdm_change_find(const char *name);
int pgdm_change_policy(const char *name);
void pgdm_change_exit(void);

#endif
