// SPDX-License-Identifier: GPL-2.0
/*
 * All interleavings, with few preemptions, of what two or three CPUs do.
 *
 * The scenarios themselves are in races.c, because the seeded bugs and the
 * weakened barriers have to be found by the very same ones.
 */
#include "races.h"
#include "unit.h"

static bool explore(const struct sim_scenario *s)
{
	unsigned long runs;

	CHECK(sim_explore(s, &runs));
	/* It was no empty exercise. */
	CHECK(runs > 20);
	return true;
}

#define RACE_TEST(name, text)						\
static bool name(void)							\
{									\
	return explore(&race_##name);					\
}

RACES(RACE_TEST)

/*
 * Each barrier that x86 needs is needed: without it a race goes wrong.
 * (The others order loads, or stores after a locked operation; x86 does that
 * by itself.)
 */
static bool is_found(const char *function, const struct sim_scenario *race)
{
	bool found;

	sim_weaken(function);
	found = sim_finds_failure(race);
	sim_weaken(NULL);
	if (!found)
		unit_note("%s goes well without the barriers in %s()",
			  race->name, function);
	return found;
}

static bool barriers_are_needed(void)
{
	CHECK(is_found("publish", &race_write_dirty_sync));
	CHECK(is_found("take", &race_kernel_write_evict));
	CHECK(is_found("claim", &race_forget_claim));
	CHECK(is_found("pgdm_engine_write_through", &race_kernel_write_claim));
	CHECK(is_found("write_mirror", &race_kernel_write_evict));
	CHECK(is_found("pgdm_engine_forget", &race_forget_claim));
	CHECK(is_found("claim", &race_flag_write_claim));
	CHECK(is_found("publish", &race_flag_write_claim));
	/* S2: the kernel's own, between mm_cpumask and the CR3 load. */
	CHECK(is_found("switch_and_receive", &race_removal_switch));
	return true;
}

#define RACE_ROW(name, text)	UNIT_TEST(name),

static const struct unit_test tests[] = {
	RACES(RACE_ROW)
	UNIT_TEST(barriers_are_needed),
};

UNIT_SUITE(interleave);
