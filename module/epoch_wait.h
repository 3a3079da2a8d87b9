/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How an epoch becomes complete: root writes that the probe missed (H1).
 */
#ifndef _PGDM_EPOCH_WAIT_H
#define _PGDM_EPOCH_WAIT_H

struct pgdm_policy;

void pgdm_epoch_wait_init(void);
void pgdm_epoch_wait_exit(void);
void pgdm_epoch_wait_change_policy(const struct pgdm_policy *policy);

#endif
