// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of the policies that are not dirty or always, and of the change
 * from one to another.
 */
#include <string.h>

#include "lib/removal.h"
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "oracle=2");

#define SLOT PGDM_SLOT_FIRST

#define judge_under(name, play, bug) do {				\
	char policy[] = name;						\
	char *dash = strchr(policy, '_');				\
									\
	if (dash)							\
		*dash = '-';						\
	ASSERT_EQ(0, pgdm_write("policy", policy));			\
	judge(_metadata, self, play, "none", bug, true);		\
} while (0)

/* Each by itself: from a policy to dirty. */
#define POLICY_BUG(policy, bug, play) \
STAGE_TEST(policy##_##bug) { judge_under(#policy, play, #bug); }

#define POLICY_ADDITION_BUG(policy, bug, play)				\
STAGE_TEST(policy##_##bug)						\
{									\
	SKIP_ADDITION_BY_TABLES();					\
	judge_under(#policy, play, #bug);				\
}

/*
 * flag: the worker's CPU copies on a switch, and an entry is published when it
 * has copied and not lowered the flag yet. The IPI finds it lowered.
 */
static uint64_t publish_in_window(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");
	unsigned int pauses = pgdm_bug_pauses();

	pgdm_slot_map(SLOT);
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, pgdm_job_ping, &self->partner);
	wait_for_window(self, pauses);
	pgdm_slot_touch(SLOT, 0);
	pgdm_worker_wait(&self->worker);
	pgdm_bug("none");
	pgdm_slot_unmap(SLOT);
	return pgdm_stat("violations") - before;
}

POLICY_ADDITION_BUG(flag, late_lower, publish_in_window)

/* flag-mm: the flush of a removal comes to two CPUs, and one of them copies. */
static uint64_t remove_entry(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	pgdm_slot_add(SLOT);
	touch_there(self, SLOT, 1);
	round_trips(self);
	pgdm_bug(bugs);
	pgdm_slot_unmap(SLOT);
	return pgdm_stat("violations") - before;
}

POLICY_BUG(flag_mm, shared_flag, remove_entry)
POLICY_BUG(flag, skip_flush_sync, remove_entry)
POLICY_BUG(flag_mm, skip_flush_sync, remove_entry)
POLICY_BUG(flush_only, skip_flush_sync, remove_entry)
POLICY_BUG(carry, skip_flush_sync, remove_entry)
POLICY_BUG(always_exit, skip_flush_sync, remove_entry)

/*
 * carry, and an oracle that looks at freed tables only: the flushes that the
 * policy sends for another thread's additions do not make it forget them.
 */
static uint64_t remove_among_additions(FIXTURE_DATA(stage) *self,
				       const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	remove_while_worker_adds(self, bugs);
	return pgdm_stat("violations") - before;
}

STAGE_TEST(carry_skip_flush_sync_freed_tables)
{
	ASSERT_EQ(0, pgdm_unload());
	ASSERT_EQ(0, pgdm_load("oracle=1 policy=carry"));
	judge(_metadata, self, remove_among_additions, "none",
	      "skip_flush_sync", true);
	check_and_unload(_metadata);
	ASSERT_EQ(0, pgdm_load("oracle=2"));
}

/* flag, carry: the CPU that was to be told lags behind. */
static uint64_t add_entry(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	pgdm_bug(bugs);
	pgdm_slot_add(SLOT);
	/* Once it is back, if another process had that CPU meanwhile. */
	wait_for_worker(self);
	damage = pgdm_audit().stale;
	pgdm_bug("none");
	pgdm_slot_unmap(SLOT);
	return damage;
}

POLICY_BUG(flag, no_kick, add_entry)
POLICY_BUG(carry, no_kick, add_entry)

/* always-exit: the oracle judges the way back to user mode, our own here. */
static uint64_t add_and_return(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	(void)self;
	pgdm_bug(bugs);
	pgdm_slot_add(SLOT);
	getppid();
	pgdm_bug("none");
	pgdm_slot_unmap(SLOT);
	return pgdm_stat("violations") - before;
}

POLICY_ADDITION_BUG(always_exit, skip_user_return, add_and_return)

/*
 * eager: in the window the mirrors have the new entry, and the primary has not.
 * The worker lets its CPU copy everything: two changes of policy, a switch.
 */
static atomic_bool done;
static unsigned int pauses_before;

#define wait_for_window_or_end() \
	pgdm_wait_for(pgdm_bug_pauses() != pauses_before || atomic_load(&done))

static void copy_in_window(void *partner)
{
	wait_for_window_or_end();
	if (pgdm_write("policy", "dirty") || pgdm_write("policy", "eager"))
		pgdm_die("cannot change the policy");
	pgdm_partner_ping(partner);
	release_window();
}

static uint64_t store_in_mirrors_first(FIXTURE_DATA(stage) *self,
				       const char *bugs)
{
	uint64_t damage;

	round_trips(self);
	pgdm_slot_map(SLOT);
	atomic_store(&done, false);
	pauses_before = pgdm_bug_pauses();
	hold_window();
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, copy_in_window, &self->partner);
	pgdm_slot_touch(SLOT, 0);
	atomic_store(&done, true);
	pgdm_worker_wait(&self->worker);
	pgdm_bug("none");
	damage = pgdm_audit().violations;
	pgdm_slot_unmap(SLOT);
	return damage;
}

STAGE_TEST(eager_scan_first)
{
	SKIP_BY_TABLES("the kernel has stored before");
	judge_under("eager", store_in_mirrors_first, "scan_first");
}

/*
 * flush-only, live: the thread's endless faults, if no guard ends them. They end
 * here when the guard may act again.
 */
static uint64_t fault_on(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before, endless = 0;

	if (pgdm_write("live", "1"))
		pgdm_die("cannot go live");
	pgdm_slot_add(SLOT);
	before = pgdm_cpu_stat(THERE, "faults_fixed");
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, pgdm_job_read, pgdm_slot_address(SLOT, 0));
	while (pgdm_worker_busy(&self->worker) && !endless)
		if (pgdm_cpu_stat(THERE, "faults_fixed") - before > 1000)
			endless = 1;
	pgdm_bug("none");
	pgdm_worker_wait(&self->worker);
	pgdm_slot_unmap(SLOT);
	if (pgdm_write("live", "0"))
		pgdm_die("cannot leave live mode");
	return endless;
}

