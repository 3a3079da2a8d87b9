/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writers of kernel-half entries that may have overlooked a newborn root (A1).
 */
#ifndef _PGDM_KERNEL_HALF_H
#define _PGDM_KERNEL_HALF_H

#include <linux/types.h>

void pgdm_kernel_half_init(void);
void pgdm_kernel_half_exit(void);
void pgdm_kernel_half_note(void);
bool pgdm_kernel_half_is_stored(void);

#endif
