// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading: each parameter, twice, and what is left afterwards.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/stage.h"

PGDM_NEEDS(.unloaded = true, .cpus = 2, .alone = true);

static const char *param(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), PGDM_PARAMS "%s", name);
	return pgdm_read_path(path);
}

STAGE_TEST(defaults)
{
	struct stat st;

	pgdm_log_mark();
	ASSERT_EQ(0, pgdm_load(""));
	EXPECT_TRUE(pgdm_log_has("pgd_mirror: shadow mode, policy dirty, "
				 "6 mirrors a CPU, tracking none"));
	EXPECT_STREQ("dirty\n", param("policy"));
	EXPECT_STREQ("none\n", param("track"));
	EXPECT_STREQ("6\n", param("mirrors"));
	EXPECT_STREQ("N\n", param("live"));
	EXPECT_STREQ("0\n", param("oracle"));
	ASSERT_EQ(0, stat(PGDM_PARAMS "policy", &st));
	EXPECT_EQ(S_IFREG | 0400, st.st_mode);
	ASSERT_EQ(0, stat(PGDM_PARAMS "live", &st));
	EXPECT_EQ(S_IFREG | 0600, st.st_mode);
	EXPECT_EQ(0, pgdm_nr_tracked());
	EXPECT_EQ(0, pgdm_stat("switches"));
	check_and_unload(_metadata);
	EXPECT_NE(0, stat(PGDM_DIR, &st));
	EXPECT_EQ(ENOENT, errno);
}

STAGE_TEST(policy)
{
	ASSERT_EQ(0, pgdm_load("policy=always"));
	EXPECT_NE(NULL, strstr(pgdm_read("policy"), "[always]"));
	EXPECT_STREQ("always\n", param("policy"));
	check_and_unload(_metadata);
}

STAGE_TEST(track_all)
{
	ASSERT_EQ(0, pgdm_load("track=all mirrors=2"));
	EXPECT_EQ(0, strncmp(pgdm_read("track"), "mode all\n", 9));
	EXPECT_NE(0, pgdm_id(getpid()));
	EXPECT_NE(0, pgdm_id(1));
	EXPECT_STREQ("2\n", param("mirrors"));
	check_and_unload(_metadata);
}

STAGE_TEST(oracle_needs_more_hooks)
{
	ASSERT_EQ(0, pgdm_load("oracle=1"));
	EXPECT_NE(NULL, strstr(pgdm_read("preflight"), "oracle, freed tables: hooked"));
	check_and_unload(_metadata);
	ASSERT_EQ(0, pgdm_load("oracle=0"));
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "oracle, "));
	check_and_unload(_metadata);
}

STAGE_TEST(loading_twice)
{
	ASSERT_EQ(0, pgdm_load("policy=always"));
	EXPECT_EQ(EEXIST, pgdm_load(""));
	EXPECT_NE(NULL, strstr(pgdm_read("policy"), "[always]"));
	check_and_unload(_metadata);
	EXPECT_EQ(ENOENT, pgdm_unload());
}

/* The module cannot go while a process has one of its files open. */
STAGE_TEST(unloading_while_a_file_is_open)
{
	FILE *f;

	ASSERT_EQ(0, pgdm_load(""));
	f = fopen(PGDM_DIR "stats", "r");
	ASSERT_NE(NULL, f);
	EXPECT_EQ(EAGAIN, pgdm_unload());
	fclose(f);
	check_and_unload(_metadata);
}

/* Memory that is free, or that the kernel could take back, in KiB. */
static long available(void)
{
	static const char *const kinds[] = {
		"MemFree:", "\nBuffers:", "\nCached:", "SReclaimable:",
	};
	const char *text;
	unsigned int i;
	long sum = 0;

	/* Twice: what the first call frees takes a while. */
	pgdm_write_path("/proc/sys/vm/drop_caches", "3");
	pgdm_write_path("/proc/sys/vm/drop_caches", "3");
	text = pgdm_read_path("/proc/meminfo");
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *at = strstr(text, kinds[i]);

		if (!at)
			pgdm_die("/proc/meminfo has no %s", kinds[i]);
		sum += strtol(strchr(at, ':') + 1, NULL, 10);
	}
	return sum;
}

/* What was given up comes back when a grace period is over, or later. */
static long settled(void)
{
	long most = available();
	unsigned int quiet;

	for (quiet = 0; quiet < 5; quiet++) {
		long now = available();

		if (now > most + 64)
			quiet = 0;
		if (now > most)
			most = now;
	}
	return most;
}

static void load_and_unload(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, pgdm_load("track=all mirrors=64"));
	EXPECT_NE(0, pgdm_nr_tracked());
	ASSERT_EQ(0, pgdm_unload());
}

/*
 * Four times, with 64 mirrors a CPU: if each load lost its mirrors, free memory would
 * fall by more than it mostly varies for other reasons. The kernel may need some MiB more
 * just then; a leak comes again each time.
 */
STAGE_TEST(nothing_is_left)
{
	const long one_load = (long)pgdm_nr_cpus() * 64 * 4 * pgdm_pages();
	long before, lost = LONG_MAX;
	unsigned int round, turn;

	/* This one pays for what stays, such as page tables. */
	load_and_unload(_metadata);
	for (round = 0; round < 3 && lost >= 2 * one_load; round++) {
		before = settled();
		for (turn = 0; turn < 4; turn++)
			load_and_unload(_metadata);
		lost = before - settled();
	}
	EXPECT_GT(2 * one_load, lost);
}

TEST_HARNESS_MAIN
