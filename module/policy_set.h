/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Going from one policy to another while mms are tracked, and live.
 */
#ifndef _PGDM_POLICY_SET_H
#define _PGDM_POLICY_SET_H

struct pgdm_policy;

const struct pgdm_policy *pgdm_policy_set_find(const char *name);
int pgdm_policy_set(const char *name);
void pgdm_policy_set_exit(void);

#endif
