// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of the writer (W1).
 *
 * The worker writes a new root entry. In the window between the two steps
 * that the bug has exchanged, the test's CPU passes a sync point: it takes
 * note of the publication without having seen the entry.
 */
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2);

static uint64_t sync_in_window(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct pgdm_touch touch = { PGDM_SLOT_FIRST, 0 };
	unsigned int pauses = pgdm_bug_pauses();
	uint64_t damage;

	pgdm_slot_map(PGDM_SLOT_FIRST);
	hold_window();
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, pgdm_job_touch, &touch);
	wait_for_window(self, pauses);
	round_trip_here(self);
	release_window();
	pgdm_worker_wait(&self->worker);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	return damage;
}

ADDITION_BUG(publish_first, sync_in_window)
ADDITION_BUG(lost_publish, sync_in_window)

/* The kernel's table of the pair is right, the user's is not. */
STAGE_TEST(user_half_late)
{
	if (!pgdm_has_pti())
		SKIP(return, "needs page table isolation");
	judge(_metadata, self, sync_in_window, "none", "user_half_late", true);
}

TEST_HARNESS_MAIN
