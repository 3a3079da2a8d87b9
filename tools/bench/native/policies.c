// SPDX-License-Identifier: GPL-2.0
/*
 * The same operations under each policy of the module's table, and periods.
 *
 * DOC: periods
 *
 * A period of a CPU's life, in which a root is written @n times and each of
 * @cpus CPUs then switches @rate times to another address space and back, with
 * one return to user mode for each switch where that is a sync point. It is
 * what a policy costs altogether: in publishing, which may grow with the number
 * of CPUs, and in syncing. All is done by the one CPU that the program runs on:
 * what it takes to fetch a line that another CPU has written, or to send an IPI
 * and to flush, is not in the figures. Cycles are those of one switch.
 */
#include "cases.h"

#include <stdlib.h>

#include "mirrors.h"
#include "fast.h"
#include "loops.h"
#include "policies.h"

#define CPUS_USED	64
#define CASES_MAX	4096

/* The address space that is written, and the one that takes turns with it. */
static struct pgdm_primary *ours, *other;
static struct pgdm_cache *caches[CPUS_USED];
static struct bench_case *made;
static unsigned int nr_made;

static void switch_to(struct pgdm_cache *c, struct pgdm_primary *p)
{
	struct pgdm_sync sync;

	if (!pgdm_fast_switch(c, (unsigned long)p->page[PGDM_KERNEL_PAGE]))
		pgdm_cache_switch(c, p, &sync);
}

static void init(void)
{
	unsigned int i;

	if (ours)
		return;
	ours = fixture_primary(PAIRS + 1);
	other = fixture_primary(PAIRS + 2);
	for (i = 0; i < CPUS_USED; i++) {
		caches[i] = fixture_cache(i, 2);
		caches[i]->nr = 2;
		switch_to(caches[i], other);
		switch_to(caches[i], ours);
	}
}

static void write_entry(unsigned int i)
{
	struct pgdm_write w = {
		.index = i * 67 % 256,
		.pages = BIT(PGDM_KERNEL_PAGE),
		.value = { (u64)turn << 12 | 0x67 },
	};

	pgdm_write_publish(ours, &w, &stats);
}

/* As the module does when the policy changes: every mirror is made right. */
static void copy_all(void)
{
	unsigned int i, j;

	for (i = 0; i < CPUS_USED; i++)
		for (j = 0; j < caches[i]->nr; j++) {
			struct pgdm_mirror *m = &caches[i]->mirror[j];

			pgdm_sync_full(m, m->primary, &done);
		}
}

/* The policy of the case is in force, its CPUs exist, all mirrors are clean. */
static void set_up(const struct bench_case *c)
{
	static const struct bench_case *last;
	unsigned int i;

	pgdm_policy_in_force = pgdm_policies[c->policy];
	pgdm_mirrors.caches = caches;
	pgdm_mirrors.nr_caches = c->cpus;
	if (c != last)
		copy_all();
	last = c;
	turn++;
	for (i = 0; i < c->cpus; i++)
		switch_to(caches[i], ours);
}

static void set_up_dirty(const struct bench_case *c)
{
	unsigned int i;

	set_up(c);
	for (i = 0; i < c->n; i++)
		write_entry(i);
}

/* Switched away from, so that the switch is timed alone. */
static void set_up_away(const struct bench_case *c)
{
	unsigned int i;

	set_up_dirty(c);
	for (i = 0; i < c->cpus; i++)
		switch_to(caches[i], other);
}

static void run_publish(const struct bench_case *c)
{
	unsigned int i;

	for (i = 0; i < c->ops; i++)
		write_entry(i);
}

static void run_switch(const struct bench_case *c)
{
	unsigned int i;

	for (i = 0; i < c->cpus; i++)
		switch_to(caches[i], ours);
}

static void run_flush(const struct bench_case *c)
{
	struct pgdm_sync sync;
	unsigned int i;

	for (i = 0; i < c->cpus; i++)
		if (!pgdm_fast_flush(caches[i]))
			pgdm_cache_point(caches[i], PGDM_AT_FLUSH, &sync);
}

static void run_fault(const struct bench_case *c)
{
	struct pgdm_sync sync;
	unsigned int i;

	for (i = 0; i < c->cpus; i++)
		if (!pgdm_fast_fault(caches[i], 0))
			pgdm_cache_fault(caches[i], 0, &sync);
}

