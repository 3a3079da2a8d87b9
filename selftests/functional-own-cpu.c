// SPDX-License-Identifier: GPL-2.0
/*
 * The writer's own CPU (O1): under "dirty" its mirror has what it writes, and its next
 * switch finds nothing to copy. No other mirror is stored into.
 */
#define _GNU_SOURCE
#include <sys/uio.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

#define SLOT PGDM_SLOT_FIRST

/* What a CPU has counted. */
struct counts {
	uint64_t own_stores;
	uint64_t clean;
	uint64_t dirty;
	uint64_t full;
	uint64_t entries;
};

static struct counts count(unsigned int cpu)
{
	return (struct counts){
		.own_stores = pgdm_cpu_stat(cpu, "own_stores"),
		.clean = pgdm_cpu_stat(cpu, "syncs_clean"),
		.dirty = pgdm_cpu_stat(cpu, "syncs_dirty"),
		.full = pgdm_cpu_stat(cpu, "syncs_full"),
		.entries = pgdm_cpu_stat(cpu, "entries_copied"),
	};
}

static struct counts counts_since(unsigned int cpu, struct counts before)
{
	struct counts c = count(cpu);

	c.own_stores -= before.own_stores;
	c.clean -= before.clean;
	c.dirty -= before.dirty;
	c.full -= before.full;
	c.entries -= before.entries;
	return c;
}

#define expect_nothing_copied(c) do {	\
	EXPECT_EQ(0, (c).dirty);	\
	EXPECT_EQ(0, (c).full);		\
	EXPECT_EQ(0, (c).entries);	\
} while (0)

STAGE_TEST(an_addition_and_a_removal)
{
	struct counts c;
	uint64_t through;

	track_self_on_both(self);
	round_trips(self);
	through = pgdm_stat("write_throughs");
	c = count(HERE);
	pgdm_slot_add(SLOT);
	EXPECT_EQ(0, pgdm_audit().violations);
	EXPECT_EQ(pgdm_pages(), counts_since(HERE, c).own_stores);
	round_trip_here(self);
	pgdm_slot_unmap(SLOT);
	EXPECT_EQ(2 * pgdm_pages(), counts_since(HERE, c).own_stores);
	round_trip_here(self);
	c = counts_since(HERE, c);
	EXPECT_LE(2, c.clean);
	expect_nothing_copied(c);
	EXPECT_EQ(0, pgdm_cpu_stat(THERE, "own_stores"));
	EXPECT_EQ(through, pgdm_stat("write_throughs"));
}

/* Many: the ring wraps, and the own mirror never falls behind. */
STAGE_TEST(more_than_the_ring_holds)
{
	struct counts c;

	track_self_on_both(self);
	round_trips(self);
	c = count(HERE);
	pgdm_slots_add(SLOT, PGDM_SLOT_END);
	round_trip_here(self);
	pgdm_slots_unmap(SLOT, PGDM_SLOT_END);
	round_trip_here(self);
	c = counts_since(HERE, c);
	expect_nothing_copied(c);
	EXPECT_EQ(2 * PGDM_NR_SLOTS * pgdm_pages(), c.own_stores);
}

/* It has its own entry at once, and the other one at the next sync, which copies both. */
STAGE_TEST(a_mirror_that_lacked_more)
{
	struct pgdm_watch watch = WATCH_BOTH(self);
	struct counts c;
	uint64_t stale;

	track_self_on_both(self);
	do {
		round_trips(self);
		pgdm_slot_map(SLOT);
		pgdm_watch_begin(&watch);
		c = count(HERE);
		touch_there(self, SLOT, 0);
		pgdm_slot_add(SLOT + 1);
		stale = pgdm_audit().stale;
		EXPECT_EQ(pgdm_pages(), counts_since(HERE, c).own_stores);
		round_trip_here(self);
		c = counts_since(HERE, c);
		pgdm_watch_end(&watch, 1);
		check_mirrors(_metadata);
		pgdm_slot_unmap(SLOT);
		pgdm_slot_unmap(SLOT + 1);
	} while (pgdm_watch_again(&watch));
	/* The worker's CPU lacks the second entry, and this one the first. */
	EXPECT_EQ(2 * pgdm_pages(), stale);
	EXPECT_EQ(1, c.dirty);
	/* The second entry has a record, and is in this CPU's mirror already. */
	EXPECT_EQ(pgdm_pages(), c.entries);
}

static int map_slot(void *slot)
{
	pgdm_slot_map((unsigned int)(uintptr_t)slot);
	return 0;
}

static int read_slot(void *slot)
{
	return *pgdm_slot_address((unsigned int)(uintptr_t)slot, 0);
}

/*
 * This CPU writes the root of another process's mm, while it has a mirror of its own:
 * nothing is stored there. Both processes are tracked; the other one has a mirror on
 * its CPU, and on this one, too, from its first turn.
 */
STAGE_TEST(the_root_of_another_process)
{
	void *slot = (void *)SLOT;
	uint64_t publishes;
	char value = 42;
	struct iovec from = { &value, 1 };
	struct iovec to = { pgdm_slot_address(SLOT, 0), 1 };
	struct pgdm_partner *other[] = { &self->partner, &self->neighbour };
	unsigned int i;

	track_self_on_both(self);
	for (i = 0; i < 2; i++) {
		pid_t pid = other[i]->pid;
		uint64_t stores;

		ASSERT_EQ(0, pgdm_writef("track", "pid %d", pid));
		pgdm_partner_call(other[i], map_slot, slot);
		ASSERT_EQ(1, pgdm_mirrors(-1, pgdm_id(pid), NULL));
		publishes = pgdm_stat("publishes");
		stores = pgdm_stat("own_stores");
		ASSERT_EQ(1, process_vm_writev(pid, &from, 1, &to, 1, 0));
		EXPECT_EQ(publishes + 1, pgdm_stat("publishes"));
		EXPECT_EQ(stores, pgdm_stat("own_stores"));
		check_mirrors(_metadata);
		EXPECT_EQ(42, pgdm_partner_call(other[i], read_slot, slot));
		check_mirrors(_metadata);
		pgdm_partner_remove(other[i], SLOT);
		EXPECT_EQ(stores + pgdm_pages(), pgdm_stat("own_stores"));
	}
}

/* Those have other means, or none. */
STAGE_TEST(no_other_policy_does_it)
{
	static const char *const others[] = {
		"always", "always-exit", "flag", "flag-mm", "flush-only", "carry",
		"eager",
	};
	unsigned int i;

	track_self_on_both(self);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ASSERT_EQ(0, pgdm_write("policy", others[i]));
		round_trips(self);
		pgdm_slot_add(SLOT);
		pgdm_slot_unmap(SLOT);
		EXPECT_EQ(0, pgdm_stat("own_stores")) {
			TH_LOG("%s", others[i]);
		}
	}
}

TEST_HARNESS_MAIN
