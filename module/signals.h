/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a policy sends when a root entry was added.
 */
#ifndef _PGDM_SIGNALS_H
#define _PGDM_SIGNALS_H

#include <linux/types.h>

struct mm_struct;

bool pgdm_signals_before(struct mm_struct *mm, u64 *seq);
void pgdm_signals_after(struct mm_struct *mm, u64 before);
void pgdm_signals_exit(void);

#endif
