/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stage of the test programs: the test on one CPU, a thread of the same
 * mm spinning on another, and on each a process of another mm that waits.
 *
 * A program says what it needs with PGDM_NEEDS(), and writes its tests with
 * STAGE_TEST(). The test's mm is not tracked yet when it begins.
 */
#ifndef _PGDM_TEST_H
#define _PGDM_TEST_H

#include <sys/mman.h>

#include <kselftest_harness.h>

#include "pgdm.h"

#define STAGE_TIMEOUT	300

#define PGDM_NEEDS(...)							\
	static void __attribute__((constructor)) pgdm_needs_begin(void)	\
	{								\
		static const struct pgdm_needs needs = { __VA_ARGS__ };	\
									\
		pgdm_begin(&needs);					\
	}

#define STAGE_TEST(name) TEST_F_TIMEOUT(stage, name, STAGE_TIMEOUT)

/* Where the test runs, and where the others do. */
#define HERE	0
#define THERE	1

FIXTURE(stage) {
	struct pgdm_partner neighbour;
	struct pgdm_partner partner;
	struct pgdm_worker worker;
};

FIXTURE_SETUP(stage)
{
	pgdm_pin(HERE);
	pgdm_partner_start(&self->neighbour, HERE);
	if (pgdm_nr_cpus() > THERE) {
		pgdm_partner_start(&self->partner, THERE);
		/* Pages shared since a fork: writing them later would flush. */
		ASSERT_EQ(0, mlockall(MCL_CURRENT));
		pgdm_worker_start(&self->worker, THERE);
	}
}

FIXTURE_TEARDOWN(stage)
{
	if (pgdm_nr_cpus() > THERE) {
		pgdm_worker_stop(&self->worker);
		pgdm_partner_stop(&self->partner);
	}
	pgdm_partner_stop(&self->neighbour);
	if (pgdm_is_loaded())
		EXPECT_EQ(0, pgdm_write("track", "none"));
}

/* Tracks the calling process: each CPU that runs it has a mirror then. */
#define track_self() ASSERT_EQ(0, pgdm_writef("track", "pid %d", getpid()))
#define untrack_self() ASSERT_EQ(0, pgdm_writef("track", "-pid %d", getpid()))

/* The worker's CPU is in the mm and in user mode, whatever it was in before. */
static void __attribute__((unused)) nop_job(void *unused)
{
	(void)unused;
}

static void __attribute__((unused)) ping_job(void *partner)
{
	pgdm_partner_ping(partner);
}

/* The worker's CPU leaves the mm and comes back: a sync on a switch. */
#define round_trip(self) \
	pgdm_worker_call(&(self)->worker, ping_job, &(self)->partner)

/* The same on the test's own CPU. */
#define round_trip_here(self) pgdm_partner_ping(&(self)->neighbour)

struct touch {
	unsigned int slot;
	unsigned int page;
};

static void __attribute__((unused)) touch_job(void *arg)
{
	const struct touch *t = arg;

	pgdm_slot_touch(t->slot, t->page);
}

/*
 * Another process may have a CPU for a moment, and the switch back is a sync
 * point that nobody here asked for: a turn in which this count has moved proves
 * less than others.
 */
static uint64_t __attribute__((unused)) switches_on(unsigned int cpu)
{
	return pgdm_cpu_stat(cpu, "switches");
}

/* The worker touches a page: a fault there. */
#define touch_there(self, ...) \
	pgdm_worker_call(&(self)->worker, touch_job, \
			 &(struct touch){ __VA_ARGS__ })

#endif
