// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks that are in and never fire (X1), and kernels of a kind on which the
 * module was never shown to work. No kernel here is like that, so the seeded build
 * pretends. What every mode needs is refused when the module loads, what live mode
 * needs is refused there; by its name, and the state before stays.
 */
#include <errno.h>
#include <string.h>

#include "lib/kinds.h"
#include "lib/stage.h"

PGDM_NEEDS(.seeded = true, .unloaded = true, .cpus = 2, .alone = true);

#define ALL_KERNELS	0
#define LEVELS_4	PGDM_4_LEVELS
#define LEVELS_5	PGDM_5_LEVELS
#define SET_PGD		PGDM_BY_SET_PGD
#define PTI		PGDM_BY_PTI
#define TABLES		PGDM_BY_TABLES

static const struct {
	const char *params;
	const char *name;
	bool live;	/* refused there, and not when loaded */
	unsigned int where;	/* kinds of machine */
	const char *reason;
} rows[] = {
	{ "deaf=pgd_free", "pgd_free", false, ALL_KERNELS, "never seen to fire;" },
	{ "deaf=native_set_p4d", "native_set_p4d", false, LEVELS_4 | SET_PGD,
	  "never seen to fire;" },
	{ "deaf=native_set_pgd", "native_set_pgd", false, LEVELS_5 | SET_PGD,
	  "never seen to fire;" },
	{ "deaf=__pti_set_user_pgtbl", "__pti_set_user_pgtbl", false, PTI,
	  "never seen to fire;" },
	{ "fail_check=removal", "native_set_p4d", false, LEVELS_4 | SET_PGD,
	  "never seen to fire when an entry is removed;" },
	{ "fail_check=removal", "native_set_pgd", false, LEVELS_5 | SET_PGD,
	  "never seen to fire when an entry is removed;" },
	{ "fail_check=removal", "__pti_set_user_pgtbl", false, PTI,
	  "never seen to fire when an entry is removed;" },
	{ "fail_check=removal", "___pud_free_tlb", false, LEVELS_4 | TABLES,
	  "never seen to fire when an entry is removed;" },
	{ "fail_check=removal", "___p4d_free_tlb", false, LEVELS_5 | TABLES,
	  "never seen to fire when an entry is removed;" },
	{ "deaf=__pud_alloc", "__pud_alloc", false, LEVELS_4,
	  "never seen to fire;" },
	{ "deaf=__p4d_alloc", "__p4d_alloc", false, LEVELS_5,
	  "never seen to fire;" },
	{ "deaf=pgd_alloc", "pgd_alloc", false, ALL_KERNELS,
	  "never seen to fire;" },
	{ "deaf=flush_tlb_mm_range", "flush_tlb_mm_range", false, ALL_KERNELS,
	  "never seen to fire;" },
	{ "deaf=___pud_free_tlb", "___pud_free_tlb", false,
	  LEVELS_4 | SET_PGD | PTI, "never seen to fire;" },
	{ "deaf=___p4d_free_tlb", "___p4d_free_tlb", false,
	  LEVELS_5 | SET_PGD | PTI, "never seen to fire;" },
	{ "deaf=___pud_free_tlb", "___pud_free_tlb", false, LEVELS_4 | TABLES,
	  "never seen to fire when an entry is removed;" },
	{ "deaf=___p4d_free_tlb", "___p4d_free_tlb", false, LEVELS_5 | TABLES,
	  "never seen to fire when an entry is removed;" },
	{ "deaf=native_flush_tlb_local", "native_flush_tlb_local", true,
	  ALL_KERNELS, "never seen to fire;" },
	{ "deaf=native_flush_tlb_one_user", "native_flush_tlb_one_user", true,
	  ALL_KERNELS, "never seen to fire;" },
	{ "deaf=flush_tlb_func", "flush_tlb_func", true, ALL_KERNELS,
	  "never seen to fire;" },
	{ "fail_check=local_flush", "flush_tlb_func", true, ALL_KERNELS,
	  "never seen to fire;" },
	{ "fail_check=remote_flush", "flush_tlb_func", true, ALL_KERNELS,
	  "never seen to fire on a CPU that another one flushes;" },
	{ "deaf=page_fault_kernel", "page_fault_kernel", true, ALL_KERNELS,
	  "never seen to fire;" },
	{ "deaf=tlb_flush", "tlb_flush", true, ALL_KERNELS,
	  "never seen to fire;" },
	{ "fail_check=lto", "lto", false, ALL_KERNELS, "link-time optimisation" },
	{ "fail_check=kcfi", "kcfi", false, ALL_KERNELS,
	  "control flow integrity" },
	{ "fail_check=preempt_rt", "preempt_rt", false, ALL_KERNELS,
	  "spinlocks sleep" },
};

