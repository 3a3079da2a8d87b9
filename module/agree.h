/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Do all roots have the same kernel half? (M3)
 */
#ifndef _PGDM_AGREE_H
#define _PGDM_AGREE_H

void pgdm_agree_wait_and_compare(void);
void pgdm_agree_init(void);
void pgdm_agree_exit(void);

#endif
