// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading again and again while the machine works: one process
 * adds and removes root entries, another's children come and go.
 *
 * Under QEMU's emulation this is for one CPU. With several, a CPU now and then
 * keeps its translation of a breakpoint that the kernel has put into its own
 * text for a moment, to change it, and hits it long after it is gone.
 */
#include "lib/stage.h"

PGDM_NEEDS(.unloaded = true);

#define LOADS 20

static int churn_for_ever(void *unused)
{
	struct pgdm_churn churn = { .first = PGDM_SLOT_FIRST, .end = 40 };

	(void)unused;
	pgdm_job_churn(&churn);
	return 0;
}

static int add_one(void *unused)
{
	(void)unused;
	pgdm_slot_add(PGDM_SLOT_FIRST);
	return 0;
}

static int __attribute__((noreturn)) fork_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pgdm_run(add_one, NULL);
}

FIXTURE(busy) {
	pid_t churner;
	pid_t forker;
};

FIXTURE_SETUP(busy)
{
	self->churner = pgdm_fork(churn_for_ever, NULL);
	self->forker = pgdm_fork(fork_for_ever, NULL);
}

FIXTURE_TEARDOWN(busy)
{
	pgdm_kill(self->churner);
	pgdm_kill(self->forker);
	if (pgdm_is_loaded()) {
		check_mirrors(_metadata);
		check_counts(_metadata);
	}
}

TEST_F_TIMEOUT(busy, twenty_loads, 600)
{
	static const char *const params[] = {
		"track=all", "track=all oracle=1", "track=all policy=always",
		"track=all mirrors=2", "track=all policy=flag",
		"track=all policy=carry oracle=1",
	};
	unsigned int turn;

	for (turn = 0; turn < LOADS; turn++) {
		ASSERT_EQ(0, pgdm_load(params[turn % ARRAY_SIZE(params)]));
		check_mirrors(_metadata);
		/* At work, not just loaded. */
		pgdm_wait_for(pgdm_stat("publishes") > 100);
		check_and_unload(_metadata);
	}
}

TEST_F_TIMEOUT(busy, audit_all_the_time, 600)
{
	uint64_t syncs, end;

	ASSERT_EQ(0, pgdm_load("track=all oracle=1"));
	end = pgdm_now_ms() + 15000;
	do {
		check_mirrors(_metadata);
	} while (pgdm_now_ms() < end);
	syncs = pgdm_stat("syncs_clean") + pgdm_stat("syncs_dirty") +
		pgdm_stat("syncs_full");
	EXPECT_LT(1000, syncs);
	check_and_unload(_metadata);
}

/* Tracking comes and goes under load. */
TEST_F_TIMEOUT(busy, all_and_none, 600)
{
	unsigned int turn;

	ASSERT_EQ(0, pgdm_load("oracle=1"));
	for (turn = 0; turn < 10; turn++) {
		EXPECT_EQ(0, pgdm_write("track", "all"));
		check_mirrors(_metadata);
		EXPECT_EQ(0, pgdm_write("track", "none"));
		EXPECT_EQ(0, pgdm_audit().mirrors);
		EXPECT_EQ(0, pgdm_writef("track", "pid %d", self->churner));
		check_mirrors(_metadata);
		EXPECT_EQ(0, pgdm_writef("track", "-pid %d", self->churner));
	}
	check_and_unload(_metadata);
}

TEST_HARNESS_MAIN
