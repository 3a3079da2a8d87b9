/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the kernel itself write roots and flush TLBs, or a hypervisor for it?
 */
#ifndef _PGDM_PARAVIRT_H
#define _PGDM_PARAVIRT_H

#include <linux/types.h>

bool pgdm_paravirt_writes_natively(const void *function);
bool pgdm_paravirt_flushes_natively(void);

#endif
