/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Root writes that the probe missed (H1).
 */
#ifndef _PGDM_MISS_H
#define _PGDM_MISS_H

struct pgdm_policy;

void pgdm_miss_init(void);
void pgdm_miss_exit(void);
void pgdm_miss_noticed(void);
void pgdm_miss_silenced(void);
void pgdm_miss_change_policy(const struct pgdm_policy *policy);

#endif
