// SPDX-License-Identifier: GPL-2.0
/*
 * All interleavings, with few preemptions, of what two or three CPUs do.
 *
 * The scenarios themselves are in races.h, because the seeded bugs and the
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

#define RACE_TEST(name, ...)						\
static bool name(void)							\
{									\
	return explore(&races[RACE_##name].scenario);			\
}

RACES(RACE_TEST)

/*
 * Each barrier that x86 needs is needed: without it a race goes wrong.
 * (The other barriers order loads, or stores after a locked operation; x86 does
 * that by itself.)
 */
static bool is_found(const char *function, enum race_number number)
{
	const struct sim_scenario *race = &races[number].scenario;
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
	CHECK(is_found("pgdm_primary_publish", RACE_write_dirty_sync));
	CHECK(is_found("take", RACE_kernel_write_evict));
	CHECK(is_found("pgdm_cache_claim", RACE_forget_claim));
	CHECK(is_found("pgdm_mirrors_write_through", RACE_kernel_write_claim));
	CHECK(is_found("write_mirror", RACE_kernel_write_evict));
	/* M3; where own entries are compared, kernel_seq tells as well. */
	CHECK(is_found("pgdm_cache_claim", RACE_common_write_no_ldt));
	CHECK(is_found("pgdm_mirrors_forget", RACE_forget_claim));
	CHECK(is_found("pgdm_cache_claim", RACE_flag_write_claim));
	CHECK(is_found("pgdm_primary_publish", RACE_flag_write_claim));
	/* S2: the kernel's own, between mm_cpumask and the CR3 load. */
	CHECK(is_found("step_switch_and_receive", RACE_removal_switch));
	return true;
}

#define RACE_ROW(name, ...)	UNIT_TEST(name),

static const struct unit_test tests[] = {
	RACES(RACE_ROW)
	UNIT_TEST(barriers_are_needed),
};

UNIT_SUITE(interleave);
