/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cases, in sets: a set is measured in rounds of its own.
 */
#ifndef CASES_H
#define CASES_H

#include "measure.h"

/* Rows that are to cost the same for each n. */
#define CASES_OF_ONE	"of one CPU"

/**
 * struct case_set - cases that are measured together
 * @name: what --only takes
 * @init: makes what they work on, or NULL
 * @make: makes the cases too, where there are more than one would write down,
 *	and returns how many; or NULL
 * @cases: the first one is the copy that the other cases are compared with
 * @nr: how many
 * @rounds: how often each is measured
 * @brief: too many for the terminal
 */
struct case_set {
	const char *name;
	void (*init)(void);
	unsigned int (*make)(const struct bench_case **cases);
	const struct bench_case *cases;
	unsigned int nr;
	unsigned int rounds;
	bool brief;
};

extern const struct case_set cases_core;	/* cases.c */
extern const struct case_set cases_sharers;	/* sharers.c */
extern const struct case_set cases_sweep;	/* sweep.c */
extern const struct case_set cases_policies;	/* policies.c */
extern const struct case_set cases_periods;	/* policies.c */

#endif
