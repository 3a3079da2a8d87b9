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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define ONLINE "/sys/devices/system/cpu/cpu1/online"
#define NAME "functional-cr3"
#define STACK 65536

/* A line of the file. */
struct line {
	uint64_t cr3;
	char mirror[16];
	uint64_t id;
	uint64_t mm;
	uint64_t root;
	pid_t pid;
	char comm[64];
};

static bool parse(const char *text, struct line *l)
{
	return sscanf(text, " cr3 %16" SCNx64 " mirror %15s id %" SCNu64 " mm %16" SCNx64
			    " root %16" SCNx64 " pid %d comm %63s",
		      &l->cr3, l->mirror, &l->id, &l->mm, &l->root, &l->pid,
		      l->comm) == 7;
}

/* The line of a CPU that is online. Reading it disturbs no CPU but by an interrupt. */
static struct line line_of(unsigned int cpu)
{
	const char *text = pgdm_read("cr3"), *at;
	struct line l = { 0 };
	char begin[32];

	snprintf(begin, sizeof(begin), "cpu %u ", cpu);
	at = strncmp(text, begin, strlen(begin)) ? strstr(text, begin) : text;
	if (!at || !parse(at + strlen(begin) - 1, &l))
		pgdm_die("no line of CPU %u in: %s", cpu, text);
	return l;
}

/* What else is said of a mm or of a mirror: "root" in track, "phys" in mirrors. */
static uint64_t hex_after(const char *file, const char *line, const char *key)
{
	const char *at = strstr(pgdm_read(file), line);
	uint64_t value = 0;

	at = at ? strstr(at, key) : NULL;
	if (!at || sscanf(at + strlen(key), "%" SCNx64, &value) != 1)
		pgdm_die("%s: no '%s' after '%s'", file, key, line);
	return value;
}

static uint64_t root_of_self(void)
{
	char line[64];

	snprintf(line, sizeof(line), "pid %d comm ", getpid());
	return hex_after("track", line, " root ");
}

static uint64_t address_in(uint64_t cr3)
{
	return cr3 & 0x000ffffffffff000;
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
	char begin_[64];						\
	ASSERT_NE(NULL, strchr("012345", *(line)->mirror)) {		\
		TH_LOG("mirror %s", (line)->mirror);			\
	}								\
	snprintf(begin_, sizeof(begin_), "cpu %u slot %s loaded id %" PRIu64 " ", \
		 nr, (line)->mirror, (line)->id);			\
	EXPECT_EQ(hex_after("mirrors", begin_, " phys "),		\
		  address_in((line)->cr3));				\
} while (0)

STAGE_TEST(not_tracked)
{
	struct line here = line_of(HERE), there;

	wait_for_worker(self);
	there = line_of(THERE);
	expect_self(&here);
	expect_self(&there);
	EXPECT_STREQ("untracked", here.mirror);
	EXPECT_STREQ("untracked", there.mirror);
	EXPECT_EQ(0, there.id);
	EXPECT_EQ(here.mm, there.mm);
	EXPECT_EQ(here.root, there.root);
	EXPECT_EQ(address_in(here.cr3), address_in(there.cr3));
}

STAGE_TEST(on_the_primary_in_shadow_mode)
{
	struct line here, there;

	track_self_on_both(self);
	here = line_of(HERE);
	there = line_of(THERE);
	expect_self(&here);
	expect_self(&there);
	EXPECT_STREQ("primary", here.mirror);
	EXPECT_STREQ("primary", there.mirror);
	EXPECT_EQ(pgdm_id(getpid()), there.id);
	EXPECT_EQ(root_of_self(), there.root);
	EXPECT_EQ(address_in(here.cr3), address_in(there.cr3));
}

/* One mm, another root on each CPU; and back. */
STAGE_TEST(on_mirrors_in_live_mode)
{
	struct line here, there;
	uint64_t primary = address_in(line_of(HERE).cr3);

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self_on_both(self);
	here = line_of(HERE);
	there = line_of(THERE);
	expect_self(&here);
	expect_self(&there);
	expect_on_mirror(HERE, &here);
	expect_on_mirror(THERE, &there);
	EXPECT_NE(address_in(here.cr3), address_in(there.cr3));
	EXPECT_NE(primary, address_in(there.cr3));
	EXPECT_EQ(pgdm_id(getpid()), there.id);
	EXPECT_EQ(root_of_self(), there.root);
	EXPECT_EQ(here.mm, there.mm);

	ASSERT_EQ(0, pgdm_write("live", "0"));
	there = line_of(THERE);
	EXPECT_STREQ("primary", there.mirror);
	EXPECT_EQ(primary, address_in(there.cr3));
	untrack_self();
	there = line_of(THERE);
	EXPECT_STREQ("untracked", there.mirror);
	expect_self(&there);
}

static void tid_job(void *tid)
{
	*(pid_t *)tid = (pid_t)syscall(SYS_gettid);
}

/* Puts the worker to sleep; its CPU stays in the mm, if no other process comes. */
static struct line sleep_lazily(FIXTURE_DATA(stage) *self, pid_t tid)
{
	struct line l;

	for (;;) {
		pgdm_worker_sleep(&self->worker);
		pgdm_wait_for(pgdm_sleeps(tid));
		l = line_of(THERE);
		if (l.id)
			return l;
		pgdm_worker_wake(&self->worker);
	}
}

/* No task of the process runs there: the mm itself tells whose it is. */
STAGE_TEST(kept_lazily)
{
	struct line l;
	pid_t tid;

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self_on_both(self);
	pgdm_worker_call(&self->worker, tid_job, &tid);
	l = sleep_lazily(self, tid);
	expect_self(&l);
	expect_on_mirror(THERE, &l);
	EXPECT_EQ(pgdm_id(getpid()), l.id);
	pgdm_worker_wake(&self->worker);
}

/* A flush that frees tables makes a lazy CPU leave for the kernel's own tables. */
STAGE_TEST(on_the_kernels_own)
{
	struct line l;
	pid_t tid;

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self_on_both(self);
	pgdm_worker_call(&self->worker, tid_job, &tid);
	do {
		pgdm_slot_add(PGDM_SLOT_FIRST);
		sleep_lazily(self, tid);
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
		l = line_of(THERE);
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
	struct line here, there;
	pid_t pid;

	track_self();
	pgdm_worker_sleep(&self->worker);
	pid = clone(shared_main, stack + STACK, CLONE_VM | SIGCHLD, NULL);
	ASSERT_LT(0, pid);
	pgdm_wait_for(atomic_load(&shared_runs));
	/* Another process may have the CPU for a moment. */
	pgdm_wait_for((there = line_of(THERE)).id);
	here = line_of(HERE);
	atomic_store(&shared_ends, true);
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(pid, there.pid);
	EXPECT_EQ(getpid(), here.pid);
	EXPECT_EQ(here.mm, there.mm);
	pgdm_worker_wake(&self->worker);
}

STAGE_TEST(a_name_of_two_lines)
{
	struct line l;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "a\nb c\\"));
	l = line_of(HERE);
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
