/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core's functions are compared with. Compiled with the core's flags,
 * in a file of its own so that nothing is inlined.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "mirror.h"

void plain_empty(struct pgdm_mirror *m, struct pgdm_primary *p,
		 struct pgdm_copied *done);
void plain_rep_movsq(u64 *to, const u64 *from);
void plain_words(u64 *to, const u64 *from);

#endif
