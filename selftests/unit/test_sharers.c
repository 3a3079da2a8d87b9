// SPDX-License-Identifier: GPL-2.0
/*
 * The set of a primary's sharers: what was put in is what is walked, in order,
 * for any size of machine; the CPUs that claimed a mirror are in it, and no other CPU.
 */
#include <stdlib.h>

#include "random.h"
#include "sharers.h"
#include "unit.h"
#include "world.h"

#define LARGEST 8192

static struct pgdm_sharers set;
static unsigned long *words;
static bool is_in[LARGEST];

static void start(unsigned int nr_cpus)
{
	words = malloc(pgdm_sharers_words(nr_cpus) * sizeof(*words));
	memset(words, 0xff, pgdm_sharers_words(nr_cpus) * sizeof(*words));
	memset(is_in, 0, sizeof(is_in));
	pgdm_sharers_init(&set, words, nr_cpus);
}

static void add(unsigned int cpu)
{
	pgdm_sharers_add(&set, cpu);
	is_in[cpu] = true;
}

/* The walk from each number on, against the plain list. */
static bool walks_are_right(unsigned int nr_cpus)
{
	int next = -1, walked = -1, cpu;
	unsigned int i;

	for (i = nr_cpus; i-- > 0;) {
		if (is_in[i])
			next = i;
		CHECK_EQUAL(pgdm_sharers_next(&set, i), next);
	}
	CHECK_EQUAL(pgdm_sharers_next(&set, nr_cpus), -1);
	pgdm_for_each_sharer(cpu, &set) {
		CHECK(cpu > walked);
		for (walked++; walked < cpu; walked++)
			CHECK(!is_in[walked]);
		CHECK(is_in[cpu]);
	}
	while (++walked < (int)nr_cpus)
		CHECK(!is_in[walked]);
	return true;
}

static bool empty_sets(void)
{
	static const unsigned int sizes[] = { 1, 63, 64, 65, 4096, 4097, LARGEST };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		start(sizes[i]);
		CHECK(walks_are_right(sizes[i]));
		free(words);
	}
	return true;
}

/* Also those at the edges of words of both levels. */
static bool one_cpu_each(void)
{
	static const unsigned int cpus[] = {
		0, 1, 63, 64, 127, 4095, 4096, 4160, LARGEST - 1
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		start(LARGEST);
		add(cpus[i]);
		add(cpus[i]);
		CHECK(walks_are_right(LARGEST));
		free(words);
	}
	return true;
}

static bool random_sets(void)
{
	static const unsigned int sizes[] = { 2, 64, 100, 4096, 5000, LARGEST };
	struct random random;
	unsigned int i, j;

	random_init(&random, 1);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		start(sizes[i]);
		for (j = 0; j < 12; j++) {
			add(random_below(&random, sizes[i]));
			CHECK(walks_are_right(sizes[i]));
		}
		free(words);
	}
	return true;
}

static bool full_set(void)
{
	unsigned int i;

	start(200);
	for (i = 0; i < 200; i++)
		add(i);
	CHECK(walks_are_right(200));
	free(words);
	return true;
}

static int sharer(const struct world *w, unsigned int which, unsigned int from)
{
	return pgdm_sharers_next(&w->primary[which]->sharers, from);
}

static bool claiming_makes_a_sharer(void)
{
	struct world *w = world_create(4, 2, 3, 1);

	CHECK_EQUAL(sharer(w, 0, 0), -1);
	world_switch(w, 2, 0);
	CHECK_EQUAL(sharer(w, 0, 0), 2);
	CHECK_EQUAL(sharer(w, 0, 3), -1);
	/* It stays one when the mirror is gone. */
	world_switch(w, 2, 1);
	world_switch(w, 2, 2);
	CHECK(!world_mirror(w, 2, 0));
	CHECK_EQUAL(sharer(w, 0, 0), 2);
	CHECK_EQUAL(pgdm_mirrors_count(w->primary[0]), 0);
	/* Another mm where this one was has none. */
	pgdm_mirrors_forget(w->primary[0]);
	world_bear(w, 0, 9);
	CHECK_EQUAL(sharer(w, 0, 0), -1);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(empty_sets),
	UNIT_TEST(one_cpu_each),
	UNIT_TEST(random_sets),
	UNIT_TEST(full_set),
	UNIT_TEST(claiming_makes_a_sharer),
};

UNIT_SUITE(sharers);
