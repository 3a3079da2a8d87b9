// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 6 (XSA-286): the table below an entry is replaced by another, again and
 * again. Whoever reads must reach the new one; a mirror that kept the old
 * entry would give an old page, or one that belongs to somebody else by now.
 */
#define _GNU_SOURCE
#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define ROUNDS 100

struct load {
	unsigned int slot;
	long value;
};

static void load_job(void *arg)
{
	struct load *l = arg;

	l->value = *(volatile long *)pgdm_slot_address(l->slot, 0);
}

static void store(unsigned int slot, long value)
{
	*(volatile long *)pgdm_slot_address(slot, 0) = value;
}

STAGE_TEST(at_one_entry)
{
	struct load there = { .slot = PGDM_SLOT_FIRST };
	unsigned int i;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		pgdm_slot_map(there.slot);
		store(there.slot, 1000 + i);
		pgdm_worker_call(&self->worker, load_job, &there);
		EXPECT_EQ(1000 + i, there.value);
		pgdm_slot_unmap(there.slot);
	}
}

/* Two entries, so that the table freed at one is likely the other's next. */
STAGE_TEST(at_two_entries_in_turn)
{
	struct load there = { 0 };
	unsigned int i;

	track_self();
	pgdm_slot_map(PGDM_SLOT_FIRST);
	for (i = 0; i < ROUNDS; i++) {
		unsigned int old = PGDM_SLOT_FIRST + i % 2;

		there.slot = PGDM_SLOT_FIRST + (i + 1) % 2;
		pgdm_slot_unmap(old);
		pgdm_slot_map(there.slot);
		store(there.slot, 2000 + i);
		pgdm_worker_call(&self->worker, load_job, &there);
		EXPECT_EQ(2000 + i, there.value);
	}
}

/* mremap() carries the page from entry to entry; what it left is gone. */
STAGE_TEST(the_page_moves)
{
	struct load there = { 0 };
	unsigned int i;

	track_self();
	pgdm_slot_map(PGDM_SLOT_FIRST);
	store(PGDM_SLOT_FIRST, 3000);
	for (i = 0; i < PGDM_NR_SLOTS - 1; i++) {
		char *from = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);
		char *to = pgdm_slot_address(PGDM_SLOT_FIRST + i + 1, 0);

		ASSERT_EQ(to, mremap(from, PGDM_SLOT_PAGES * 4096,
				     PGDM_SLOT_PAGES * 4096,
				     MREMAP_MAYMOVE | MREMAP_FIXED, to));
		there.slot = PGDM_SLOT_FIRST + i + 1;
		pgdm_worker_call(&self->worker, load_job, &there);
		EXPECT_EQ(3000 + i, there.value);
		store(there.slot, 3001 + i);
	}
}

TEST_HARNESS_MAIN
