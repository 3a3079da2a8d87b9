// SPDX-License-Identifier: GPL-2.0
/*
 * The files in debugfs: who may open them, what they say, and what they
 * answer to bad input.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "timing=1");

static const struct {
	const char *name;
	mode_t mode;
} files[] = {
	{ "audit", 0400 }, { "cr3", 0400 }, { "hist", 0400 }, { "live", 0600 },
	{ "mirrors", 0400 }, { "policy", 0600 }, { "preflight", 0400 },
	{ "reset", 0200 }, { "stats", 0400 }, { "stats_percpu", 0400 },
	{ "track", 0600 },
};

static bool matches(const char *text, const char *pattern)
{
	regex_t re;
	bool ok;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		pgdm_die("regcomp: %s", pattern);
	ok = !regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	return ok;
}

/* How many lines are there, and do they all match? */
static int count_lines(const char *text, const char *pattern)
{
	char line[1024];
	int n = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (text[len] != '\n')
			return -1;
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (!matches(line, pattern)) {
			printf("# line '%s' is no '%s'\n", line, pattern);
			return -1;
		}
		text += len + 1;
		n++;
	}
	return n;
}

STAGE_TEST(names_and_modes)
{
	struct dirent *entry;
	unsigned int i, n = 0;
	struct stat st;
	DIR *dir;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		char path[128];

		snprintf(path, sizeof(path), PGDM_DIR "%s", files[i].name);
		ASSERT_EQ(0, stat(path, &st)) {
			TH_LOG("%s", path);
		}
		EXPECT_EQ(S_IFREG | files[i].mode, st.st_mode) {
			TH_LOG("%s", path);
		}
		EXPECT_EQ(0, st.st_uid);
	}
	dir = opendir(PGDM_DIR);
	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	EXPECT_EQ(ARRAY_SIZE(files), n);
}

/* How many of the files a user that is not root can open. */
static int open_as_nobody(void *unused)
{
	unsigned int i, opened = 0;

	(void)unused;
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return 100;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		char path[128];

		snprintf(path, sizeof(path), PGDM_DIR "%s", files[i].name);
		opened += open(path, O_RDONLY) >= 0 || errno != EACCES;
		opened += open(path, O_WRONLY) >= 0 || errno != EACCES;
	}
	return (int)opened;
}

STAGE_TEST(root_only)
{
	EXPECT_EQ(0, pgdm_run(open_as_nobody, NULL));
}

static int try_open(const char *path, int how)
{
	int fd = open(path, how | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Even root opens them only for what they are for. */
STAGE_TEST(one_way_files)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		char path[128];

		snprintf(path, sizeof(path), PGDM_DIR "%s", files[i].name);
		EXPECT_EQ(files[i].mode & 0400 ? 0 : EACCES,
			  try_open(path, O_RDONLY));
		EXPECT_EQ(files[i].mode & 0200 ? 0 : EACCES,
			  try_open(path, O_WRONLY));
	}
}

STAGE_TEST(policy_lists_all_and_marks_one)
{
	char names[512], *save, *name, want[64];

	EXPECT_NE(NULL, strstr(pgdm_read("policy"), "[dirty]"));
	EXPECT_TRUE(matches(pgdm_read("policy"),
			    "^([a-z-]+ )*\\[[a-z-]+\\]( [a-z-]+)*\n$"));
	snprintf(names, sizeof(names), "%s", pgdm_read("policy"));
	for (name = strtok_r(names, " []\n", &save); name;
	     name = strtok_r(NULL, " []\n", &save)) {
		EXPECT_EQ(0, pgdm_writef("policy", "%s\n", name));
		snprintf(want, sizeof(want), "[%s]", name);
		EXPECT_NE(NULL, strstr(pgdm_read("policy"), want));
	}
	EXPECT_EQ(0, pgdm_write("policy", "dirty"));
}

STAGE_TEST(live)
{
	EXPECT_STREQ("0\n", pgdm_read("live"));
	EXPECT_EQ(0, pgdm_write("live", "0"));
	EXPECT_EQ(0, pgdm_write("live", "0\n"));
	EXPECT_STREQ("0\n", pgdm_read("live"));
}

#define ID "[1-9][0-9]*"
#define PHYS "[0-9a-f]{13}000"

STAGE_TEST(track_names_each_mm)
{
	char expect[256];

	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	track_self();
	snprintf(expect, sizeof(expect),
		 "^mode none\npid %d comm functional-file id " ID " ctx_id " ID
		 " root [0-9a-f]{16} seq [0-9]+ entries " ID " ready\n$", getpid());
	EXPECT_TRUE(matches(pgdm_read("track"), expect)) {
		TH_LOG("%s", pgdm_read("track"));
	}
}

