// SPDX-License-Identifier: GPL-2.0
/*
 * What live mode needs and does not find (H2, H3): it is refused, with reason
 * and remedy, and shadow mode goes on. No kernel here lacks any of it, so the
 * seeded build pretends.
 */
#include <errno.h>
#include <string.h>

#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .alone = true);

static const struct {
	const char *name;
	const char *reason;
	const char *remedy;
} checks[] = {
	{ "hooks", "a hook is missing or disarmed", "load the module again" },
	{ "ftrace", "ftrace has died", "boot again" },
	{ "debug_vm", "CONFIG_DEBUG_VM compares CR3 with mm->pgd",
	  "use a kernel without it" },
	{ "xen_pv", "does not write CR3 itself", "use an HVM or PVH guest" },
	{ "native_flush", "the hypervisor flushes TLBs", "-kvm-pv-tlb-flush" },
	{ "no_invlpgb", "the CPU broadcasts TLB invalidations",
	  "clearcpuid=419" },
};

static void pretend(const char *name)
{
	if (pgdm_write_path(PGDM_PARAMS "fail_check", name))
		pgdm_die("cannot pretend that %s fails", name);
}

STAGE_TEST(each_is_refused)
{
	unsigned int i;
	char line[64];

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		pretend(checks[i].name);
		pgdm_log_mark();
		EXPECT_EQ(EOPNOTSUPP, pgdm_write("live", "1")) {
			TH_LOG("%s", checks[i].name);
		}
		EXPECT_EQ(0, strcmp("0\n", pgdm_read("live")));
		snprintf(line, sizeof(line), "live: refused, %s: ",
			 checks[i].name);
		EXPECT_TRUE(pgdm_log_has(line));
		EXPECT_TRUE(pgdm_log_has(checks[i].reason));
		EXPECT_TRUE(pgdm_log_has(checks[i].remedy));
		snprintf(line, sizeof(line), "FAIL %s: live mode: ",
			 checks[i].name);
		EXPECT_NE(NULL, strstr(pgdm_read("preflight"), line));
	}
	pretend("none");
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "FAIL"));
}

/* Every line of preflight about live mode is tested above. */
STAGE_TEST(none_is_left_out)
{
	const char *text = pgdm_read("preflight"), *at;
	unsigned int lines = 0;

	for (at = text; (at = strstr(at, ": live mode")); at++)
		lines++;
	EXPECT_EQ(ARRAY_SIZE(checks), lines);
}

STAGE_TEST(shadow_goes_on)
{
	pretend("debug_vm");
	track_self();
	EXPECT_EQ(EOPNOTSUPP, pgdm_write("live", "1"));
	pgdm_slot_add(PGDM_SLOT_FIRST);
	EXPECT_LT(0, pgdm_stat("publishes"));
	EXPECT_EQ(0, pgdm_stat("steered"));
	check_mirrors(_metadata);
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	pretend("none");
}

/* Refused as a parameter, the module does not load. */
STAGE_TEST(as_a_parameter)
{
	unsigned int i;
	char params[64];

	ASSERT_EQ(0, pgdm_unload());
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		snprintf(params, sizeof(params), "live=1 fail_check=%s",
			 checks[i].name);
		EXPECT_EQ(EOPNOTSUPP, pgdm_load(params));
		EXPECT_FALSE(pgdm_is_loaded());
	}
	ASSERT_EQ(0, pgdm_load(""));
}

/* Where no flush is received the oracle would tell of damage that is none. */
STAGE_TEST(oracle_without_receipts)
{
	ASSERT_EQ(0, pgdm_unload());
	pgdm_log_mark();
	EXPECT_EQ(EOPNOTSUPP, pgdm_load("oracle=1 fail_check=no_invlpgb"));
	EXPECT_FALSE(pgdm_is_loaded());
	EXPECT_TRUE(pgdm_log_has("not loaded, oracle: "));
	EXPECT_TRUE(pgdm_log_has("clearcpuid=419"));
	/* Without it shadow mode is there. */
	ASSERT_EQ(0, pgdm_load("fail_check=no_invlpgb"));
	pretend("none");
}

/* The seeded bug: what is asked for is done, whatever preflight says. */
static uint64_t go_live(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	(void)self;
	pretend("no_invlpgb");
	pgdm_bug(bugs);
	damage = pgdm_write("live", "1") == 0;
	pgdm_bug("none");
	pretend("none");
	if (pgdm_write("live", "0"))
		pgdm_die("cannot leave live mode");
	return damage;
}

SEEDED_BUG(ignore_preflight, go_live)

TEST_HARNESS_MAIN
