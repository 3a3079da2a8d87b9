// SPDX-License-Identifier: GPL-2.0
/*
 * W5, hooks=tables: seeded bugs of the writer and of the ring, with removals. Where the
 * kernel stores first these are what may do damage. The oracle looks for the freed tables
 * when the flush has returned. On a machine without page table isolation.
 */
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "hooks=tables oracle=1");

#define SLOT	PGDM_SLOT_FIRST
#define MANY	20	/* more than the ring holds */

static void touch_many_job(void *unused)
{
	unsigned int slot;

	(void)unused;
	for (slot = SLOT; slot < SLOT + MANY; slot++)
		pgdm_slot_touch(slot, 1);
}

/* The worker's CPU has the entries in its mirror. With one flush. */
static uint64_t remove_many(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	pgdm_slots_map(SLOT, SLOT + MANY);
	pgdm_worker_call(&self->worker, touch_many_job, NULL);
	pgdm_bug(bugs);
	if (munmap(pgdm_slot_address(SLOT, 0), (size_t)MANY << pgdm_slot_shift()))
		pgdm_die("cannot unmap the slots");
	pgdm_bug("none");
	return pgdm_stat("violations") - before;
}

SEEDED_BUG(lost_publish, remove_many)
SEEDED_BUG(ignore_overrun, remove_many)

TEST_HARNESS_MAIN
