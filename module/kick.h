/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy sends when a root entry was added.
 */
#ifndef _PGDM_KICK_H
#define _PGDM_KICK_H

#include <linux/types.h>

struct mm_struct;

bool pgdm_kick_before(struct mm_struct *mm, u64 *seq);
void pgdm_kick_after(struct mm_struct *mm, u64 before);
void pgdm_kick_exit(void);

#endif