/* To a program's address space, and into the program. */
static void run_program(struct pgdm_cache *c, struct pgdm_primary *p,
			const struct pgdm_policy *policy)
{
	struct pgdm_sync sync;

	switch_to(c, p);
	if (policy->at[PGDM_AT_USER_RETURN])
		pgdm_cache_point(c, PGDM_AT_USER_RETURN, &sync);
}

static void run_period(const struct bench_case *c)
{
	const struct pgdm_policy *policy = pgdm_policies[c->policy];
	unsigned int i, j;

	for (i = 0; i < c->n; i++)
		write_entry(i);
	for (i = 0; i < c->cpus; i++)
		for (j = 0; j < c->rate; j++) {
			run_program(caches[i], other, policy);
			run_program(caches[i], ours, policy);
		}
}

/* As many calls as there are operations, which may be more than pairs. */
static void run_empty(const struct bench_case *c)
{
	unsigned int i;

	for (i = 0; i < c->ops; i++)
		plain_empty(mirror[i % PAIRS], primary[i % PAIRS], &done);
}

LOOP(rep_movsq)

static void add(struct bench_case c)
{
	if (nr_made == CASES_MAX)
		abort();
	c.cache = HOT;
	c.empty = run_empty;
	made[nr_made++] = c;
}

static void begin(void)
{
	made = fixture_allocate(64, CASES_MAX * sizeof(*made));
	nr_made = 0;
	add((struct bench_case){
		.group = "copy of 4 KiB", .name = "rep movsq", .ops = 16,
		.run = run_rep_movsq,
	});
}

/* CPUs of the points: as many as leave their mirrors in the first level. */
#define POINT_CPUS	2

static void add_point(unsigned int policy, const char *group, unsigned int n,
		      void (*prepare)(const struct bench_case *c),
		      void (*run)(const struct bench_case *c))
{
	add((struct bench_case){
		.group = group, .name = pgdm_policies[policy]->name,
		.policy = policy, .n = n, .cpus = POINT_CPUS,
		.ops = POINT_CPUS, .prepare = prepare, .run = run,
	});
}

static unsigned int make_policies(const struct bench_case **cases)
{
	static const unsigned int cpus[] = { 1, 2, 4, 8, 16, 64 };
	static const unsigned int changes[] = { 0, 1, 8, 64, 256 };
	unsigned int policy, i;

	begin();
	for (policy = 0; policy < PGDM_NR_POLICIES; policy++) {
		for (i = 0; i < ARRAY_SIZE(cpus); i++)
			add((struct bench_case){
				.group = "write",
				.name = pgdm_policies[policy]->name,
				.policy = policy, .n = cpus[i],
				.cpus = cpus[i], .ops = 64,
				.prepare = set_up, .run = run_publish,
			});
		for (i = 0; i < ARRAY_SIZE(changes); i++) {
			unsigned int n = changes[i];

			add_point(policy, "switch", n, set_up_away, run_switch);
			add_point(policy, "flush", n, set_up_dirty, run_flush);
			add_point(policy, "fault", n, set_up_dirty, run_fault);
		}
	}
	*cases = made;
	return nr_made;
}

static unsigned int make_periods(const struct bench_case **cases)
{
	static const unsigned int writes[] = {
		0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512
	};
	static const unsigned int cpus[] = { 1, 2, 4, 8 };
	static const unsigned int rates[] = { 1, 4, 16 };
	unsigned int policy, n, c, r;

	begin();
	for (policy = 0; policy < PGDM_NR_POLICIES; policy++)
		for (r = 0; r < ARRAY_SIZE(rates); r++)
			for (c = 0; c < ARRAY_SIZE(cpus); c++)
				for (n = 0; n < ARRAY_SIZE(writes); n++)
					add((struct bench_case){
						.group = "period",
						.name = pgdm_policies[policy]->name,
						.policy = policy,
						.n = writes[n],
						.cpus = cpus[c],
						.rate = rates[r],
						.ops = 2 * cpus[c] * rates[r],
						.prepare = set_up,
						.run = run_period,
					});
	*cases = made;
	return nr_made;
}

const struct case_set cases_policies = {
	.name = "policies",
	.init = init,
	.make = make_policies,
	.rounds = 100,
	.brief = true,
};

const struct case_set cases_periods = {
	.name = "periods",
	.init = init,
	.make = make_periods,
	.rounds = 40,
	.brief = true,
};
