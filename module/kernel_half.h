/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writers of kernel-half entries: which may have overlooked a newborn root (A1), and
 * how many there were (M3).
 */
#ifndef _PGDM_KERNEL_HALF_H
#define _PGDM_KERNEL_HALF_H

#include <linux/types.h>

#include "bell.h"

/* Rung when the roots may not have the same kernel half any more. */
extern struct pgdm_bell pgdm_kernel_half_written;

void pgdm_kernel_half_init(void);
void pgdm_kernel_half_exit(void);
void pgdm_kernel_half_note(void);
void pgdm_kernel_half_count(unsigned int index);
u64 pgdm_kernel_half_before_birth(void);
void pgdm_kernel_half_born(u64 writes);
bool pgdm_kernel_half_is_stored(void);

#endif
