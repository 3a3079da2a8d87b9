// SPDX-License-Identifier: GPL-2.0
/*
 * Policies at run time: what each copies, and going from one to the other.
 */
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

#define TRIPS 20

/* Copies on another CPU in so many trips, with nothing changed. */
struct copies {
	uint64_t switches, clean, dirty, full, entries;
};

/* All of one moment: between two switches. */
static struct copies count(struct pgdm_worker *w)
{
	struct copies c;

	do {
		c = (struct copies){
			.switches = switches_of(w),
			.clean = pgdm_cpu_stat(THERE, "syncs_clean"),
			.dirty = pgdm_cpu_stat(THERE, "syncs_dirty"),
			.full = pgdm_cpu_stat(THERE, "syncs_full"),
			.entries = pgdm_cpu_stat(THERE, "entries_copied"),
		};
	} while (switches_of(w) != c.switches);
	return c;
}

static struct copies trips(FIXTURE_DATA(stage) *self)
{
	struct copies before, after;
	unsigned int i;

	round_trip(self);
	before = count(&self->worker);
	for (i = 0; i < TRIPS; i++)
		round_trip(self);
	after = count(&self->worker);
	after.switches -= before.switches;
	after.clean -= before.clean;
	after.dirty -= before.dirty;
	after.full -= before.full;
	after.entries -= before.entries;
	return after;
}

STAGE_TEST(dirty_copies_nothing_when_nothing_changed)
{
	struct copies c;

	ASSERT_EQ(0, pgdm_write("policy", "dirty"));
	track_self();
	c = trips(self);
	EXPECT_LE(TRIPS, c.switches);
	EXPECT_EQ(c.switches, c.clean);
	EXPECT_EQ(0, c.dirty);
	EXPECT_EQ(0, c.full);
	EXPECT_EQ(0, c.entries);
}

STAGE_TEST(always_copies_everything_every_time)
{
	struct copies c;

	ASSERT_EQ(0, pgdm_write("policy", "always"));
	track_self();
	c = trips(self);
	EXPECT_LE(TRIPS, c.switches);
	EXPECT_EQ(c.switches, c.full);
	EXPECT_EQ(0, c.dirty);
	EXPECT_EQ(0, c.clean);
	EXPECT_EQ(c.full * PGDM_ROOT_ENTRIES * pgdm_pages(), c.entries);
}

/* Each leaves mirrors that the other can go on with. */
STAGE_TEST(change_over)
{
	ASSERT_EQ(0, pgdm_write("policy", "dirty"));
	track_self();
	pgdm_slot_add(PGDM_SLOT_FIRST);
	ASSERT_EQ(0, pgdm_write("policy", "always"));
	check_mirrors(_metadata);
	round_trip(self);
	pgdm_slot_add(PGDM_SLOT_FIRST + 1);
	ASSERT_EQ(0, pgdm_write("policy", "dirty"));
	round_trip(self);
	round_trip_here(self);
	EXPECT_EQ(0, pgdm_audit().stale);
}

static atomic_bool done;

static void churn_until_done(void *partner)
{
	unsigned int slot;

	while (!atomic_load(&done)) {
		for (slot = PGDM_SLOT_FIRST; slot < 40; slot++)
			pgdm_slot_add(slot);
		pgdm_partner_ping(partner);
		for (slot = PGDM_SLOT_FIRST; slot < 40; slot++)
			pgdm_slot_unmap(slot);
	}
}

STAGE_TEST(change_over_under_load)
{
	unsigned int i;

	track_self();
	atomic_store(&done, false);
	pgdm_worker_send(&self->worker, churn_until_done, &self->partner);
	for (i = 0; i < 60; i++) {
		ASSERT_EQ(0, pgdm_write("policy", i & 1 ? "dirty" : "always"));
		check_mirrors(_metadata);
		round_trip_here(self);
	}
	atomic_store(&done, true);
	pgdm_worker_wait(&self->worker);
}

TEST_HARNESS_MAIN