/* Loading with @params fails, and the log has a line with this beginning. */
static void expect_refused(struct __test_metadata *_metadata,
			   const char *params, const char *line)
{
	pgdm_log_mark();
	EXPECT_EQ(EOPNOTSUPP, pgdm_load(params)) {
		TH_LOG("%s", params);
	}
	EXPECT_FALSE(pgdm_is_loaded());
	EXPECT_TRUE(pgdm_log_has(line)) {
		TH_LOG("the log does not say: %s", line);
	}
}

STAGE_TEST(each_is_refused)
{
	const unsigned int here = pgdm_kinds_here();
	char params[128], line[128];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].live || !pgdm_is_kind(here, rows[i].where))
			continue;
		snprintf(params, sizeof(params), "oracle=1 %s", rows[i].params);
		snprintf(line, sizeof(line), "pgd_mirror: not loaded, %s: ",
			 rows[i].name);
		expect_refused(_metadata, params, line);
		EXPECT_TRUE(pgdm_log_has(rows[i].reason)) {
			TH_LOG("the log does not say: %s", rows[i].reason);
		}
	}
}

STAGE_TEST(each_is_refused_live)
{
	const unsigned int here = pgdm_kinds_here();
	char params[128], line[128];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].live || !pgdm_is_kind(here, rows[i].where))
			continue;
		snprintf(line, sizeof(line), "live: refused, %s: ",
			 rows[i].name);
		snprintf(params, sizeof(params), "live=1 %s", rows[i].params);
		expect_refused(_metadata, params, line);

		ASSERT_EQ(0, pgdm_load(rows[i].params));
		track_self();
		pgdm_log_mark();
		EXPECT_EQ(EOPNOTSUPP, pgdm_write("live", "1"));
		EXPECT_TRUE(pgdm_log_has(line));
		EXPECT_TRUE(pgdm_log_has(rows[i].reason)) {
			TH_LOG("the log does not say: %s", rows[i].reason);
		}
		EXPECT_STREQ("0\n", pgdm_read("live"));
		EXPECT_NE(0, pgdm_id(getpid()));
		snprintf(line, sizeof(line), "FAIL %s: ", rows[i].name);
		EXPECT_NE(NULL, strstr(pgdm_read("preflight"), line));
		untrack_self();
		check_and_unload(_metadata);
	}
}

static void others_online(bool online, unsigned int nr_cpus)
{
	char path[64];
	unsigned int cpu;

	for (cpu = 1; cpu < nr_cpus; cpu++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%u/online", cpu);
		if (pgdm_write_path(path, online ? "1" : "0"))
			pgdm_die("%s", path);
	}
}

/* No CPU flushes another one then, and a second CPU may come later. */
STAGE_TEST(one_cpu_is_online)
{
	unsigned int nr_cpus = pgdm_nr_cpus();

	others_online(false, nr_cpus);
	EXPECT_EQ(EOPNOTSUPP, pgdm_load("live=1"));
	EXPECT_EQ(0, pgdm_load(""));
	others_online(true, nr_cpus);
	ASSERT_TRUE(pgdm_is_loaded());
	pgdm_log_mark();
	EXPECT_EQ(EOPNOTSUPP, pgdm_write("live", "1"));
	EXPECT_TRUE(pgdm_log_has("live: refused, flush_tlb_func: "));
	EXPECT_TRUE(pgdm_log_has("as there was one CPU; bring up another CPU"));
	EXPECT_STREQ("0\n", pgdm_read("live"));
	check_and_unload(_metadata);
	ASSERT_EQ(0, pgdm_load("live=1"));
	check_and_unload(_metadata);
}

/* Else each is seen, nothing is counted, and live mode is not refused. */
STAGE_TEST(all_are_seen)
{
	const unsigned int here = pgdm_kinds_here();
	static const char *const at_rest[] = {
		"switches", "publishes", "attaches", "faults_seen",
		"flush_receipts", "hooks_missed", "mms_tracked",
	};
	unsigned int i;

	ASSERT_EQ(0, pgdm_load("oracle=1"));
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "FAIL"));
	for (i = 0; i < ARRAY_SIZE(at_rest); i++) {
		EXPECT_EQ(0, pgdm_stat(at_rest[i])) {
			TH_LOG("%s", at_rest[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[128];

		if (!pgdm_is_kind(here, rows[i].where) || strncmp(rows[i].params, "deaf=", 5))
			continue;
		snprintf(line, sizeof(line), "ok %s: ", rows[i].name);
		EXPECT_NE(NULL, strstr(pgdm_read("preflight"), line)) {
			TH_LOG("%s", line);
		}
	}
	EXPECT_NE(NULL, strstr(pgdm_read("preflight"),
			       "ok lto: loading\nok kcfi: loading\n"
			       "ok preempt_rt: loading\nok oracle: loading\n"));
	EXPECT_EQ(0, pgdm_write("live", "1"));
	track_self();
	check_and_unload(_metadata);
}

TEST_HARNESS_MAIN
