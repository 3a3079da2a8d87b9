// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 10 (Xen 422ec8fcf3): the flag was raised for round trips that are no
 * real switch. A CPU that goes to a kernel thread, or to another mm, and comes
 * back to an mm that has not changed, copies nothing.
 */
#include <time.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define TRIPS 100

/* To the idle task, which has no mm of its own, and back. */
static void idle_trips(void *unused)
{
	const struct timespec moment = { .tv_nsec = 1000 };
	unsigned int i;

	(void)unused;
	for (i = 0; i < TRIPS; i++)
		nanosleep(&moment, NULL);
}

static void mm_trips(void *partner)
{
	unsigned int i;

	for (i = 0; i < TRIPS; i++)
		pgdm_partner_ping(partner);
}

STAGE_TEST(over_a_kernel_thread)
{
	uint64_t copied;

	track_self();
	/* Once, so that what it touches is there. */
	pgdm_worker_call(&self->worker, idle_trips, NULL);
	copied = pgdm_cpu_stat(THERE, "bytes_copied");
	pgdm_worker_call(&self->worker, idle_trips, NULL);
	EXPECT_EQ(copied, pgdm_cpu_stat(THERE, "bytes_copied"));
}

/* Under the policy that copies at every switch, too: there is no switch. */
STAGE_TEST(over_a_kernel_thread_always)
{
	uint64_t switches;

	ASSERT_EQ(0, pgdm_write("policy", "always"));
	track_self();
	pgdm_worker_call(&self->worker, idle_trips, NULL);
	switches = pgdm_cpu_stat(THERE, "switches");
	pgdm_worker_call(&self->worker, idle_trips, NULL);
	EXPECT_GE(switches + TRIPS / 10, pgdm_cpu_stat(THERE, "switches"));
}

STAGE_TEST(over_another_mm)
{
	uint64_t copied, clean, switches;

	track_self();
	round_trip(self);
	copied = pgdm_cpu_stat(THERE, "bytes_copied");
	clean = pgdm_cpu_stat(THERE, "syncs_clean");
	switches = pgdm_cpu_stat(THERE, "switches");
	pgdm_worker_call(&self->worker, mm_trips, &self->partner);
	EXPECT_EQ(copied, pgdm_cpu_stat(THERE, "bytes_copied"));
	EXPECT_LE(switches + TRIPS, pgdm_cpu_stat(THERE, "switches"));
	EXPECT_LE(clean + TRIPS, pgdm_cpu_stat(THERE, "syncs_clean"));
}

TEST_HARNESS_MAIN
