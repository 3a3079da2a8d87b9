// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 19: a write that no hook saw. Disarming all kprobes makes some. The
 * fault before the write is a sync point already, which notices and counts a
 * miss: so the audit sees the difference, and knows that everything is copied
 * at the next sync. (The seeded bugs of bugs-publish show that the audit
 * reports a difference without a publication as a violation.)
 */
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define ENABLED "/sys/kernel/debug/kprobes/enabled"

STAGE_TEST(audit_finds_it)
{
	struct pgdm_audit a;

	ASSERT_EQ(0, pgdm_write("reset", "1"));
	track_self();
	a = pgdm_audit();
	EXPECT_EQ(0, a.violations);
	EXPECT_EQ(0, a.stale);
	pgdm_slot_map(PGDM_SLOT_FIRST);
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "0"));
	pgdm_slot_touch(PGDM_SLOT_FIRST, 0);
	a = pgdm_audit();
	EXPECT_NE(NULL, strstr(pgdm_read("preflight"),
			       "kprobes are disarmed; write 1 to debugfs kprobes/enabled"));
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "1"));
	EXPECT_LT(0, a.stale);
	EXPECT_EQ(0, a.violations);
	EXPECT_LT(0, pgdm_stat("hooks_missed"));
	EXPECT_EQ(0, pgdm_stat("publishes"));
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "kprobes are disarmed"));
}

STAGE_TEST(everything_is_copied_from_the_next_sync_on)
{
	uint64_t full;

	track_self();
	pgdm_slot_map(PGDM_SLOT_FIRST);
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "0"));
	pgdm_slot_touch(PGDM_SLOT_FIRST, 0);
	full = pgdm_cpu_stat(THERE, "syncs_full");
	round_trips(self);
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "1"));
	EXPECT_LT(full, pgdm_cpu_stat(THERE, "syncs_full"));
	EXPECT_LT(0, pgdm_stat("hooks_missed"));
	check_mirrors(_metadata);
	round_trips(self);
	EXPECT_EQ(0, pgdm_audit().stale);
}

TEST_HARNESS_MAIN
