// SPDX-License-Identifier: GPL-2.0
/*
 * The file cr3: which mm, process and mirror each CPU's CR3 stands for.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/lazily.h"
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define ONLINE "/sys/devices/system/cpu/cpu1/online"
#define NAME "functional-cr3"
#define STACK 65536

static uint64_t root_of_self(void)
{
	char line[64];
	uint64_t root;
	const char *at;

	snprintf(line, sizeof(line), "pid %d comm ", getpid());
	at = strstr(pgdm_read("track"), line);
	at = at ? strstr(at, " root ") : NULL;
	if (!at || sscanf(at, " root %" SCNx64, &root) != 1)
		pgdm_die("no root after '%s'", line);
	return root;
}

/* This program's line, whatever CR3 leads to. */
#define expect_self(line) do {						\
	EXPECT_EQ(getpid(), (line)->pid);				\
	EXPECT_STREQ(NAME, (line)->comm);				\
	EXPECT_NE(0, (line)->mm);					\
	EXPECT_NE(0, (line)->root);					\
} while (0)

/* CR3 leads to this CPU's loaded mirror of the mm, and to no other table. */
#define expect_on_mirror(nr, line) do {					\
	ASSERT_NE(NULL, strchr("012345", *(line)->mirror)) {		\
		TH_LOG("mirror %s", (line)->mirror);			\
	}								\
	EXPECT_EQ(pgdm_cr3_mirror(nr, line),				\
		  pgdm_cr3_address((line)->cr3));			\
} while (0)

STAGE_TEST(not_tracked)
{
	struct pgdm_cr3 here = pgdm_cr3(HERE), there;

	wait_for_worker(self);
	there = pgdm_cr3(THERE);
	expect_self(&here);
	expect_self(&there);
	EXPECT_STREQ("untracked", here.mirror);
	EXPECT_STREQ("untracked", there.mirror);
	EXPECT_EQ(0, there.id);
	EXPECT_EQ(here.mm, there.mm);
	EXPECT_EQ(here.root, there.root);
	EXPECT_EQ(pgdm_cr3_address(here.cr3), pgdm_cr3_address(there.cr3));
}

STAGE_TEST(on_the_primary_in_shadow_mode)
{
	struct pgdm_cr3 here, there;

	track_self_on_both(self);
	here = pgdm_cr3(HERE);
	there = pgdm_cr3(THERE);
	expect_self(&here);
	expect_self(&there);
	EXPECT_STREQ("primary", here.mirror);
	EXPECT_STREQ("primary", there.mirror);
	EXPECT_EQ(pgdm_id(getpid()), there.id);
	EXPECT_EQ(root_of_self(), there.root);
	EXPECT_EQ(pgdm_cr3_address(here.cr3), pgdm_cr3_address(there.cr3));
}

/* One mm, another root on each CPU; and back. */
STAGE_TEST(on_mirrors_in_live_mode)
{
	struct pgdm_cr3 here, there;
	uint64_t primary = pgdm_cr3_address(pgdm_cr3(HERE).cr3);

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self_on_both(self);
	here = pgdm_cr3(HERE);
	there = pgdm_cr3(THERE);
	expect_self(&here);
	expect_self(&there);
	expect_on_mirror(HERE, &here);
	expect_on_mirror(THERE, &there);
	EXPECT_NE(pgdm_cr3_address(here.cr3), pgdm_cr3_address(there.cr3));
	EXPECT_NE(primary, pgdm_cr3_address(there.cr3));
	EXPECT_EQ(pgdm_id(getpid()), there.id);
	EXPECT_EQ(root_of_self(), there.root);
	EXPECT_EQ(here.mm, there.mm);

	ASSERT_EQ(0, pgdm_write("live", "0"));
	there = pgdm_cr3(THERE);
	EXPECT_STREQ("primary", there.mirror);
	EXPECT_EQ(primary, pgdm_cr3_address(there.cr3));
	untrack_self();
	there = pgdm_cr3(THERE);
	EXPECT_STREQ("untracked", there.mirror);
	expect_self(&there);
}

