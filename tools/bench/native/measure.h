/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measuring cases in interleaved rounds.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>

#define MAX_ROUNDS	5000

#define HOT	"hot"	/* in the first level */
#define L2	"l2"	/* in the second: more than the first holds */
#define COLD	"cold"	/* in memory */

/**
 * struct bench_case - one row of the table
 * @group: what it is about
 * @name: what is done
 * @n: its size: entries, or CPUs; 0 if it has none
 * @policy: number of the policy in force
 * @cpus: CPUs that use the address space, where it is not @n
 * @rate: how often each of them switches to it and away
 * @cache: where its words are: HOT, L2, COLD
 * @ops: how many operations @run does
 * @prepare: not timed, or NULL
 * @run: timed
 * @empty: timed right after it: the same loop around an empty call
 */
struct bench_case {
	void (*prepare)(const struct bench_case *c);
	void (*run)(const struct bench_case *c);
	void (*empty)(const struct bench_case *c);
	const char *group;
	const char *name;
	unsigned int n;
	unsigned int policy;
	unsigned int cpus;
	unsigned int rate;
	unsigned int ops;
	const char *cache;
};

/**
 * struct spread - a distribution over rounds
 * @median: half are above
 * @p10: a tenth is below
 * @p90: a tenth is above
 * @min: smallest
 * @max: largest
 */
struct spread {
	double median;
	double p10;
	double p90;
	double min;
	double max;
};

/**
 * struct result - one case, measured
 * @cycles: TSC cycles an operation, loop and call included
 * @over_empty: the same less the empty loop's
 * @cheaper: the 4 KiB copy's @over_empty divided by this one's, per round; what
 *	is too small to be measured counts as half a cycle
 * @relative: this one's @over_empty divided by that of the first case of its
 *	group, name, cache, CPUs and rate, per round
 */
struct result {
	struct spread cycles;
	struct spread over_empty;
	struct spread cheaper;
	struct spread relative;
};

void measure_pin(int cpu);
double measure_tsc_hz(void);
double measure_tsc_per_core_cycle(void);
struct result *measure_all(const struct bench_case *cases, unsigned int nr,
			   unsigned int rounds);

#endif
