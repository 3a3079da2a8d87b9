// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 1: an added entry needs no flush, so a CPU that runs in the mm already
 * never picks it up, and faults for ever (the thread's).
 *
 * In shadow mode the CPU walks the primary: it reads the new page whatever
 * its mirror holds. What can be seen is the mirror's part: the CPU's next
 * fault in the new region finds that the entry is lacking, once, and brings
 * it, and the fault after that finds nothing lacking. In live mode the first
 * read is that fault.
 */
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define ROUNDS 20

STAGE_UNDER(dirty);
STAGE_UNDER(always);

STAGE_TEST(new_entries)
{
	struct pgdm_turns turns = PGDM_TURNS_OF(&self->worker);
	uint64_t first;
	unsigned int i;
	bool alone;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;

		pgdm_turn_begin(&turns);
		pgdm_slot_add(slot);
		pgdm_turn_count(&turns);
		touch_there(self, slot, 1);
		pgdm_turn_faults(&turns, NULL, &first);
		touch_there(self, slot, 2);
		touch_there(self, slot, 3);
		alone = pgdm_turn_end(&turns);
		EXPECT_EQ(3, turns.seen);
		expect_count(1, first, alone);
		expect_count(1, turns.fixed, alone);
	}
	expect_half_undisturbed(&turns);
}

TEST_HARNESS_MAIN
