// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 19: a write that no hook saw. Disarming all kprobes makes some: the
 * audit finds them, preflight says what is wrong, and from the next sync on
 * everything is copied.
 */
#include "pgdm_test.h"

PGDM_NEEDS(.cpus = 2);

#define ENABLED "/sys/kernel/debug/kprobes/enabled"

STAGE_TEST(audit_finds_it)
{
	struct pgdm_audit a;
	char first[64];

	track_self();
	EXPECT_EQ(0, pgdm_audit().violations);
	pgdm_slot_map(PGDM_SLOT_FIRST);
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "0"));
	/* A sync may come in between: then the next audit knows already. */
	pgdm_slot_touch(PGDM_SLOT_FIRST, 0);
	a = pgdm_audit();
	EXPECT_NE(NULL, strstr(pgdm_read("preflight"),
			       "kprobes are disarmed; write 1 to debugfs kprobes/enabled"));
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "1"));
	EXPECT_LT(0, a.violations);
	snprintf(first, sizeof(first), "index %u mirror 0 primary 0x",
		 PGDM_SLOT_FIRST);
	EXPECT_NE(NULL, strstr(a.text, first)) {
		TH_LOG("%s", a.text);
	}
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
	round_trip(self);
	round_trip_here(self);
	ASSERT_EQ(0, pgdm_write_path(ENABLED, "1"));
	EXPECT_LT(full, pgdm_cpu_stat(THERE, "syncs_full"));
	EXPECT_LT(0, pgdm_stat("hooks_missed"));
	EXPECT_EQ(0, pgdm_audit().violations);
	round_trip(self);
	round_trip_here(self);
	EXPECT_EQ(0, pgdm_audit().violations);
	EXPECT_EQ(0, pgdm_audit().stale);
}

TEST_HARNESS_MAIN
