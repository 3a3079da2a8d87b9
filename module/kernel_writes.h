/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writers of kernel-half entries that may have overlooked a newborn root (A1).
 */
#ifndef _PGDM_KERNEL_WRITES_H
#define _PGDM_KERNEL_WRITES_H

#include <linux/types.h>

void pgdm_kernel_writes_init(void);
void pgdm_kernel_writes_exit(void);
void pgdm_kernel_writes_note(void);
bool pgdm_kernel_writes_are_done(void);

#endif
