/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel has written an entry of a root (W5).
 */
#ifndef _PGDM_ROOT_STORED_H
#define _PGDM_ROOT_STORED_H

struct mm_struct;

void pgdm_root_stored_added(unsigned long word);
void pgdm_root_stored_removed(const struct mm_struct *mm);
void pgdm_root_stored_before_kernel_half(unsigned long start);
void pgdm_root_stored_kernel_half(unsigned long start, unsigned long end);

#endif
