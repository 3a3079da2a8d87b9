// SPDX-License-Identifier: GPL-2.0
/*
 * W5, hooks=tables: an entry is added without the hook's notice, comes into a mirror by a
 * fault, and is removed. The oracle looks for its table when the flush has returned. On a
 * machine without page table isolation.
 */
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "hooks=tables oracle=1");

#define SLOT	PGDM_SLOT_FIRST

STAGE_UNDER(dirty);
STAGE_UNDER(eager);
STAGE_UNDER(flag);
STAGE_UNDER(carry);

static uint64_t remove_unseen(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	pgdm_bug("miss_addition");
	pgdm_slot_add(SLOT);
	pgdm_bug(bugs);
	touch_there(self, SLOT, 1);
	pgdm_slot_unmap(SLOT);
	pgdm_bug("none");
	return pgdm_stat("violations") - before;
}

SEEDED_BUG(copy_unmarked, remove_unseen)

/* The CPUs that fault on the entry mark it, and so the hook of the removal finds it. */
STAGE_TEST(a_fault_marks_it)
{
	uint64_t before;

	track_self_on_both(self);
	pgdm_bug("miss_addition");
	pgdm_slot_add(SLOT);
	pgdm_bug("none");
	pgdm_slot_touch(SLOT, 1);
	touch_there(self, SLOT, 2);
	before = pgdm_stat("publishes");
	pgdm_slot_unmap(SLOT);
	EXPECT_EQ(before + 1, pgdm_stat("publishes"));
	EXPECT_EQ(0, pgdm_stat("violations"));
}

TEST_HARNESS_MAIN
