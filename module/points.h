/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The points of the kernel's life at which the engine is called.
 */
#ifndef _PGDM_POINTS_H
#define _PGDM_POINTS_H

#include <linux/types.h>

struct mm_struct;

void pgdm_points_write(unsigned long word, u64 value);
void pgdm_points_switch(void);
void pgdm_points_receipt(void);
void pgdm_points_invalidation(void);
void pgdm_points_fault(unsigned long address);
void pgdm_points_user_return(void);
void pgdm_points_signal(void);
void pgdm_points_birth(struct mm_struct *mm, unsigned long root);
void pgdm_points_death(unsigned long root);
void pgdm_points_adopt(void *unused);

#endif
