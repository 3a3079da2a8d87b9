// SPDX-License-Identifier: GPL-2.0
/*
 * Live mode: the CPUs really walk the mirrors, so that what a mirror lacks is
 * a fault, counted here to the last one wherever no other process disturbed.
 */
#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1", .cpus = 2);

#define ROUNDS 100

STAGE_TEST(is_live)
{
	EXPECT_STREQ("1\n", pgdm_read("live"));
	track_self_on_both(self);
	EXPECT_EQ(1, pgdm_mirrors(HERE, pgdm_id(getpid()), "loaded"));
	EXPECT_EQ(1, pgdm_mirrors(THERE, pgdm_id(getpid()), "loaded"));
}

/*
 * A new entry costs the CPU that adds it no fault more: its mirror has the entry when
 * the access is retried.
 */
STAGE_TEST(no_extra_fault_here)
{
	struct pgdm_turns turns = PGDM_TURNS_ON(HERE);
	unsigned int i;
	bool alone;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		pgdm_turn_begin(&turns);
		pgdm_slot_map(PGDM_SLOT_FIRST + i);
		pgdm_turn_count(&turns);
		pgdm_slot_touch(PGDM_SLOT_FIRST + i, 0);
		alone = pgdm_turn_end(&turns);
		expect_count(1, turns.seen, alone);
		EXPECT_EQ(0, turns.fixed);
	}
	expect_half_undisturbed(&turns);
}

/*
 * Bug 1: another CPU that runs in the mm reads the page that is there. The
 * first read faults once and no more, the second not at all.
 */
STAGE_TEST(one_extra_fault_there)
{
	struct pgdm_turns turns = PGDM_TURNS_OF(&self->worker);
	unsigned int i;
	uint64_t first;
	bool alone;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;
		char *page = pgdm_slot_address(slot, 0);

		pgdm_turn_begin(&turns);
		pgdm_slot_add(slot);
		pgdm_turn_count(&turns);
		read_there(self, page);
		pgdm_turn_faults(&turns, &first, NULL);
		read_there(self, page);
		alone = pgdm_turn_end(&turns);
		expect_count(1, first, alone);
		expect_count(1, turns.seen, alone);
		expect_count(1, turns.fixed, alone);
	}
	expect_half_undisturbed(&turns);
}

/* Bug 3: after the flush of a removal no CPU reaches the table. */
STAGE_TEST(removed_entries_are_gone_there)
{
	unsigned int i;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i % 4;

		pgdm_slot_add(slot);
		read_there(self, pgdm_slot_address(slot, 0));
		pgdm_slot_unmap(slot);
	}
}

/* Going live and back under a CPU's feet, with entries new each time. */
STAGE_TEST(live_comes_and_goes)
{
	const unsigned int turns = 24;	/* even: the last goes live */
	unsigned int i;

	track_self();
	for (i = 0; i < turns; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;

		ASSERT_EQ(0, pgdm_write("live", i % 2 ? "1" : "0"));
		pgdm_slot_add(slot);
		read_there(self, pgdm_slot_address(slot, 0));
	}
	EXPECT_STREQ("1\n", pgdm_read("live"));
}

/* L2: untracking takes the mirror from CPUs that run on it. (It waits for all CPUs.) */
STAGE_TEST(untracked_while_it_runs)
{
	unsigned int i;

	for (i = 0; i < ROUNDS / 4; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;

		track_self();
		pgdm_slot_add(slot);
		read_there(self, pgdm_slot_address(slot, 0));
		untrack_self();
		read_there(self, pgdm_slot_address(slot, 0));
	}
	EXPECT_EQ(0, pgdm_nr_tracked());
}

TEST_HARNESS_MAIN
