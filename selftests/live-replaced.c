// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 6 (XSA-286): the table below an entry is replaced by another, again and
 * again. A reader must reach the new one; a mirror that kept the old entry
 * would give an old page, or one that belongs to another user by now.
 */
#define _GNU_SOURCE
#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define ROUNDS 100

/* What is stored here is read there. */
#define expect_carried(self, slot, value) do {			\
	volatile long *page_ = (volatile long *)pgdm_slot_address(slot, 0); \
	const long value_ = (value);				\
								\
	*page_ = value_;					\
	EXPECT_EQ(value_, load_there(self, page_));		\
} while (0)

STAGE_TEST(at_one_entry)
{
	unsigned int i;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		pgdm_slot_map(PGDM_SLOT_FIRST);
		expect_carried(self, PGDM_SLOT_FIRST, 1000 + i);
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
	}
}

/* Two entries, so that the table freed at one is likely the other's next. */
STAGE_TEST(at_two_entries_in_turn)
{
	unsigned int i;

	track_self();
	pgdm_slot_map(PGDM_SLOT_FIRST);
	for (i = 0; i < ROUNDS; i++) {
		unsigned int old = PGDM_SLOT_FIRST + i % 2;
		unsigned int new = PGDM_SLOT_FIRST + (i + 1) % 2;

		pgdm_slot_unmap(old);
		pgdm_slot_map(new);
		expect_carried(self, new, 2000 + i);
	}
}

/* mremap() carries the page from entry to entry; what it left is gone. */
STAGE_TEST(the_page_moves)
{
	unsigned int i;

	track_self();
	pgdm_slot_map(PGDM_SLOT_FIRST);
	*(volatile long *)pgdm_slot_address(PGDM_SLOT_FIRST, 0) = 3000;
	for (i = 0; i < PGDM_NR_SLOTS - 1; i++) {
		char *from = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);
		char *to = pgdm_slot_address(PGDM_SLOT_FIRST + i + 1, 0);

		ASSERT_EQ(to, mremap(from, PGDM_SLOT_PAGES * 4096,
				     PGDM_SLOT_PAGES * 4096,
				     MREMAP_MAYMOVE | MREMAP_FIXED, to));
		EXPECT_EQ(3000 + i, load_there(self, to));
		*(volatile long *)to = 3001 + i;
	}
}

TEST_HARNESS_MAIN
