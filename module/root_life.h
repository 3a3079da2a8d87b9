/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Roots are born and die.
 */
#ifndef _PGDM_ROOT_LIFE_H
#define _PGDM_ROOT_LIFE_H

#include "bell.h"

struct mm_struct;

/* Rung when nothing is tracked any more. */
extern struct pgdm_bell pgdm_root_none_left;

void pgdm_root_born(struct mm_struct *mm, unsigned long root, u64 writes);
void pgdm_root_dies(unsigned long root);
void pgdm_root_fewer(void);

#endif
