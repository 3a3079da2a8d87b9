// SPDX-License-Identifier: GPL-2.0
/*
 * Measuring cases in interleaved rounds.
 *
 * The machine is shared: its clock changes, and it is taken away for a while.
 * So every round measures every case, each time in another order; within a
 * round a case is the mean of the middle half of some repetitions (the counter
 * advances in steps of a score of cycles, which a median would show), and is
 * set against the copy of the same round. What is printed is the median and
 * the spread over rounds.
 */
#define _GNU_SOURCE
#include "measure.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#define REPETITIONS	21
#define WARM_UP		3	/* repetitions that do not count */

/* Smaller differences cannot be told from nothing. */
#define RESOLUTION	0.5

/**
 * measure_pin() - stay on one CPU
 * @cpu: its number
 */
void measure_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		perror("native: sched_setaffinity");
		exit(1);
	}
}

/* All before is done, nothing after has begun. */
static unsigned long long begin(void)
{
	unsigned long long t;

	_mm_lfence();
	t = __rdtsc();
	_mm_lfence();
	return t;
}

static unsigned long long end(void)
{
	unsigned int aux;
	unsigned long long t = __rdtscp(&aux);

	_mm_lfence();
	return t;
}

/**
 * measure_tsc_hz() - ticks of the time stamp counter a second
 */
double measure_tsc_hz(void)
{
	struct timespec a, b;
	unsigned long long t;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC_RAW, &a);
	t = __rdtsc();
	do {
		clock_gettime(CLOCK_MONOTONIC_RAW, &b);
		seconds = b.tv_sec - a.tv_sec;
		seconds += (b.tv_nsec - a.tv_nsec) / 1e9;
	} while (seconds < 0.1);
	return (__rdtsc() - t) / seconds;
}

/**
 * measure_tsc_per_core_cycle() - how the counter's ticks relate to the clock
 *
 * A chain of additions takes one cycle of the core's clock each.
 */
double measure_tsc_per_core_cycle(void)
{
	double best = 1e9;
	unsigned int round, i;

	for (round = 0; round < 50; round++) {
		unsigned long long t = begin();
		unsigned long x = round;

		for (i = 0; i < 1000; i++)
			__asm__ volatile("add %0, %0\n\tadd %0, %0\n\t"
					 "add %0, %0\n\tadd %0, %0\n\t"
					 "add %0, %0\n\tadd %0, %0\n\t"
					 "add %0, %0\n\tadd %0, %0\n\t"
					 "add %0, %0\n\tadd %0, %0"
					 : "+r"(x));
		t = end() - t;
		if (t / 10000.0 < best)
			best = t / 10000.0;
	}
	return best;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of(double *values, unsigned int nr)
{
	qsort(values, nr, sizeof(*values), compare);
	return nr % 2 ? values[nr / 2] :
			(values[nr / 2 - 1] + values[nr / 2]) / 2;
}

static struct spread spread_of(const double *values, unsigned int nr)
{
	static double sorted[MAX_ROUNDS];
	struct spread s;

	memcpy(sorted, values, nr * sizeof(*values));
	s.median = median_of(sorted, nr);
	s.p10 = sorted[nr / 10];
	s.p90 = sorted[nr - 1 - nr / 10];
	s.min = sorted[0];
	s.max = sorted[nr - 1];
	return s;
}

static double middle_mean(double *values, unsigned int nr)
{
	unsigned int i, from = nr / 4, to = nr - nr / 4;
	double sum = 0;

	qsort(values, nr, sizeof(*values), compare);
	for (i = from; i < to; i++)
		sum += values[i];
	return sum / (to - from);
}

static void measure(const struct bench_case *c, double *cycles, double *over)
{
	double with[REPETITIONS], less[REPETITIONS];
	unsigned int i;

	for (i = 0; i < WARM_UP; i++) {
		if (c->prepare)
			c->prepare(c);
		c->run(c);
		c->empty(c);
	}
	for (i = 0; i < REPETITIONS; i++) {
		unsigned long long t, e;

		if (c->prepare)
			c->prepare(c);
		t = begin();
		c->run(c);
		t = end() - t;
		e = begin();
		c->empty(c);
		e = end() - e;
		with[i] = (double)t / c->ops;
		less[i] = ((double)t - (double)e) / c->ops;
	}
	*cycles = middle_mean(with, REPETITIONS);
	*over = middle_mean(less, REPETITIONS);
}

static double ratio(double a, double b)
{
	return a / (b > RESOLUTION ? b : RESOLUTION);
}

static void shuffle(unsigned int *order, unsigned int nr)
{
	unsigned int i;

	for (i = nr - 1; i > 0; i--) {
		unsigned int j = rand() % (i + 1), other = order[j];

		order[j] = order[i];
		order[i] = other;
	}
}

static unsigned int first_alike(const struct bench_case *cases, unsigned int i)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (!strcmp(cases[j].cache, cases[i].cache) &&
		    !strcmp(cases[j].name, cases[i].name) &&
		    cases[j].cpus == cases[i].cpus &&
		    cases[j].rate == cases[i].rate &&
		    !strcmp(cases[j].group, cases[i].group))
			return j;
	return i;
}

static void *array(size_t nr, size_t size)
{
	void *p = calloc(nr, size);

	if (!p) {
		fputs("native: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

/**
 * measure_all() - measure all cases in every round
 * @cases: the first is the copy that the other cases are compared with
 * @nr: how many
 * @rounds: how many
 *
 * Return: one result a case.
 */
struct result *measure_all(const struct bench_case *cases, unsigned int nr,
			   unsigned int rounds)
{
	static double ratios[MAX_ROUNDS];
	struct result *results = array(nr, sizeof(*results));
	unsigned int *order = array(nr, sizeof(*order)), round, i;
	/* A case's rounds one after the other. */
	double *cycles = array((size_t)nr * rounds, sizeof(*cycles));
	double *over = array((size_t)nr * rounds, sizeof(*over));

	for (i = 0; i < nr; i++)
		order[i] = i;
	for (round = 0; round < rounds; round++) {
		shuffle(order, nr);
		for (i = 0; i < nr; i++) {
			size_t at = (size_t)order[i] * rounds + round;

			measure(&cases[order[i]], &cycles[at], &over[at]);
		}
	}
	for (i = 0; i < nr; i++) {
		const double *mine = &over[(size_t)i * rounds];
		const double *first;

		first = &over[(size_t)first_alike(cases, i) * rounds];
		results[i].cycles = spread_of(&cycles[(size_t)i * rounds],
					      rounds);
		results[i].over_empty = spread_of(mine, rounds);
		for (round = 0; round < rounds; round++)
			ratios[round] = ratio(over[round], mine[round]);
		results[i].cheaper = spread_of(ratios, rounds);
		for (round = 0; round < rounds; round++)
			ratios[round] = ratio(mine[round], first[round]);
		results[i].relative = spread_of(ratios, rounds);
	}
	free(cycles);
	free(over);
	free(order);
	return results;
}
