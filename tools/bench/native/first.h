/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mirrors that change hands, before their first copy is timed.
 */
#ifndef FIRST_H
#define FIRST_H

#include "measure.h"

void first_init(void);
void first_same(const struct bench_case *c);
void first_same_cold(const struct bench_case *c);
void first_others(const struct bench_case *c);
void first_others_cold(const struct bench_case *c);

#endif