STAGE_TEST(mirrors_has_a_line_for_each)
{
	const int per_cpu = 6;
	const char *free = "^cpu [0-9]+ slot [0-5] free phys " PHYS "$";
	const char *any = "^cpu [0-9]+ slot [0-5] (free|(loaded|cached) id " ID
			  " root [0-9a-f]{16} seen [0-9]+ seq [0-9]+) phys " PHYS "$";

	EXPECT_EQ(per_cpu * (int)pgdm_nr_cpus(),
		  count_lines(pgdm_read("mirrors"), free));
	track_self_on_both(self);
	EXPECT_EQ(per_cpu * (int)pgdm_nr_cpus(),
		  count_lines(pgdm_read("mirrors"), any));
}

static const char *const contract =
	"switches flush_receipts user_returns faults_seen faults_fixed "
	"syncs_clean syncs_dirty syncs_full entries_copied bytes_copied "
	"publishes ipis livelocks_broken hooks_missed cycles_publish "
	"cycles_sync violations ";

STAGE_TEST(stats_names)
{
	char names[2048] = "", line[256];
	const char *text;
	size_t len;

	EXPECT_LT(17, count_lines(pgdm_read("stats"), "^[a-z_]+ [0-9]+$"));
	for (text = pgdm_read("stats"); *text; text += len + 1) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s ",
			 (int)strcspn(text, " "), text);
		strcat(names, line);
	}
	EXPECT_EQ(0, strncmp(contract, names, strlen(contract))) {
		TH_LOG("%s", names);
	}
}

STAGE_TEST(stats_percpu_has_the_same_names)
{
	char header[1200];
	const char *text = pgdm_read("stats_percpu");

	snprintf(header, sizeof(header), "cpu %s", contract);
	EXPECT_EQ(0, strncmp(header, text, strlen(header)));
	text = strchr(text, '\n') + 1;
	EXPECT_EQ((int)pgdm_nr_cpus(), count_lines(text, "^[0-9]+( [0-9]+)+$"));
}

#define HIST_HEADER "# policy bucket_low_cycles bucket_high_cycles count\n"

STAGE_TEST(reset_makes_zeros)
{
	track_self();
	pgdm_slot_add(PGDM_SLOT_FIRST);
	untrack_self();
	EXPECT_LT(0, pgdm_stat("publishes"));
	EXPECT_EQ(0, pgdm_write("reset", "1\n"));
	EXPECT_EQ(0, pgdm_stat("publishes"));
	EXPECT_EQ(0, pgdm_stat("switches"));
	EXPECT_EQ(0, pgdm_stat("bytes_copied"));
	EXPECT_EQ(0, pgdm_stat("cycles_sync"));
	EXPECT_EQ(0, pgdm_cpu_stat(HERE, "publishes"));
	EXPECT_STREQ(HIST_HEADER, pgdm_read("hist"));
}

STAGE_TEST(hist_counts_each_sync)
{
	uint64_t low, high, count, sum = 0;
	char hist[4096], policy[32];
	const char *text;
	unsigned int i;

	EXPECT_EQ(0, pgdm_write("reset", "1"));
	track_self();
	for (i = 0; i < 20; i++)
		round_trip(self);
	untrack_self();
	snprintf(hist, sizeof(hist), "%s", pgdm_read("hist"));
	text = hist + strlen(HIST_HEADER);
	EXPECT_EQ(0, strncmp(hist, HIST_HEADER, strlen(HIST_HEADER)));
	EXPECT_LT(0, count_lines(text, "^dirty [0-9]+ [0-9]+ [1-9][0-9]*$"));
	for (; *text; text = strchr(text, '\n') + 1) {
		ASSERT_EQ(4, sscanf(text, "%31s %lu %lu %lu", policy, &low,
				    &high, &count));
		EXPECT_TRUE(low ? high == 2 * low - 1 : high == 0);
		sum += count;
	}
	EXPECT_EQ(sum, pgdm_stat("syncs_clean") + pgdm_stat("syncs_dirty") +
			       pgdm_stat("syncs_full"));
}

STAGE_TEST(audit_of_nothing)
{
	EXPECT_STREQ("on_primary 0 CPUs that should be on their mirrors\n"
		     "stale 0 entries published and not yet synced\n"
		     "audited 0 mirrors, 0 entries, 0 violations\n",
		     pgdm_read("audit"));
}

STAGE_TEST(preflight_has_a_verdict_a_line)
{
	EXPECT_LT(5, count_lines(pgdm_read("preflight"),
				 "^(ok [a-z0-9_]+: .+|FAIL [a-z0-9_]+: .+; .+)$"));
}

/* --- bad input ------------------------------------------------------------ */

#define EXPECTED_TRACK "track: expected 'pid N', '-pid N', 'cgroup PATH', '-cgroup PATH', 'all' or 'none'"
#define TOO_LONG 4097

static char too_long[TOO_LONG + 1];