/* No task of the process runs there: the mm itself tells whose it is. */
STAGE_TEST(kept_lazily)
{
	struct pgdm_cr3 l;

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self_on_both(self);
	l = sleep_lazily(self);
	expect_self(&l);
	expect_on_mirror(THERE, &l);
	EXPECT_EQ(pgdm_id(getpid()), l.id);
	pgdm_worker_wake(&self->worker);
}

/* A flush that frees tables makes a lazy CPU leave for the kernel's own tables. */
STAGE_TEST(on_the_kernels_own)
{
	struct pgdm_cr3 l;

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self_on_both(self);
	do {
		pgdm_slot_add(PGDM_SLOT_FIRST);
		sleep_lazily(self);
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
		l = pgdm_cr3(THERE);
		pgdm_worker_wake(&self->worker);
	} while (!strcmp(l.mirror, "untracked")); /* another process came */
	EXPECT_STREQ("kernel", l.mirror);
	EXPECT_EQ(0, l.id);
	EXPECT_EQ(0, l.mm);
	EXPECT_EQ(0, l.pid);
	EXPECT_STREQ("-", l.comm);
}

static atomic_bool shared_runs, shared_ends;

static int shared_main(void *unused)
{
	(void)unused;
	pgdm_pin(THERE);
	atomic_store(&shared_runs, true);
	while (!atomic_load(&shared_ends))
		;
	return 0;
}

/* Two processes share the mm: the one that runs there is named. */
STAGE_TEST(a_process_that_shares_the_mm)
{
	static char stack[STACK] __attribute__((aligned(16)));
	struct pgdm_cr3 here, there;
	pid_t pid;

	track_self();
	pgdm_worker_sleep(&self->worker);
	pid = clone(shared_main, stack + STACK, CLONE_VM | SIGCHLD, NULL);
	ASSERT_LT(0, pid);
	pgdm_wait_for(atomic_load(&shared_runs));
	/* Another process may have the CPU for a moment. */
	pgdm_wait_for((there = pgdm_cr3(THERE)).id);
	here = pgdm_cr3(HERE);
	atomic_store(&shared_ends, true);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(pid, there.pid);
	EXPECT_EQ(getpid(), here.pid);
	EXPECT_EQ(here.mm, there.mm);
	pgdm_worker_wake(&self->worker);
}

STAGE_TEST(a_name_of_two_lines)
{
	struct pgdm_cr3 l;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "a\nb c\\"));
	l = pgdm_cr3(HERE);
	EXPECT_EQ(0, prctl(PR_SET_NAME, NAME));
	EXPECT_STREQ("a\\012b\\040c\\134", l.comm);
}

static void *read_main(void *done)
{
	while (!atomic_load((atomic_bool *)done))
		if (strncmp(pgdm_read("cr3"), "cpu 0 cr3 ", 10))
			pgdm_die("cr3: %s", pgdm_read("cr3"));
	return NULL;
}

/* It says so, and a CPU that goes or comes meanwhile is waited for. */
STAGE_TEST(offline)
{
	atomic_bool done = false;
	pthread_t reader;
	unsigned int i;

	if (access(ONLINE, W_OK))
		SKIP(return, "CPU 1 cannot be taken offline");
	ASSERT_EQ(0, pgdm_write("live", "1"));
	ASSERT_EQ(0, pgdm_write("track", "all"));
	ASSERT_EQ(0, pthread_create(&reader, NULL, read_main, &done));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pgdm_write_path(ONLINE, "0"));
		EXPECT_NE(NULL, strstr(pgdm_read("cr3"), "\ncpu 1 offline\n"));
		ASSERT_EQ(0, pgdm_write_path(ONLINE, "1"));
		EXPECT_NE(NULL, strstr(pgdm_read("cr3"), "\ncpu 1 cr3 "));
	}
	atomic_store(&done, true);
	ASSERT_EQ(0, pthread_join(reader, NULL));
	/* The kernel has let the worker go wherever it likes. */
	pgdm_worker_stop(&self->worker);
	pgdm_worker_start(&self->worker, THERE);
}

TEST_HARNESS_MAIN
