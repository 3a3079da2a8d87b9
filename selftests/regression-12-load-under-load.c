// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 12: loading into a system under load, with mms that exist already, and
 * run on every CPU while they are found. (Again and again: stress-loads.)
 */
#include <signal.h>
#include <sys/wait.h>

#include "pgdm_test.h"

PGDM_NEEDS(.unloaded = true, .cpus = 2);

#define NR_CHURNERS 2

static void __attribute__((noreturn)) churn_for_ever(void)
{
	unsigned int slot;

	for (;;) {
		for (slot = PGDM_SLOT_FIRST; slot <= PGDM_SLOT_LAST; slot++)
			pgdm_slot_add(slot);
		for (slot = PGDM_SLOT_FIRST; slot <= PGDM_SLOT_LAST; slot++)
			pgdm_slot_unmap(slot);
	}
}

/* The worker spins: a CPU that will not switch has a mirror all the same. */
STAGE_TEST(a_running_mm_has_mirrors_at_once)
{
	uint64_t id;

	ASSERT_EQ(0, pgdm_load("track=all"));
	id = pgdm_id(getpid());
	EXPECT_NE(0, id);
	wait_for_worker(self);
	EXPECT_EQ(1, pgdm_mirrors(HERE, id, "loaded"));
	EXPECT_EQ(1, pgdm_mirrors(THERE, id, "loaded"));
	EXPECT_NE(0, pgdm_id(1));
	EXPECT_NE(0, pgdm_id(self->partner.pid));
	EXPECT_EQ(0, pgdm_audit().violations);
	EXPECT_EQ(0, pgdm_unload());
}

STAGE_TEST(load_while_mms_change)
{
	pid_t pid[NR_CHURNERS];
	unsigned int i;

	for (i = 0; i < NR_CHURNERS; i++) {
		pid[i] = fork();
		ASSERT_LE(0, pid[i]);
		if (!pid[i])
			churn_for_ever();
	}
	ASSERT_EQ(0, pgdm_load("track=all"));
	for (i = 0; i < NR_CHURNERS; i++) {
		struct pgdm_tracked t;

		EXPECT_TRUE(pgdm_tracked(pid[i], &t));
		EXPECT_STREQ("ready", t.state);
	}
	for (i = 0; i < 5; i++)
		EXPECT_EQ(0, pgdm_audit().violations);
	EXPECT_EQ(0, pgdm_stat("violations"));
	ASSERT_EQ(0, pgdm_unload());
	for (i = 0; i < NR_CHURNERS; i++) {
		EXPECT_EQ(0, kill(pid[i], SIGKILL));
		EXPECT_EQ(pid[i], waitpid(pid[i], NULL, 0));
	}
}

TEST_HARNESS_MAIN
