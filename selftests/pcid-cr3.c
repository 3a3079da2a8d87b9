// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU with PCIDs: what is written into CR3 (C1). The build for tests judges each
 * value before it is written (steer_check.c), and finds the two seeded bugs that make
 * a wrong one; and what only such a CPU has, bit 63 and INVPCID, is seen to be used.
 */
#include "lib/code.h"
#include "lib/seeded.h"

PGDM_NEEDS(.params = "live=1", .cpu_flag = "pcid", .seeded = true);

#define SWITCHES 20

/* As the kernel has it: INVPCID with a descriptor in memory. */
static const unsigned char invpcid[] = { 0x0f, 0x38, 0x82 };

static long param(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), PGDM_PARAMS "%s", name);
	return strtol(pgdm_read_path(path), NULL, 10);
}

static void switch_often(FIXTURE_DATA(stage) *self)
{
	unsigned int i;

	for (i = 0; i < SWITCHES; i++)
		round_trip_here(self);
}

/* Each write keeps the translations of the PCID, also back to the primary. */
STAGE_TEST(each_write_has_bit_63)
{
	long writes = param("cr3_writes"), asked = param("cr3_asked");

	ASSERT_EQ(0, pgdm_write("track", "all"));
	switch_often(self);
	EXPECT_LE(2 * SWITCHES, param("cr3_writes") - writes);
	/* At least this CPU is taken off its mirror, and the kernel is asked. */
	ASSERT_EQ(0, pgdm_write("track", "none"));
	EXPECT_LT(asked, param("cr3_asked"));
	EXPECT_EQ(param("cr3_writes"), param("cr3_noflush"));
	EXPECT_EQ(0, param("cr3_wrong"));
}

/*
 * A flush of one page: under PTI the kernel drops it from the PCID that user mode has
 * by INVPCID, where the CPU has that. (Without PTI INVLPG does.)
 */
STAGE_TEST(flushes_use_invpcid)
{
	char *page = pgdm_slot_address(PGDM_SLOT_FIRST, 0);

	if (!pgdm_has_pti() || !pgdm_cpu_has("invpcid"))
		SKIP(return, "needs page table isolation and a CPU with INVPCID");
	track_self();
	pgdm_slot_add(PGDM_SLOT_FIRST);
	pgdm_probe_add("invpcid", pgdm_code_place("native_flush_tlb_one_user",
						  invpcid, sizeof(invpcid)));
	EXPECT_EQ(0, mprotect(page, 4096, PROT_READ));
	EXPECT_LT(0, pgdm_probe_calls("invpcid").hits);
	pgdm_probe_remove("invpcid");
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
}

/* Going to a mirror; the way back is made with the bug off, by the kernel's switch. */
static uint64_t go_to_a_mirror(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	pgdm_bug(bugs);
	round_trip_here(self);
	pgdm_bug("none");
	round_trip_here(self);
	return pgdm_stat("violations") - before;
}

SEEDED_BUG(whole_cr3, go_to_a_mirror)
SEEDED_BUG(noflush_bit, go_to_a_mirror)

/* Going back, by an IPI: here the kernel knows what it expects. */
static uint64_t leave_live_mode(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t before = pgdm_stat("violations");

	(void)self;
	pgdm_bug(bugs);
	if (pgdm_write("live", "0"))
		pgdm_die("cannot leave live mode");
	pgdm_bug("none");
	round_trip_here(self);
	if (pgdm_write("live", "1"))
		pgdm_die("cannot go live");
	return pgdm_stat("violations") - before;
}

STAGE_TEST(whole_cr3_on_the_way_back)
{
	judge(_metadata, self, leave_live_mode, "none", "whole_cr3", true);
}

STAGE_TEST(noflush_bit_on_the_way_back)
{
	judge(_metadata, self, leave_live_mode, "none", "noflush_bit", true);
}

TEST_HARNESS_MAIN
