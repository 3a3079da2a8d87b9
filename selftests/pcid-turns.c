// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU with PCIDs: more processes take turns on it than the kernel has PCIDs to give,
 * live. Each has a table of its own below the same root entry, which it replaces all the
 * time, and finds its own data there: a translation that stayed from another process,
 * or from before a removal, would show another's, or what is gone.
 *
 * An emulator that keeps no translation over a write of CR3 can show neither. What it
 * does show is a value that the CPU or the kernel cannot have; the build for tests
 * judges each that is written (steer_check.c).
 */
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpu_flag = "pcid", .seeded = true);

/* The kernel has six PCIDs for all mms (TLB_NR_DYN_ASIDS). */
#define NR_PARTNERS	16	/* eight on each of two CPUs */
#define TURNS		6
#define SLOT		PGDM_SLOT_FIRST

/* flush-only leaves CPUs to endless faults: live-guard. */
static const char *const policies[] = {
	"dirty", "always", "always-exit", "flag", "flag-mm", "carry", "eager",
};

static struct pgdm_partner partners[NR_PARTNERS];

/* In a partner: what it has stored in the turn before, and new data. */
static int take_turn(void *arg)
{
	long turn = (long)arg;
	volatile pid_t *word = (volatile pid_t *)pgdm_slot_address(SLOT, 1);

	if (turn) {
		if (*word != getpid() + (turn - 1))
			return 1;
		pgdm_slot_unmap(SLOT);
	}
	pgdm_slot_add(SLOT);
	if (*word)
		return 2;
	*word = getpid() + turn;
	return *word != getpid() + turn;
}

static int end_turns(void *unused)
{
	(void)unused;
	pgdm_slot_unmap(SLOT);
	return 0;
}

/* The partners share the CPUs; those of one have their turns one after the other. */
static void partners_start(struct __test_metadata *_metadata)
{
	unsigned int i;

	for (i = 0; i < NR_PARTNERS; i++)
		pgdm_partner_start(&partners[i], i % pgdm_nr_cpus());
	for (i = 0; i < NR_PARTNERS; i++)
		ASSERT_EQ(0, pgdm_writef("track", "pid %d", partners[i].pid));
}

static void partners_stop(void)
{
	unsigned int i;

	for (i = 0; i < NR_PARTNERS; i++)
		pgdm_partner_stop(&partners[i]);
}

static void take_turns(struct __test_metadata *_metadata, long first, long end)
{
	unsigned int i;
	long turn;

	for (turn = first; turn < end; turn++)
		for (i = 0; i < NR_PARTNERS; i++)
			EXPECT_EQ(0, pgdm_partner_call(&partners[i], take_turn,
						       (void *)turn)) {
				TH_LOG("partner %u, turn %ld", i, turn);
			}
}

static void turns_are_over(void)
{
	unsigned int i;

	for (i = 0; i < NR_PARTNERS; i++)
		pgdm_partner_call(&partners[i], end_turns, NULL);
}

/* The process of the test changes its own root meanwhile. */
STAGE_TEST(under_each_policy)
{
	unsigned int i;
	uint64_t steered;

	partners_start(_metadata);
	track_self();
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		ASSERT_EQ(0, pgdm_write("policy", policies[i]));
		steered = pgdm_stat("steered");
		take_turns(_metadata, 0, TURNS);
		turns_are_over();
		pgdm_slot_add(SLOT + 1);
		pgdm_slot_unmap(SLOT + 1);
		EXPECT_LE(NR_PARTNERS * TURNS, pgdm_stat("steered") - steered);
		check_mirrors(_metadata);
	}
	partners_stop();
}

/* Between two turns of one process the others have had theirs on the primaries. */
STAGE_TEST(while_live_mode_comes_and_goes)
{
	long turn;

	partners_start(_metadata);
	for (turn = 0; turn < TURNS; turn++) {
		ASSERT_EQ(0, pgdm_write("live", turn % 2 ? "1" : "0"));
		take_turns(_metadata, turn, turn + 1);
		check_mirrors(_metadata);
	}
	turns_are_over();
	partners_stop();
	EXPECT_STREQ("1\n", pgdm_read("live"));
}

/* The module goes while it is live, and comes again. */
STAGE_TEST(while_the_module_comes_and_goes)
{
	unsigned int i;
	long turn;

	partners_start(_metadata);
	for (turn = 0; turn < TURNS; turn += 2) {
		take_turns(_metadata, turn, turn + 1);
		check_mirrors(_metadata);
		check_counts(_metadata);
		ASSERT_EQ(0, pgdm_unload());
		take_turns(_metadata, turn + 1, turn + 2);
		ASSERT_EQ(0, pgdm_load("live=1 oracle=1"));
		for (i = 0; i < NR_PARTNERS; i++)
			ASSERT_EQ(0, pgdm_writef("track", "pid %d",
						 partners[i].pid));
	}
	turns_are_over();
	partners_stop();
}

TEST_HARNESS_MAIN
