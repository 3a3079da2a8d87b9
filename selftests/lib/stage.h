/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stage of the test programs: the test on one CPU, a thread of the same
 * mm spinning on another, and on each a process of another mm that waits.
 *
 * A program says what it needs with PGDM_NEEDS(), and writes its tests with
 * STAGE_TEST(). The test's mm is not tracked yet when it begins.
 */
#ifndef _PGDM_STAGE_H
#define _PGDM_STAGE_H

#include <string.h>
#include <sys/mman.h>

#include <kselftest_harness.h>

#include "pgdm.h"
#include "verdict.h"

#define STAGE_TIMEOUT	300

#define STAGE_TEST(name) TEST_F_TIMEOUT(stage, name, STAGE_TIMEOUT)

/* The CPU of the test, and that of the worker and one partner. */
#define HERE	0
#define THERE	1

/**
 * struct pgdm_mode - what the module did when a test began
 * @policy: the policy in force; empty when the module was not loaded
 * @live: what the file live said
 */
struct pgdm_mode {
	char policy[32];
	char live[4];
};

static struct pgdm_mode get_mode(void)
{
	struct pgdm_mode m = { 0 };
	const char *in_force;

	if (!pgdm_is_loaded())
		return m;
	in_force = strchr(pgdm_read("policy"), '[');
	if (!in_force || sscanf(in_force, "[%31[^]]", m.policy) != 1)
		pgdm_die("no policy is in force");
	snprintf(m.live, sizeof(m.live), "%s", pgdm_read("live"));
	return m;
}

/* After the mirrors were looked at: a change has them copied. */
static void put_mode(struct __test_metadata *_metadata,
		     const struct pgdm_mode *m)
{
	if (!*m->policy)
		return;
	if (strcmp(m->live, pgdm_read("live")))
		EXPECT_EQ(0, pgdm_write("live", m->live));
	EXPECT_EQ(0, pgdm_write("policy", m->policy));
}

/* Without a second CPU, or with .alone, there are no partner and no worker. */
FIXTURE(stage) {
	struct pgdm_partner neighbour;	/* a process on the test's CPU */
	struct pgdm_partner partner;	/* a process on the other CPU */
	struct pgdm_worker worker;	/* a thread of the test there */
	struct pgdm_mode mode;		/* to be put back at the end */
};

/**
 * STAGE_UNDER() - play all tests of the program under this policy, each by itself
 * @policy_: its name
 *
 * Used once for each of several policies. Without it tests are played once, under the
 * policy that the module was loaded with.
 */
#define STAGE_UNDER(policy_) \
	FIXTURE_VARIANT_ADD(stage, policy_) { .policy = #policy_ }

FIXTURE_VARIANT(stage) {
	const char *policy;
};

/* Static in the harness of newer kernels; some programs have a fixture of their own. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

FIXTURE_SETUP(stage)
{
	self->mode = get_mode();
	if (variant)
		ASSERT_EQ(0, pgdm_write("policy", variant->policy));
	pgdm_pin(HERE);
	pgdm_partner_start(&self->neighbour, HERE);
	if (!pgdm_is_alone()) {
		pgdm_partner_start(&self->partner, THERE);
		/* Pages shared since a fork: writing them later would flush. */
		ASSERT_EQ(0, mlockall(MCL_CURRENT));
		pgdm_worker_start(&self->worker, THERE);
	}
}

/*
 * The mirrors are looked at while everything is as the test has left it, the counts
 * when all is over.
 */
FIXTURE_TEARDOWN(stage)
{
	if (pgdm_is_loaded())
		check_mirrors(_metadata);
	if (!pgdm_is_alone()) {
		pgdm_worker_stop(&self->worker);
		pgdm_partner_stop(&self->partner);
	}
	pgdm_partner_stop(&self->neighbour);
	if (pgdm_is_loaded()) {
		EXPECT_EQ(0, pgdm_write("track", "none"));
		put_mode(_metadata, &self->mode);
		check_counts(_metadata);
	}
}

#pragma GCC diagnostic pop

/* Tracks the calling process: each CPU that runs it has a mirror then. */
#define track_self() ASSERT_EQ(0, pgdm_writef("track", "pid %d", getpid()))
#define untrack_self() ASSERT_EQ(0, pgdm_writef("track", "-pid %d", getpid()))

/* Waits for the worker's CPU, if another process has it for a moment. */
#define wait_for_worker(self) \
	pgdm_worker_call(&(self)->worker, pgdm_job_nop, NULL)

/* Tracks the calling process, and both CPUs have loaded a mirror of it. */
#define track_self_on_both(self) do {					\
	track_self();							\
	wait_for_worker(self);						\
	ASSERT_EQ(2, pgdm_mirrors(-1, pgdm_id(getpid()), "loaded"));	\
} while (0)

/* The worker's CPU leaves the mm and comes back: a sync on a switch. */
#define round_trip(self) \
	pgdm_worker_call(&(self)->worker, pgdm_job_ping, &(self)->partner)

/* The same on the test's own CPU. */
#define round_trip_here(self) pgdm_partner_ping(&(self)->neighbour)

/* ... and on both, one after the other. */
#define round_trips(self) do {						\
	round_trip(self);						\
	round_trip_here(self);						\
} while (0)

/* The worker touches a page, given by slot and page: a fault there. */
#define touch_there(self, ...) \
	pgdm_worker_call(&(self)->worker, pgdm_job_touch, \
			 &(struct pgdm_touch){ __VA_ARGS__ })

/* The worker reads a byte: a fault there, if the CPU lacks the page. */
#define read_there(self, address) \
	pgdm_worker_call(&(self)->worker, pgdm_job_read, address)

/* The worker reads a word, and the test is told which. */
static long __attribute__((unused))
load_there(FIXTURE_DATA(stage) *self, const volatile void *address)
{
	struct pgdm_load load = { .address = address };

	pgdm_worker_call(&self->worker, pgdm_job_load, &load);
	return load.value;
}

/* Initialisers of a watch or of turns: the other CPU, while the worker has no job. */
#define WATCH_THERE(self) { .worker = &(self)->worker }
#define WATCH_BOTH(self) \
	{ .here = true, .cpu = HERE, .worker = &(self)->worker }

#endif
