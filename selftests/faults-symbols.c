// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel symbols that are missing: loading is refused, and the log names the
 * symbol. One that is not needed is not missed.
 */
#include <errno.h>
#include <string.h>

#include "lib/kinds.h"
#include "lib/stage.h"

PGDM_NEEDS(.seeded = true, .unloaded = true, .alone = true);

#define ALWAYS	0
#define NEVER	(~0u)

static const struct {
	const char *name;
	unsigned int needed;	/* kinds of machine that need it */
} symbols[] = {
	{ "init_mm", ALWAYS },
	{ "ftrace_disabled", ALWAYS },
	{ "mm_alloc", ALWAYS },
	{ "arch_pick_mmap_layout", ALWAYS },
	{ "pgd_free", ALWAYS },
	{ "native_set_p4d", PGDM_4_LEVELS | PGDM_BY_SET_PGD },
	{ "native_set_pgd", PGDM_5_LEVELS | PGDM_BY_SET_PGD },
	{ "__pti_set_user_pgtbl", PGDM_BY_PTI },
	{ "__pud_alloc", PGDM_4_LEVELS },
	{ "__p4d_alloc", PGDM_5_LEVELS },
	{ "pgd_alloc", ALWAYS },
	{ "flush_tlb_func", ALWAYS },
	{ "native_flush_tlb_local", ALWAYS },
	{ "native_flush_tlb_one_user", ALWAYS },
	{ "page_fault_user", ALWAYS },
	{ "page_fault_kernel", ALWAYS },
	{ "tlb_flush", ALWAYS },
	/* The oracle's. */
	{ "___pud_free_tlb", PGDM_4_LEVELS },
	{ "___p4d_free_tlb", PGDM_5_LEVELS },
	{ "flush_tlb_mm_range", ALWAYS },
	/* They may be missing. */
	{ "efi_mm", NEVER },
	{ "poking_mm", NEVER },
	{ "last_mm_ctx_id", NEVER },
	{ "user_return_notifier_register", NEVER },
	{ "task_work_cancel_match", NEVER },
};

STAGE_TEST(each_by_its_name)
{
	char params[128], word[64];
	const unsigned int here = pgdm_kinds_here();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(symbols); i++) {
		const unsigned int needed = symbols[i].needed;

		snprintf(params, sizeof(params), "oracle=1 hide=%s",
			 symbols[i].name);
		pgdm_log_mark();
		if (needed == NEVER || !pgdm_is_kind(here, needed)) {
			EXPECT_EQ(0, pgdm_load(params)) {
				TH_LOG("%s", params);
			}
			EXPECT_EQ(0, pgdm_unload());
			continue;
		}
		EXPECT_EQ(ENOENT, pgdm_load(params)) {
			TH_LOG("%s", params);
		}
		EXPECT_FALSE(pgdm_is_loaded());
		snprintf(word, sizeof(word), " %s", symbols[i].name);
		EXPECT_TRUE(pgdm_log_has(word)) {
			TH_LOG("the log does not name %s", symbols[i].name);
		}
		EXPECT_TRUE(pgdm_log_has("pgd_mirror: missing symbol ") ||
			    pgdm_log_has("pgd_mirror: cannot hook "));
	}
}

/* Without the oracle its hooks are not needed. */
STAGE_TEST(oracle_off)
{
	EXPECT_EQ(0, pgdm_load("hide=flush_tlb_mm_range"));
	EXPECT_EQ(0, pgdm_unload());
}

/* What only cgroups need is missed by a request to track one, and by no other. */
STAGE_TEST(cgroups)
{
	static const char *const tracepoints[] = {
		"cgroup_attach_task", "cgroup_rmdir", "sched_process_fork",
		"sched_process_exec",
	};
	char params[64], text[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		snprintf(params, sizeof(params), "hide=%s", tracepoints[i]);
		ASSERT_EQ(0, pgdm_load(params));
		pgdm_log_mark();
		EXPECT_EQ(EOPNOTSUPP, pgdm_write("track", "cgroup /"));
		snprintf(text, sizeof(text), "the kernel lacks the tracepoint %s\n",
			 tracepoints[i]);
		EXPECT_TRUE(pgdm_log_has(text)) {
			TH_LOG("%s", text);
		}
		EXPECT_STREQ("mode none\n", pgdm_read("track"));
		EXPECT_EQ(0, pgdm_writef("track", "pid %d", getpid()));
		EXPECT_EQ(0, pgdm_unload());
	}
}

/* What only one policy needs is missed by that policy alone. */
static const struct {
	const char *policy;
	const char *symbol;
	const char *lacks;
} wants[] = {
	{ "carry", "flush_tlb_mm_range", "lacks flush_tlb_mm_range" },
	{ "carry", "task_work_cancel_match", "lacks task_work_cancel_match" },
	{ "flag", "task_work_cancel_match", "lacks task_work_cancel_match" },
	{ "always-exit", "user_return_notifier_register",
	  "lacks user return notifiers (CONFIG_USER_RETURN_NOTIFIER)" },
};

STAGE_TEST(a_policy_by_its_name)
{
	char params[128], text[64];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wants); i++) {
		snprintf(text, sizeof(text), "policy: %s refused",
			 wants[i].policy);
		snprintf(params, sizeof(params), "hide=%s policy=%s",
			 wants[i].symbol, wants[i].policy);
		pgdm_log_mark();
		EXPECT_EQ(EOPNOTSUPP, pgdm_load(params));
		EXPECT_FALSE(pgdm_is_loaded());
		EXPECT_TRUE(pgdm_log_has(text));
		EXPECT_TRUE(pgdm_log_has(wants[i].lacks));

		snprintf(params, sizeof(params), "hide=%s policy=flag-mm",
			 wants[i].symbol);
		ASSERT_EQ(0, pgdm_load(params));
		pgdm_log_mark();
		EXPECT_EQ(EOPNOTSUPP, pgdm_write("policy", wants[i].policy));
		EXPECT_TRUE(pgdm_log_has(text));
		EXPECT_NE(NULL, strstr(pgdm_read("policy"), "[flag-mm]"));
		EXPECT_EQ(0, pgdm_write("policy", "eager"));
		check_and_unload(_metadata);
	}
}

TEST_HARNESS_MAIN