/* The log says each thing ten times in 5 s, so each is looked for once. */
static const struct {
	const char *file;
	const char *text;
	int error;
	const char *log;
} bad[] = {
	{ "policy", "nonsense", EINVAL,
	  "policy: unknown name, expected one of always" },
	{ "policy", "\n", EINVAL, NULL },
	{ "policy", "Dirty", EINVAL, NULL },
	{ "policy", "[dirty]", EINVAL, NULL },
	{ "policy", "dirty always", EINVAL, NULL },
	{ "policy", too_long, EINVAL,
	  "policy: expected one write of at most 4096 bytes" },
	{ "live", "2", EINVAL, "live: expected 0 or 1" },
	{ "live", "\n", EINVAL, NULL },
	{ "live", "nonsense", EINVAL, NULL },
	{ "live", "yellow", EINVAL, NULL },
	{ "live", "-1", EINVAL, NULL },
	{ "live", "1 1", EINVAL, NULL },
	{ "reset", "0", EINVAL, "reset: expected 1" },
	{ "reset", "\n", EINVAL, NULL },
	{ "reset", "11", EINVAL, NULL },
	{ "reset", "all", EINVAL, NULL },
	{ "track", "nonsense", EINVAL, EXPECTED_TRACK },
	{ "track", "\n", EINVAL, NULL },
	{ "track", "pid", EINVAL, NULL },
	{ "track", "pid x", EINVAL, NULL },
	{ "track", "pid 1x", EINVAL, NULL },
	{ "track", "pid 0", EINVAL, NULL },
	{ "track", "pid -1", EINVAL, NULL },
	{ "track", "pid 99999999999", EINVAL, NULL },
	{ "track", "pid 1 2", EINVAL, NULL },
	{ "track", "-pid", EINVAL, NULL },
	{ "track", "-pid -1", EINVAL, NULL },
	{ "track", "ALL", EINVAL, NULL },
	{ "track", "all none", EINVAL, NULL },
	{ "track", "pid 4194304", ESRCH,
	  "track: there is no process 4194304, or it has ended" },
	{ "track", "-pid 4194304", ESRCH, NULL },
	{ "track", "pid 2", EINVAL,
	  "track: 2 is a kernel thread, expected a process" },
	{ "track", "-pid 2", EINVAL, NULL },
	{ "track", "-pid 1", ENOENT, "track: process 1 is not tracked" },
	{ "track", too_long, EINVAL,
	  "track: expected one write of at most 4096 bytes" },
};

STAGE_TEST(bad_input_changes_nothing)
{
	char policy[512], track[1024];
	uint64_t publishes;
	unsigned int i;

	memset(too_long, ' ', TOO_LONG);
	memcpy(too_long, "pid 1", 5);
	track_self();
	snprintf(policy, sizeof(policy), "%s", pgdm_read("policy"));
	snprintf(track, sizeof(track), "%s", pgdm_read("track"));
	pgdm_slot_add(PGDM_SLOT_FIRST);
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	snprintf(track, sizeof(track), "%s", pgdm_read("track"));
	publishes = pgdm_stat("publishes");
	pgdm_log_mark();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(bad[i].error, pgdm_write(bad[i].file, bad[i].text)) {
			TH_LOG("'%s' to %s", bad[i].text, bad[i].file);
		}
		if (!bad[i].log)
			continue;
		EXPECT_TRUE(pgdm_log_has(bad[i].log)) {
			TH_LOG("'%s' to %s is not followed by '%s'",
			       bad[i].text, bad[i].file, bad[i].log);
		}
	}
	EXPECT_STREQ(policy, pgdm_read("policy"));
	EXPECT_STREQ(track, pgdm_read("track"));
	EXPECT_STREQ("0\n", pgdm_read("live"));
	EXPECT_EQ(publishes, pgdm_stat("publishes"));
}

STAGE_TEST(bad_writes)
{
	const char *path = PGDM_DIR "policy";
	char zero[] = "dirty\0x";
	int fd = open(path, O_WRONLY);

	ASSERT_LE(0, fd);
	pgdm_log_mark();
	EXPECT_EQ(-1, write(fd, zero, 7));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(pgdm_log_has("policy: expected text, got a zero byte"));
	/* By syscall(), as the compiler knows that nothing can be there. */
	EXPECT_EQ(-1, syscall(SYS_write, fd, 8ul, 5ul));
	EXPECT_EQ(EFAULT, errno);
	/* Each write is a command of its own, whole, and from the start. */
	EXPECT_EQ(5, write(fd, "dirty", 5));
	EXPECT_EQ(6, write(fd, "dirty\n", 6));
	EXPECT_EQ(-1, pwrite(fd, "dirty", 5, 1));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(1, lseek(fd, 1, SEEK_SET));
	EXPECT_EQ(-1, write(fd, "dirty", 5));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(pgdm_log_has("policy: expected one write of at most 4096 bytes"));
	close(fd);
	EXPECT_NE(NULL, strstr(pgdm_read("policy"), "[dirty]"));
}

STAGE_TEST(seeking_in_a_file_that_is_only_written)
{
	int fd = open(PGDM_DIR "reset", O_WRONLY);

	ASSERT_LE(0, fd);
	/* Whatever it answers. */
	lseek(fd, 1, SEEK_SET);
	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	EXPECT_EQ(1, write(fd, "1", 1));
	close(fd);
}

TEST_HARNESS_MAIN
