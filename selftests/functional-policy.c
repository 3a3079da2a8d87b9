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
static struct copies count(FIXTURE_DATA(stage) *self)
{
	struct pgdm_watch watch = WATCH_THERE(self);
	struct copies c;

	do {
		pgdm_watch_begin(&watch);
		c = (struct copies){
			.switches = watch.switches,
			.clean = pgdm_cpu_stat(THERE, "syncs_clean"),
			.dirty = pgdm_cpu_stat(THERE, "syncs_dirty"),
			.full = pgdm_cpu_stat(THERE, "syncs_full"),
			.entries = pgdm_cpu_stat(THERE, "entries_copied"),
		};
		pgdm_watch_end(&watch, 0);
	} while (pgdm_watch_again(&watch));
	return c;
}

static struct copies trips_under(struct __test_metadata *_metadata,
				 FIXTURE_DATA(stage) *self, const char *policy)
{
	struct copies before, after;
	unsigned int i;

	ASSERT_EQ(0, pgdm_write("policy", policy));
	track_self();
	round_trip(self);
	before = count(self);
	for (i = 0; i < TRIPS; i++)
		round_trip(self);
	after = count(self);
	after.switches -= before.switches;
	after.clean -= before.clean;
	after.dirty -= before.dirty;
	after.full -= before.full;
	after.entries -= before.entries;
	EXPECT_LE(TRIPS, after.switches);
	return after;
}

STAGE_TEST(dirty_copies_nothing_when_nothing_changed)
{
	struct copies c = trips_under(_metadata, self, "dirty");

	EXPECT_EQ(c.switches, c.clean);
	EXPECT_EQ(0, c.dirty);
	EXPECT_EQ(0, c.full);
	EXPECT_EQ(0, c.entries);
}

STAGE_TEST(always_copies_everything_every_time)
{
	struct copies c = trips_under(_metadata, self, "always");

	EXPECT_EQ(c.switches, c.full);
	EXPECT_EQ(0, c.dirty);
	EXPECT_EQ(0, c.clean);
	EXPECT_EQ(c.full * PGDM_ROOT_ENTRIES * pgdm_pages(), c.entries);
}

/* Each policy leaves mirrors that the other can go on with. */
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
	round_trips(self);
	EXPECT_EQ(0, pgdm_audit().stale);
}

STAGE_TEST(change_over_under_load)
{
	struct pgdm_churn churn = {
		.first = PGDM_SLOT_FIRST,
		.end = 40,
		.partner = &self->partner,
	};
	unsigned int i;

	track_self();
	pgdm_worker_send(&self->worker, pgdm_job_churn, &churn);
	for (i = 0; i < 60; i++) {
		ASSERT_EQ(0, pgdm_write("policy", i & 1 ? "dirty" : "always"));
		check_mirrors(_metadata);
		round_trip_here(self);
	}
	atomic_store(&churn.stop, true);
	pgdm_worker_wait(&self->worker);
}

TEST_HARNESS_MAIN
