/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The back ends: by which of the kernel's functions are root writes noticed?
 */
#ifndef _PGDM_BACKEND_H
#define _PGDM_BACKEND_H

#include <linux/types.h>

bool pgdm_backend_is_set_pgd(void);
bool pgdm_backend_is_pti(void);
bool pgdm_backend_is_tables(void);
const char *pgdm_backend_name(void);
int pgdm_backend_choose(const char *hooks);

#endif
