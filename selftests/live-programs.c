// SPDX-License-Identifier: GPL-2.0
/*
 * What programs do seldom, with everything live: 32-bit code, segments of
 * their own, huge pages, a core dump, the OOM killer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define MIB	(1ul << 20)
#define ROUNDS	20

static int run_program(void *path)
{
	execl(path, path, NULL);
	return 127;
}

/* A program of 32 bits maps, forks and starts threads; it exits with 0. */
STAGE_TEST(program_of_32_bits)
{
	const char *bin = getenv("PGDM_BIN");
	char path[PATH_MAX];
	unsigned int i;

	(void)self;
	snprintf(path, sizeof(path), "%s/program-32", bin ? bin : ".");
	if (access(path, X_OK))
		SKIP(return, "program-32 was not built (gcc -m32)");
	ASSERT_EQ(0, pgdm_write("track", "all"));
	for (i = 0; i < ROUNDS; i++)
		EXPECT_EQ(0, pgdm_run(run_program, path));
}

static void load_segment_job(void *value)
{
	*(unsigned int *)value = (unsigned int)pgdm_ldt_read(0);
}

STAGE_TEST(segments_of_the_ldt)
{
	unsigned int *words, i, there, here;

	words = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)words);
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		words[i] = 3000 + i;
		ASSERT_EQ(0, pgdm_ldt_write(0, (uintptr_t)&words[i]));
		pgdm_worker_call(&self->worker, load_segment_job, &there);
		EXPECT_EQ(3000 + i, there);
		load_segment_job(&here);
		EXPECT_EQ(3000 + i, here);
	}
}

STAGE_TEST(huge_pages)
{
	const char *control = "/proc/sys/vm/nr_hugepages";
	unsigned int i;

	ASSERT_EQ(0, pgdm_write_path(control, "4"));
	if (strtoul(pgdm_read_path(control), NULL, 10) < 1) {
		ASSERT_EQ(0, pgdm_write_path(control, "0"));
		SKIP(return, "no memory for huge pages");
	}
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		char *want = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);
		char *page = mmap(want, 2 * MIB, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
					  MAP_FIXED_NOREPLACE,
				  -1, 0);

		ASSERT_EQ(want, page);
		touch_there(self, PGDM_SLOT_FIRST + i, 1);
		EXPECT_EQ(1, page[4096]);
		page[2 * MIB - 1] = 2;
		ASSERT_EQ(0, munmap(page, 2 * MIB));
	}
	EXPECT_EQ(0, pgdm_write_path(control, "0"));
}

#define MARK "pgd-mirror: slot "
#define CORE_SLOTS 4

static int dump_core(void *unused)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned int i;

	(void)unused;
	if (setrlimit(RLIMIT_CORE, &unlimited))
		pgdm_die("setrlimit: %s", strerror(errno));
	for (i = 0; i < CORE_SLOTS; i++) {
		char *page = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);

		pgdm_slot_map(PGDM_SLOT_FIRST + i);
		/* In pieces, so that the program's text does not hold it. */
		strcpy(page, MARK);
		page[strlen(MARK)] = '0' + i;
	}
	abort();
}

/* How many of the marks a core file holds: a bit each. */
static unsigned int marks_in(const char *path)
{
	static char page[4096];
	unsigned int found = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		pgdm_die("%s: %s", path, strerror(errno));
	while (read(fd, page, sizeof(page)) == sizeof(page)) {
		if (!memcmp(page, MARK, strlen(MARK)))
			found |= 1u << (page[strlen(MARK)] - '0');
	}
	close(fd);
	return found;
}

STAGE_TEST(core_dump)
{
	const char *control = "/proc/sys/kernel/core_pattern";
	char before[256], dir[] = "/tmp/pgdm-core-XXXXXX", core[64];
	int status;

	(void)self;
	snprintf(before, sizeof(before), "%s", pgdm_read_path(control));
	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(core, sizeof(core), "%s/core", dir);
	ASSERT_EQ(0, pgdm_write_path(control, core));
	ASSERT_EQ(0, pgdm_write_path("/proc/sys/kernel/core_uses_pid", "0"));
	ASSERT_EQ(0, pgdm_write("track", "all"));
	status = pgdm_run(dump_core, NULL);
	EXPECT_TRUE(WIFSIGNALED(status) && WCOREDUMP(status));
	EXPECT_EQ((1u << CORE_SLOTS) - 1, marks_in(core));
	EXPECT_EQ(0, pgdm_write_path(control, before));
	unlink(core);
	rmdir(dir);
}

#define OOM_LIMIT_MIB	16

static int want_too_much(void *group)
{
	char path[128], pid[16];
	unsigned int slot;
	size_t i;

	snprintf(path, sizeof(path), "%s/cgroup.procs", (const char *)group);
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (pgdm_write_path(path, pid))
		pgdm_die("%s: cannot join", path);
	for (slot = PGDM_SLOT_FIRST; slot < PGDM_SLOT_FIRST + 2 * OOM_LIMIT_MIB;
	     slot++) {
		char *want = pgdm_slot_address(slot, 0);

		if (mmap(want, MIB, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			 0) != want)
			pgdm_die("mmap: %s", strerror(errno));
		for (i = 0; i < MIB; i += 4096)
			want[i] = 1;
	}
	return 0;
}

STAGE_TEST(oom_kill)
{
	char root[] = "/tmp/pgdm-cgroup-XXXXXX", group[64], path[128];
	int status;

	(void)self;
	ASSERT_NE(NULL, mkdtemp(root));
	ASSERT_EQ(0, mount("none", root, "cgroup2", 0, NULL));
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", root);
	ASSERT_EQ(0, pgdm_write_path(path, "+memory"));
	snprintf(group, sizeof(group), "%s/pgdm", root);
	ASSERT_EQ(0, mkdir(group, 0755));
	snprintf(path, sizeof(path), "%s/memory.max", group);
	ASSERT_EQ(0, pgdm_write_path(path, "16M"));
	ASSERT_EQ(0, pgdm_write("track", "all"));
	status = pgdm_run(want_too_much, group);
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	snprintf(path, sizeof(path), "%s/memory.events", group);
	EXPECT_NE(NULL, strstr(pgdm_read_path(path), "oom_kill 1\n"));
	EXPECT_EQ(0, rmdir(group));
	EXPECT_EQ(0, umount(root));
	EXPECT_EQ(0, rmdir(root));
}

TEST_HARNESS_MAIN
