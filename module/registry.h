/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry: which root tables are tracked. Roots are entered, and taken out.
 */
#ifndef _PGDM_REGISTRY_H
#define _PGDM_REGISTRY_H

#include <linux/types.h>

struct mm_struct;

int pgdm_registry_init(void);
void pgdm_registry_exit(void);

int pgdm_registry_add(struct mm_struct *mm, u64 since);
bool pgdm_registry_births_open(void);
void pgdm_registry_add_newborn(struct mm_struct *mm, unsigned long root);
void pgdm_registry_remove_dying(unsigned long root);
int pgdm_registry_remove(struct mm_struct *mm, bool exclude);
void pgdm_registry_forget_excluded(void);
u64 pgdm_registry_last_id(void);
void pgdm_registry_remove_since(u64 id);
unsigned int pgdm_registry_count(void);
bool pgdm_registry_is_all(void);
void pgdm_registry_set_all(bool on);
unsigned long pgdm_registry_native_births(void);

#endif
