// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 8 (XSA-438): a top-level shadow freed while a CPU still has it loaded,
 * perhaps lazily, by exit, by untracking, by unloading the module.
 *
 * In shadow mode no CR3 holds a mirror: what can be seen is that the mirrors
 * are given up at once, and that nothing breaks. The kernel log is looked at
 * in the end.
 */
#include <errno.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

/* The mm ends while a CPU that ran it last idles on its root. */
STAGE_TEST(exit_while_lazy)
{
	struct pgdm_partner p;
	unsigned int turn;
	uint64_t id;

	pgdm_worker_sleep(&self->worker);
	for (turn = 0; turn < 10; turn++) {
		pgdm_partner_start(&p, THERE);
		ASSERT_EQ(0, pgdm_writef("track", "pid %d", p.pid));
		id = pgdm_id(p.pid);
		ASSERT_NE(0, id);
		pgdm_wait_for((pgdm_partner_ping(&p),
			       pgdm_mirrors(THERE, id, "loaded")));
		pgdm_partner_stop(&p);
		/* The idle CPU lets go of the root when it next switches. */
		pgdm_partner_ping(&self->partner);
		pgdm_wait_for(!pgdm_mirrors(-1, id, NULL));
		check_mirrors(_metadata);
	}
	pgdm_worker_wake(&self->worker);
}

STAGE_TEST(untrack_while_loaded)
{
	unsigned int turn;
	uint64_t id;

	for (turn = 0; turn < 5; turn++) {
		track_self_on_both(self);
		id = pgdm_id(getpid());
		untrack_self();
		EXPECT_EQ(0, pgdm_mirrors(-1, id, NULL));
		EXPECT_EQ(0, pgdm_nr_tracked());
		EXPECT_EQ(ENOENT, pgdm_writef("track", "-pid %d", getpid()));
		EXPECT_EQ(0, pgdm_audit().mirrors);
	}
}

STAGE_TEST(unload_while_loaded)
{
	unsigned int turn;

	for (turn = 0; turn < 3; turn++) {
		track_self_on_both(self);
		check_and_unload(_metadata);
		ASSERT_EQ(0, pgdm_load("oracle=1"));
	}
}

TEST_HARNESS_MAIN
