// SPDX-License-Identifier: GPL-2.0
/*
 * The guard: a CPU that faults without progress is helped on, and counted.
 *
 * With the bug skip_fault_sync no fault ever brings an entry, as under a
 * policy that syncs on switch and flush alone: the thread's endless faults. They are
 * those of another CPU than the one that adds the entry.
 */
#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1", .seeded = true, .cpus = 2);

#define ROUNDS		8
#define GUARD_FAULTS	64	/* PGDM_GUARD_FAULTS */

STAGE_TEST(endless_faults_end)
{
	uint64_t seen, broken;
	unsigned int i;

	track_self();
	pgdm_bug("skip_fault_sync");
	for (i = 0; i < ROUNDS; i++) {
		pgdm_slot_add(PGDM_SLOT_FIRST + i);
		seen = pgdm_cpu_stat(THERE, "faults_seen");
		broken = pgdm_stat("livelocks_broken");
		read_there(self, pgdm_slot_address(PGDM_SLOT_FIRST + i, 0));
		/* A switch may bring the entry before the guard does. */
		if (pgdm_stat("livelocks_broken") == broken)
			continue;
		EXPECT_EQ(broken + 1, pgdm_stat("livelocks_broken"));
		EXPECT_EQ(seen + GUARD_FAULTS,
			  pgdm_cpu_stat(THERE, "faults_seen"));
	}
	pgdm_bug("none");
	EXPECT_NE(0, pgdm_stat("livelocks_broken"));
	forget_livelocks(_metadata);
}

STAGE_TEST(silent_without_the_bug)
{
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	track_self();
	pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + ROUNDS);
	EXPECT_EQ(0, pgdm_stat("livelocks_broken"));
}

TEST_HARNESS_MAIN
