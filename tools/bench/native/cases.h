/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cases.
 */
#ifndef CASES_H
#define CASES_H

#include "measure.h"

extern const struct bench_case cases[];
extern const unsigned int nr_cases;

void cases_init(void);

#endif
