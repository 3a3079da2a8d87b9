// SPDX-License-Identifier: GPL-2.0
/*
 * A seeded bug of attaching (A1).
 *
 * The worker's write of a new root entry has passed the probe, which did not
 * know the root, and has not reached the table. Then the mm is tracked: its
 * first copies miss the entry, and no publication will name it.
 */
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2);

static uint64_t track_in_window(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct pgdm_touch touch = { PGDM_SLOT_FIRST, 0 };
	unsigned int pauses = pgdm_bug_pauses();
	uint64_t damage;

	pgdm_slot_map(PGDM_SLOT_FIRST);
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, pgdm_job_touch, &touch);
	wait_for_window(self, pauses);
	if (pgdm_writef("track", "pid %d", getpid()))
		pgdm_die("cannot track myself");
	pgdm_worker_wait(&self->worker);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	return damage;
}

STAGE_TEST(attach_early)
{
	SKIP_BY_TABLES("what the hook comes to know is in the table already");
	judge(_metadata, self, track_in_window, "none", "attach_early", false);
}

TEST_HARNESS_MAIN
