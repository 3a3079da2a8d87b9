/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strays: mms that are loaded, should be tracked and are not.
 */
#ifndef _PGDM_STRAYS_H
#define _PGDM_STRAYS_H

void pgdm_strays_init(void);
void pgdm_strays_soon(void);
unsigned long pgdm_strays_walks(void);

#endif
