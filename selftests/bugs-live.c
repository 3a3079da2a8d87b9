// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of live mode: what only a CPU that walks mirrors can get wrong; and
 * what code other than the module does to its CR3.
 */
#include "lib/seeded.h"

#define ROUNDS 20

PGDM_NEEDS(.params = "live=1 oracle=1", .seeded = true, .cpus = 2);

/*
 * L2: the mm is untracked, its mirrors are given up, and the CPUs walk on
 * them. They are good for as long as no CPU takes them and no entry changes.
 */
static uint64_t untrack(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	pgdm_bug(bugs);
	if (pgdm_writef("track", "-pid %d", getpid()))
		pgdm_die("cannot untrack myself");
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	/* Switches take them off. */
	round_trips(self);
	if (pgdm_audit().violations)
		pgdm_die("a CPU is stuck on a mirror");
	if (pgdm_writef("track", "pid %d", getpid()))
		pgdm_die("cannot track myself");
	return damage;
}

SEEDED_BUG(keep_cr3, untrack)

/* An entry of the other CPU, seen here: does this CPU lack it? */
static bool is_lacking(FIXTURE_DATA(stage) *self, struct pgdm_turns *turns,
		       unsigned int slot, bool *alone)
{
	pgdm_turn_begin(turns);
	pgdm_turn_count(turns);
	touch_there(self, slot, 0);
	if (*(volatile char *)pgdm_slot_address(slot, 0) != 1)
		pgdm_die("wrong data in slot %u", slot);
	*alone = pgdm_turn_end(turns);
	return turns->fixed;
}

/*
 * L2: a CPU that is on its primary without the engine's doing, as after a KVM exit
 * on Intel, is not wrong, whatever follows: flushes, switches, the end of live mode
 * and of tracking.
 */
STAGE_TEST(vm_exit)
{
	struct pgdm_turns turns = PGDM_TURNS_ON(HERE);
	unsigned int i, on_primary = 0;
	bool alone;

	track_self_on_both(self);
	pgdm_bug("vm_exit");
	for (i = 0; i < ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + 2 * i;

		pgdm_slot_map(slot + 1);
		/* Both come to the primary with this fault. */
		pgdm_slot_add(slot);
		touch_there(self, slot, 1);
		if (!is_lacking(self, &turns, slot + 1, &alone))
			on_primary += alone;
		else if (alone)
			TH_LOG("turn %u: on a mirror", i);
		check_mirrors(_metadata);
		pgdm_slot_unmap(slot);
		pgdm_slot_unmap(slot + 1);
		switch (i % 4) {
		case 0:
			round_trips(self);
			break;
		case 1:
			EXPECT_EQ(0, pgdm_write("live", "0"));
			EXPECT_EQ(0, pgdm_write("live", "1"));
			break;
		case 2:
			untrack_self();
			track_self();
			break;
		}
		check_mirrors(_metadata);
	}
	pgdm_bug("none");
	EXPECT_LE(ROUNDS / 2, on_primary);
	/* And it is on a mirror again with the next switch. */
	for (i = 0, alone = false; i < ROUNDS && !alone; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + 2 * i;

		round_trip_here(self);
		pgdm_slot_map(slot);
		EXPECT_TRUE(is_lacking(self, &turns, slot, &alone) || !alone);
		pgdm_slot_unmap(slot);
	}
	EXPECT_TRUE(alone);
}

/* The same: neither a mirror nor the mm's own table, and no CPU syncs it. */
SEEDED_BUG(foreign_cr3, untrack)

/*
 * C1: bit 63 of CR3 without PCIDs, or none with them. The build for tests sees it
 * before it is written, and writes what is right. (With PCIDs more of CR3 can be
 * wrong: pcid-cr3.)
 */
static uint64_t switch_to_a_mirror(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	pgdm_bug(bugs);
	round_trip_here(self);
	pgdm_bug("none");
	return pgdm_stat("violations") - before;
}

SEEDED_BUG(noflush_bit, switch_to_a_mirror)

/*
 * L2: a CPU that is off its mirror is on its primary, which is right, and is counted.
 * Each round makes both CPUs fault; another process may put them back.
 */
STAGE_TEST(on_primary)
{
	bool counted = false;
	unsigned int i;

	track_self_on_both(self);
	EXPECT_EQ(0, pgdm_audit().on_primary);
	pgdm_bug("vm_exit");
	for (i = 0; i < ROUNDS && !counted; i++) {
		pgdm_slot_add(PGDM_SLOT_FIRST);
		touch_there(self, PGDM_SLOT_FIRST, 1);
		counted = pgdm_audit().on_primary == 2;
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
	}
	EXPECT_TRUE(counted);
	check_mirrors(_metadata);
	pgdm_bug("none");
	round_trips(self);
	EXPECT_EQ(0, pgdm_audit().on_primary);
}

TEST_HARNESS_MAIN
