// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 4: the flush's receiver never runs. A CPU that is lazy in the mm is
 * skipped unless tables are freed; an mm on one CPU flushes locally. In both
 * cases the mirror must not lead to the freed table.
 *
 * INVLPGB and paravirtual flushes, which have no receiver at all, are for
 * preflight.
 */
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

#define SLOT PGDM_SLOT_FIRST
#define TURNS 50

/* The worker's CPU idles on the mm's root while the entry goes. */
STAGE_TEST(lazy_cpu)
{
	unsigned int turn;

	track_self();
	for (turn = 0; turn < TURNS; turn++) {
		pgdm_slot_add(SLOT);
		touch_there(self, SLOT, 1);
		pgdm_worker_sleep(&self->worker);
		pgdm_slot_unmap(SLOT);
		EXPECT_EQ(0, pgdm_stat("violations"));
		check_mirrors(_metadata);
		pgdm_worker_wake(&self->worker);
		check_mirrors(_metadata);
	}
}

/* No other CPU has run the mm: no IPI, and a receipt all the same. */
STAGE_TEST(one_cpu)
{
	unsigned int turn;
	uint64_t here, there;

	ASSERT_EQ(0, pgdm_writef("track", "pid %d", self->neighbour.pid));
	here = pgdm_cpu_stat(HERE, "flush_receipts");
	there = pgdm_cpu_stat(THERE, "flush_receipts");
	for (turn = 0; turn < TURNS; turn++) {
		pgdm_partner_add(&self->neighbour, SLOT);
		pgdm_partner_remove(&self->neighbour, SLOT);
	}
	EXPECT_LE(here + TURNS, pgdm_cpu_stat(HERE, "flush_receipts"));
	EXPECT_EQ(there, pgdm_cpu_stat(THERE, "flush_receipts"));
}

TEST_HARNESS_MAIN
