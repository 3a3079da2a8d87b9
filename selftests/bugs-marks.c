// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of the marks (M1, M2), of the kernel half of a mirror that changes hands
 * (M3), and of the mirror of the writer's own CPU (O1).
 *
 * Three have no scene here. ignore_kernel_write and count_late need a kernel-half write
 * that is no LDT's, of which only memory hotplug makes any, once. unmark_early makes a
 * mirror lack an entry while that is being removed, and no longer: the audit gives no
 * answer while a write is under way. The unit tests play them.
 */
#include "lib/first_copies.h"
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "mirrors=2");

#define SLOT	PGDM_SLOT_FIRST
#define MANY	70	/* more than the ring holds */

static void touch_many_job(void *unused)
{
	unsigned int slot;

	(void)unused;
	for (slot = SLOT; slot < SLOT + MANY; slot++)
		pgdm_slot_touch(slot, 0);
}

/*
 * M1. The worker has added many entries, and adds another. In the window this CPU
 * passes a sync point: too many changes for the records, so it goes by the marks.
 */
static uint64_t mark_in_window(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct pgdm_touch touch = { SLOT + MANY, 0 };
	unsigned int pauses = pgdm_bug_pauses();
	uint64_t damage;

	round_trip_here(self);
	pgdm_slots_map(SLOT, SLOT + MANY + 1);
	pgdm_worker_call(&self->worker, touch_many_job, NULL);
	hold_window();
	pgdm_bug_pause_cpu(THERE);
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, pgdm_job_touch, &touch);
	wait_for_window(self, pauses);
	round_trip_here(self);
	release_window();
	pgdm_worker_wait(&self->worker);
	pgdm_bug_pause_cpu(-1);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	/* With one flush. */
	if (munmap(pgdm_slot_address(SLOT, 0),
		   (size_t)(MANY + 1) << pgdm_slot_shift()))
		pgdm_die("cannot unmap the slots");
	return damage;
}

ADDITION_BUG(mark_late, mark_in_window)

/*
 * O1. The worker adds an entry, and then this CPU another one: that does not make its
 * mirror complete.
 */
static uint64_t add_after_other(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	pgdm_slot_map(SLOT);
	touch_there(self, SLOT, 0);
	pgdm_bug(bugs);
	pgdm_slot_add(SLOT + 1);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	pgdm_slot_unmap(SLOT);
	pgdm_slot_unmap(SLOT + 1);
	return damage;
}

ADDITION_BUG(own_too_far, add_after_other)

#define begin_mms(self, mms) do {	\
	start_mms(mms);			\
	track_mms(mms);			\
	begin_turns(self, mms);		\
} while (0)

/* Mm 2 takes the mirror of mm 0. */
static uint64_t change_hands(FIXTURE_DATA(stage) *self, struct mms *mms,
			     const char *bugs)
{
	uint64_t damage;

	take_turn(self, mms, 0);
	take_turn(self, mms, 1);
	pgdm_bug(bugs);
	take_turn(self, mms, 2);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	return damage;
}

/* Mm 0 has something that mm 2 has not. Each turn is a first copy, and by the marks. */
static void judge_hands(struct __test_metadata *_metadata,
			FIXTURE_DATA(stage) *self, struct mms *mms,
			const char *bug)
{
	unsigned int i;

	for (i = 0; i < REPEATS; i++) {
		expect_sparse_turns(_metadata, self, mms);
		EXPECT_EQ(0, change_hands(self, mms, "none"));
		EXPECT_EQ(0, pgdm_stat("violations"));
		EXPECT_LT(0, change_hands(self, mms, bug));
		forget_damage(_metadata);
		/* The next first copies make good what this one has left. */
		take_turns(self, mms);
	}
}

/* M2 */
STAGE_TEST(keep_leftover)
{
	struct mms mms;

	SKIP_BY_TABLES("what a copy leaves without a mark is copied once more");
	begin_mms(self, &mms);
	add_slots(&mms, 0, SLOT, SLOT + 3);
	take_turn(self, &mms, 1);
	take_turn(self, &mms, 2);
	judge_hands(_metadata, self, &mms, "keep_leftover");
	stop_mms(&mms);
}

static int write_ldt(void *unused)
{
	(void)unused;
	return pgdm_ldt_write(0, 0);
}

/* M3 */
STAGE_TEST(skip_own_entries)
{
	struct mms mms;

	if (!pgdm_has_pti())
		SKIP(return, "needs page table isolation");
	begin_mms(self, &mms);
	ASSERT_EQ(0, call_in_turn(&mms, 0, write_ldt, NULL));
	take_turn(self, &mms, 1);
	take_turn(self, &mms, 2);
	judge_hands(_metadata, self, &mms, "skip_own_entries");
	stop_mms(&mms);
}

/*
 * H1. No bug: each write counts as missed. What the marks say does not count then; a first
 * copy is full, it has what no hook saw, and makes the marks anew.
 */
STAGE_TEST(miss_hook)
{
	uint64_t switches;
	struct copies c;
	struct mms mms;
	unsigned int i;

	SKIP_BY_TABLES("a missed addition does not count");
	begin_mms(self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	pgdm_bug("miss_hook");
	add_slots(&mms, 0, SLOT, SLOT + 3);
	pgdm_bug("none");
	for (i = 1; i <= NR_MMS; i++) {
		c = count_copies(THERE);
		switches = pgdm_cpu_stat(THERE, "switches");
		take_turn(self, &mms, i % NR_MMS);
		c = copies_since(THERE, c);
		switches = pgdm_cpu_stat(THERE, "switches") - switches;
		EXPECT_EQ(1, c.attaches);
		/*
		 * The worker may have the CPU in the middle of a turn: one more switch, and
		 * a full copy if it is not known yet that missed writes are stored.
		 */
		EXPECT_LE(1, c.full);
		EXPECT_GE(switches, c.full) {
			TH_LOG("%llu switches", (unsigned long long)switches);
		}
		EXPECT_EQ(0, c.sparse);
		EXPECT_EQ(PGDM_ROOT_ENTRIES * pgdm_pages(), c.first);
		check_mirrors(_metadata);
	}
	EXPECT_EQ(0, pgdm_audit().stale);
	EXPECT_LT(0, pgdm_stat("hooks_missed"));
	/* Until full copies count, and each mirror and each mm has had one. */
	pgdm_wait_for(strstr(pgdm_read("preflight"), "ok kernel_halves: the same"));
	take_turn(self, &mms, 1);
	take_turn(self, &mms, 2);
	pgdm_wait_for(({
		c = count_copies(THERE);
		take_turns(self, &mms);
		copies_since(THERE, c).sparse == NR_MMS;
	}));
	begin_turns(self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	stop_mms(&mms);
}

TEST_HARNESS_MAIN