POLICY_BUG(flush_only, no_guard, fault_on)

/*
 * A change from dirty to flag: mirrors that are copied in the window count as
 * copied, and what is written then raises no flag. A flush that has nothing to
 * do with it makes the CPU look, and the oracle with it.
 */
static void copy_and_write_in_window(void *partner)
{
	wait_for_window_or_end();
	pgdm_partner_ping(partner);
	pgdm_slot_touch(SLOT, 0);
	release_window();
}

static uint64_t change_in_between(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	if (pgdm_write("policy", "dirty"))
		pgdm_die("cannot change the policy");
	round_trips(self);
	pgdm_slot_map(SLOT);
	pgdm_slot_map(PGDM_SLOT_LAST);
	pgdm_slot_touch(PGDM_SLOT_LAST, 0);
	touch_there(self, PGDM_SLOT_LAST, 1);
	atomic_store(&done, false);
	pauses_before = pgdm_bug_pauses();
	hold_window();
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, copy_and_write_in_window,
			 &self->partner);
	if (pgdm_write("policy", "flag"))
		pgdm_die("cannot change the policy");
	atomic_store(&done, true);
	pgdm_worker_wait(&self->worker);
	pgdm_bug("none");
	/* One page of two: the root stays as it is. */
	if (munmap(pgdm_slot_address(PGDM_SLOT_LAST, 1), 4096))
		pgdm_die("cannot unmap a page");
	pgdm_slot_unmap(PGDM_SLOT_LAST);
	pgdm_slot_unmap(SLOT);
	return pgdm_stat("violations") - before;
}

/* The CPU that has copied writes: its own mirror is to lack what is written. */
STAGE_TEST(flag_change_early)
{
	SKIP_ADDITION_BY_TABLES();
	ASSERT_EQ(0, pgdm_write("policy", "flag"));
	judge(_metadata, self, change_in_between, "no_own_store",
	      "change_early,no_own_store", true);
}

TEST_HARNESS_MAIN
