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
 *
 * The writes are additions, made by CPU 0, which has the mm loaded; before the next
 * period they are taken back, untimed. A small program's three entries are always there.
 *
 * DOC: what a rival's copy costs
 *
 * The module copies word by word and compares the kernel half, because writers store
 * into mirrors (W3, W4). A system without such writers would copy with rep movsq. So
 * that a reader sees what that saves, "always-movsq" is the policy "always" with
 * that copy. The module does not have it: it would be wrong there.
 */
#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "mirrors.h"
#include "fast.h"
#include "first.h"
#include "loops.h"
#include "point.h"
#include "policies.h"

#define CPUS_USED	64
#define CASES_MAX	4096

/* The address space that is written, and the one that takes turns with it. */
static struct pgdm_primary *ours, *other;
static struct pgdm_cache *caches[CPUS_USED];
static struct bench_case *made;
static unsigned int nr_made;
/* So many entries were added to ours. */
static unsigned int nr_added;

/* Its number in cases, after those of the module's policies. */
#define ALWAYS_MOVSQ	PGDM_NR_POLICIES
#define NR_POLICIES	(ALWAYS_MOVSQ + 1)

static void sync_movsq(struct pgdm_mirror *m, struct pgdm_primary *p,
		       unsigned int index, struct pgdm_copied *copied)
{
	WRITE_ONCE(m->epoch, pgdm_epoch_complete());
	m->seen = pgdm_primary_seq(p);
	plain_rep_movsq(m->page[0], p->page[0]);
	copied->kind = PGDM_FULL;
	copied->words += PGDM_ENTRIES;
}

static const struct pgdm_policy always_movsq = {
	.name = "always-movsq",
	.number = PGDM_POLICY_always,
	.at = {
		[PGDM_AT_SWITCH] = sync_movsq,
		[PGDM_AT_FLUSH] = sync_movsq,
		[PGDM_AT_FAULT] = sync_movsq,
	},
};

static const struct pgdm_policy *policy_of(unsigned int number)
{
	return number == ALWAYS_MOVSQ ? &always_movsq : pgdm_policies[number];
}

static void switch_to(struct pgdm_cache *c, struct pgdm_primary *p)
{
	struct pgdm_sync sync;

	if (!point_switch(c, (unsigned long)p->page[PGDM_KERNEL_PAGE]))
		pgdm_cache_switch(c, p, &sync);
}

static void init(void)
{
	unsigned int i;

	if (ours)
		return;
	first_init();
	ours = fixture_primary(PAIRS + 1);
	other = fixture_primary(PAIRS + 2);
	for (i = 0; i < CPUS_USED; i++) {
		caches[i] = fixture_cache(i, 2);
		caches[i]->nr = 2;
		switch_to(caches[i], other);
		switch_to(caches[i], ours);
	}
}

/* @own: the mirror that the writing CPU has loaded */
static void write_entry(unsigned int i, struct pgdm_mirror *own)
{
	struct pgdm_write w = {
		.index = i * 67 % 256,
		.pages = BIT(PGDM_KERNEL_PAGE),
		.value = { (u64)turn << 12 | 0x67 },
		.own = own,
	};

	pgdm_write_publish(ours, &w, &stats);
	nr_added = i + 1 > nr_added ? i + 1 : nr_added;
}

/* The program's own entries stay. */
static void remove_added(void)
{
	for (; nr_added; nr_added--) {
		struct pgdm_write w = {
			.index = (nr_added - 1) * 67 % 256,
			.pages = BIT(PGDM_KERNEL_PAGE),
		};

		if (ours->page[0][w.index] && !fixture_has(ours, w.index))
			pgdm_write_publish(ours, &w, &stats);
	}
}

/* As the module does when the policy changes: every mirror is made right. */
static void copy_all(void)
{
	unsigned int i, j;

	for (i = 0; i < CPUS_USED; i++)
		for (j = 0; j < caches[i]->nr; j++) {
			struct pgdm_mirror *m = &caches[i]->mirror[j];

			/* What other cases had there was removed. */
			memset(m->marks, 0, sizeof(m->marks));
			pgdm_sync_full(m, m->primary, &done);
		}
}

/* Only the CPUs of the case were ever on it. */
static void set_sharers(unsigned int cpus)
{
	unsigned int i;

	pgdm_sharers_init(&ours->sharers, ours->sharers.word, CPUS_MAX);
	for (i = 0; i < cpus; i++)
		pgdm_sharers_add(&ours->sharers, i);
}

/* The policy of the case is in force, its CPUs exist, all mirrors are clean. */
static void set_up(const struct bench_case *c)
{
	static const struct bench_case *last;
	unsigned int i;

	pgdm_policy_in_force = policy_of(c->policy);
	pgdm_mirrors.caches = caches;
	pgdm_mirrors.nr_caches = c->cpus;
	remove_added();
	if (c != last) {
		set_sharers(c->cpus);
		copy_all();
	}
	last = c;
	turn++;
	for (i = 0; i < c->cpus; i++)
		switch_to(caches[i], ours);
}

static void set_up_dirty(const struct bench_case *c)
{
	unsigned int i;

	set_up(c);
	/* From a CPU that does not have it loaded. */
	for (i = 0; i < c->n; i++)
		write_entry(i, NULL);
}

/* A mirror of another program's primary, which the policy copies as it does. */
static void set_up_first(const struct bench_case *c)
{
	first_same(c);
	pgdm_policy_in_force = policy_of(c->policy);
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
		write_entry(i, caches[0]->loaded);
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
	const struct pgdm_policy *policy = policy_of(c->policy);
	unsigned int i, j;

	for (i = 0; i < c->n; i++)
		write_entry(i, caches[0]->loaded);
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
LOOP(rep_movsq_all)
LOOP(first_sync)

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
		.group = group, .name = policy_of(policy)->name,
		.policy = policy, .n = n, .cpus = POINT_CPUS,
		.ops = POINT_CPUS, .prepare = prepare, .run = run,
	});
}

/* As many mirrors as leave what is copied in the first level. */
static void add_first(unsigned int policy)
{
	add((struct bench_case){
		.group = "first", .name = policy_of(policy)->name,
		.policy = policy, .n = FIXTURE_ENTRIES,
		.ops = policy_of(policy)->sparse ? 8 : 2,
		.prepare = set_up_first,
		.run = policy == ALWAYS_MOVSQ ? run_rep_movsq_all :
						run_first_sync,
	});
}

static unsigned int make_policies(const struct bench_case **cases)
{
	static const unsigned int cpus[] = { 1, 2, 4, 8, 16, 64 };
	static const unsigned int changes[] = { 0, 1, 8, 64, 256 };
	unsigned int policy, i;

	begin();
	for (policy = 0; policy < NR_POLICIES; policy++) {
		for (i = 0; i < ARRAY_SIZE(cpus); i++)
			add((struct bench_case){
				.group = "write",
				.name = policy_of(policy)->name,
				.policy = policy, .n = cpus[i],
				.cpus = cpus[i], .ops = 64,
				.prepare = set_up, .run = run_publish,
			});
		add_first(policy);
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
	for (policy = 0; policy < NR_POLICIES; policy++)
		for (r = 0; r < ARRAY_SIZE(rates); r++)
			for (c = 0; c < ARRAY_SIZE(cpus); c++)
				for (n = 0; n < ARRAY_SIZE(writes); n++)
					add((struct bench_case){
						.group = "period",
						.name = policy_of(policy)->name,
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
