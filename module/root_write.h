/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A root entry is written.
 */
#ifndef _PGDM_ROOT_WRITE_H
#define _PGDM_ROOT_WRITE_H

#include <linux/types.h>

void pgdm_root_write(unsigned long word, u64 value);

#endif
