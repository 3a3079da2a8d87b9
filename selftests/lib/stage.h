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

/* Where the test runs, and where the others do. */
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

FIXTURE(stage) {
	struct pgdm_partner neighbour;
	struct pgdm_partner partner;
	struct pgdm_worker worker;
	struct pgdm_mode mode;
};

FIXTURE_SETUP(stage)
{
	self->mode = get_mode();
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

/* Tracks the calling process: each CPU that runs it has a mirror then. */
#define track_self() ASSERT_EQ(0, pgdm_writef("track", "pid %d", getpid()))
#define untrack_self() ASSERT_EQ(0, pgdm_writef("track", "-pid %d", getpid()))

static void __attribute__((unused)) nop_job(void *unused)
{
	(void)unused;
}

/* Waits for the worker's CPU, if another process has it for a moment. */
#define wait_for_worker(self) \
	pgdm_worker_call(&(self)->worker, nop_job, NULL)

/* Tracks the calling process, and both CPUs have loaded a mirror of it. */
#define track_self_on_both(self) do {					\
	track_self();							\
	wait_for_worker(self);						\
	ASSERT_EQ(2, pgdm_mirrors(-1, pgdm_id(getpid()), "loaded"));	\
} while (0)

/*
 * Switches to tracked mms on a CPU of ours. Another process may have the CPU for a
 * moment, and the switch back is a sync point that nobody here asked for: a turn in
 * which this has moved proves less. A switch is counted before it syncs, so the
 * worker of that CPU is waited for.
 */
static uint64_t __attribute__((unused)) switches_of(struct pgdm_worker *w)
{
	pgdm_worker_call(w, nop_job, NULL);
	return pgdm_cpu_stat(w->cpu, "switches");
}

/* The same of the test's own CPU. */
static uint64_t __attribute__((unused)) switches_here(void)
{
	return pgdm_cpu_stat(HERE, "switches");
}

/* ... and of both CPUs. */
#define switches(self) (switches_here() + switches_of(&(self)->worker))

/* Exactly so many, if nobody disturbed; never more. */
#define expect_count(wanted, counted, undisturbed) do {		\
	EXPECT_GE(wanted, counted);				\
	if (undisturbed) {					\
		EXPECT_EQ(wanted, counted);			\
	}							\
} while (0)

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

/* The worker touches a page: a fault there. */
#define touch_there(self, ...) \
	pgdm_worker_call(&(self)->worker, touch_job, \
			 &(struct touch){ __VA_ARGS__ })

/* Additions by the worker, one after the other, in slots that are mapped. */
struct slots {
	unsigned int first;
	unsigned int end;
};

static void __attribute__((unused)) touch_slots_job(void *arg)
{
	const struct slots *s = arg;
	unsigned int slot;

	for (slot = s->first; slot < s->end; slot++)
		pgdm_slot_touch(slot, 0);
}

#define MANY_SLOTS 40

/*
 * Removes many entries with one munmap(), one flush, while the worker adds as
 * many: under carry each addition is a flush of another thread.
 */
static void __attribute__((unused))
remove_while_worker_adds(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct slots added = { PGDM_SLOT_FIRST + MANY_SLOTS,
			       PGDM_SLOT_FIRST + 2 * MANY_SLOTS };
	unsigned int slot;

	for (slot = PGDM_SLOT_FIRST; slot < added.first; slot++)
		pgdm_slot_add(slot);
	touch_there(self, PGDM_SLOT_FIRST, 1);
	for (slot = added.first; slot < added.end; slot++)
		pgdm_slot_map(slot);
	round_trip(self);
	round_trip_here(self);
	if (bugs)
		pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, touch_slots_job, &added);
	if (munmap(pgdm_slot_address(PGDM_SLOT_FIRST, 0),
		   (size_t)MANY_SLOTS << pgdm_slot_shift()))
		pgdm_die("cannot unmap the slots");
	pgdm_worker_wait(&self->worker);
	if (bugs)
		pgdm_bug("none");
	for (slot = added.first; slot < added.end; slot++)
		pgdm_slot_unmap(slot);
}

#endif
