// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of the sync points (S1, S2, S3, S4, the ring, H1).
 */
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "oracle=2");

#define SLOT PGDM_SLOT_FIRST

/*
 * S1. The worker's CPU copies one entry on a switch, and another is published
 * before it notes how far it has come.
 */
static uint64_t publish_in_window(FIXTURE_DATA(stage) *self, const char *bugs)
{
	unsigned int pauses = pgdm_bug_pauses();
	uint64_t damage;

	pgdm_slot_add(SLOT);
	pgdm_slot_map(SLOT + 1);
	hold_window();
	/* The fault of this CPU may find something to copy, too. */
	pgdm_bug_pause_cpu(THERE);
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, pgdm_job_ping, &self->partner);
	wait_for_window(self, pauses);
	pgdm_slot_touch(SLOT + 1, 0);
	release_window();
	pgdm_worker_wait(&self->worker);
	pgdm_bug_pause_cpu(-1);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	pgdm_slot_unmap(SLOT);
	pgdm_slot_unmap(SLOT + 1);
	return damage;
}

ADDITION_BUG(late_sequence, publish_in_window)

/* More changes than the ring holds: the oldest are gone from it. */
static uint64_t fall_behind(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	pgdm_bug(bugs);
	pgdm_slots_add(SLOT, SLOT + 100);
	round_trip(self);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	pgdm_slots_unmap(SLOT, SLOT + 100);
	return damage;
}

ADDITION_BUG(ignore_overrun, fall_behind)

/*
 * S3, S5. The worker's CPU has the entry in its mirror when the test removes
 * it: the oracle looks for the freed table when the flush has returned.
 */
static uint64_t remove_entry(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	pgdm_slot_add(SLOT);
	touch_there(self, SLOT, 1);
	pgdm_bug(bugs);
	pgdm_slot_unmap(SLOT);
	return pgdm_stat("violations") - before;
}

SEEDED_BUG(skip_flush_sync, remove_entry)

/*
 * S3. The worker's CPU flushes for the LDT that it replaces, and before it has
 * read tlb_gen an entry is removed: that flush counts for the removal's, too,
 * so its invalidation must find the mirror without the entry.
 */
static void ldt_job(void *unused __attribute__((unused)))
{
	if (pgdm_ldt_write(0, 0))
		pgdm_die("modify_ldt");
}

static uint64_t remove_while_receiving(FIXTURE_DATA(stage) *self,
				       const char *bugs)
{
	uint64_t before = pgdm_stat("violations");
	unsigned int pauses = pgdm_bug_pauses();

	pgdm_slot_add(SLOT);
	touch_there(self, SLOT, 1);
	pgdm_bug_pause_cpu(THERE);
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, ldt_job, NULL);
	wait_for_window(self, pauses);
	pgdm_slot_unmap(SLOT);
	pgdm_worker_wait(&self->worker);
	pgdm_bug_pause_cpu(-1);
	return pgdm_stat("violations") - before;
}

STAGE_TEST(early_flush_sync)
{
	if (!pgdm_has_pti())
		SKIP(return, "needs page table isolation");
	/* There is one to be replaced. */
	pgdm_worker_call(&self->worker, ldt_job, NULL);
	judge(_metadata, self, remove_while_receiving, "none",
	      "early_flush_sync", true);
}

/*
 * S2. The worker's CPU has the entry in its mirror and is in another mm when
 * it is removed: no flush comes to it, and its mirror waits for the switch.
 */
static uint64_t remove_while_away(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t id = pgdm_id(getpid()), before = pgdm_stat("violations");

	pgdm_slot_add(SLOT);
	touch_there(self, SLOT, 1);
	pgdm_worker_sleep(&self->worker);
	do
		pgdm_partner_ping(&self->partner);
	while (pgdm_mirrors(THERE, id, "loaded"));
	pgdm_slot_unmap(SLOT);
	pgdm_bug(bugs);
	pgdm_worker_wake(&self->worker);
	pgdm_bug("none");
	return pgdm_stat("violations") - before;
}

SEEDED_BUG(early_switch_sync, remove_while_away)

STAGE_TEST(skip_flush_sync_always)
{
	ASSERT_EQ(0, pgdm_write("policy", "always"));
	judge(_metadata, self, remove_entry, "none", "skip_flush_sync", true);
}

/* H1. The same, and no hook sees the removal. */
STAGE_TEST(ignore_miss)
{
	judge(_metadata, self, remove_entry, "miss_hook",
	      "miss_hook,ignore_miss", true);
}

/*
 * S4. The first fault in a new entry copies it: the second fault must find
 * nothing lacking. (Live, the second would never come.)
 */
static uint64_t fault_twice(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before, fixed;

	pgdm_slot_add(SLOT);
	pgdm_bug(bugs);
	before = pgdm_cpu_stat(THERE, "faults_fixed");
	touch_there(self, SLOT, 1);
	touch_there(self, SLOT, 2);
	fixed = pgdm_cpu_stat(THERE, "faults_fixed") - before;
	pgdm_bug("none");
	pgdm_slot_unmap(SLOT);
	return fixed > 1;
}

SEEDED_BUG(skip_fault_sync, fault_twice)

TEST_HARNESS_MAIN
