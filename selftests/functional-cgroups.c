// SPDX-License-Identifier: GPL-2.0
/*
 * Tracking by cgroup: what is in it, what comes into it and by which way, what goes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cgroups.h"
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define A "pgdm-a"
#define A_BELOW "pgdm-a/below"
#define B "pgdm-b"
#define ROOT ""

static bool track_begins_with(const char *text)
{
	return !strncmp(pgdm_read("track"), text, strlen(text));
}

#define track(cgroup) ASSERT_EQ(0, pgdm_write("track", "cgroup /" cgroup))
#define untrack(cgroup) ASSERT_EQ(0, pgdm_write("track", "-cgroup /" cgroup))

/* A CPU may keep an mm that has ended lazily, until it next switches. */
#define leave_lazy_mms(self, until)					\
	pgdm_wait_for((pgdm_partner_ping(&(self)->partner),		\
		       pgdm_partner_ping(&(self)->neighbour), until))

/* Comes into the cgroup B, and is tracked: so what came into any before is, too. */
#define wait_for_another(self) do {					\
	pgdm_cgroup_move((self)->neighbour.pid, B);					\
	pgdm_wait_for(pgdm_id((self)->neighbour.pid));			\
} while (0)

FIXTURE(cgroups) {
	struct pgdm_partner partner;
	struct pgdm_partner neighbour;
	struct pgdm_mode mode;
};

FIXTURE_SETUP(cgroups)
{
	if (access(PGDM_CGROUPS, F_OK))
		SKIP(return, "no cgroups in this kernel");
	self->mode = get_mode();
	pgdm_cgroups_mount();
	pgdm_cgroup_make(A);
	pgdm_cgroup_make(A_BELOW);
	pgdm_cgroup_make(B);
	pgdm_pin(HERE);
	pgdm_partner_start(&self->partner, THERE);
	pgdm_partner_start(&self->neighbour, HERE);
}

FIXTURE_TEARDOWN(cgroups)
{
	check_mirrors(_metadata);
	pgdm_partner_stop(&self->partner);
	pgdm_partner_stop(&self->neighbour);
	EXPECT_EQ(0, pgdm_write("track", "none"));
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	pgdm_cgroup_remove(A_BELOW);
	pgdm_cgroup_remove(A);
	pgdm_cgroup_remove(B);
	put_mode(_metadata, &self->mode);
	check_counts(_metadata);
}

#define CGROUP_TEST(name) TEST_F_TIMEOUT(cgroups, name, STAGE_TIMEOUT)

CGROUP_TEST(what_is_in_it)
{
	pid_t pid = self->partner.pid;
	uint64_t id;

	pgdm_cgroup_move(pid, A);
	track(A);
	id = pgdm_id(pid);
	EXPECT_NE(0, id);
	EXPECT_EQ(1, pgdm_nr_tracked());
	EXPECT_TRUE(track_begins_with("mode none\ncgroup /" A "\npid "));
	/* Once more is no error and no second entry. */
	track(A);
	EXPECT_EQ(id, pgdm_id(pid));
	EXPECT_TRUE(track_begins_with("mode none\ncgroup /" A "\npid "));
	untrack(A);
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	EXPECT_EQ(ENOENT, pgdm_write("track", "-cgroup /" A));
	/* It is not followed any more. */
	pgdm_cgroup_move(self->neighbour.pid, A);
	pgdm_cgroup_move(self->neighbour.pid, ROOT);
	EXPECT_EQ(0, pgdm_nr_tracked());
}

CGROUP_TEST(what_is_below_it)
{
	uint64_t id;

	pgdm_cgroup_move(self->partner.pid, A);
	pgdm_cgroup_move(self->neighbour.pid, A_BELOW);
	track(A);
	EXPECT_EQ(2, pgdm_nr_tracked());
	EXPECT_NE(0, pgdm_id(self->neighbour.pid));
	/* What another one that is followed has stays, as it is. */
	id = pgdm_id(self->neighbour.pid);
	track(A_BELOW);
	untrack(A);
	EXPECT_EQ(1, pgdm_nr_tracked());
	EXPECT_EQ(id, pgdm_id(self->neighbour.pid));
	untrack(A_BELOW);
	EXPECT_EQ(0, pgdm_nr_tracked());
}

CGROUP_TEST(the_root_has_everything)
{
	EXPECT_EQ(0, pgdm_write("track", "cgroup /"));
	EXPECT_LT(3, pgdm_nr_tracked());
	EXPECT_NE(0, pgdm_id(getpid()));
	EXPECT_NE(0, pgdm_id(1));
	EXPECT_EQ(0, pgdm_write("track", "-cgroup /"));
	EXPECT_EQ(0, pgdm_id(getpid()));
	EXPECT_EQ(0, pgdm_id(1));
}

static int wait_for_signal(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

/* Executes another program once the byte comes. */
static int execute_sleep(void *fd)
{
	char byte;

	if (read(*(int *)fd, &byte, 1) != 1)
		return 1;
	execlp("sleep", "sleep", "1000", NULL);
	return 1;
}

/* Is the program that the process has executed tracked? */
static bool is_sleep_tracked(pid_t pid)
{
	struct pgdm_tracked t;

	return pgdm_tracked(pid, &t) && !strcmp(t.comm, "sleep");
}

static bool is_sleep(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	return !strcmp(pgdm_read_path(path), "sleep\n");
}

CGROUP_TEST(a_child_and_what_it_executes)
{
	int order[2];
	pid_t child;

	ASSERT_EQ(0, pipe(order));
	pgdm_cgroup_move(getpid(), A);
	track(A);
	/* The partners are children, too, and not in the cgroup. */
	EXPECT_EQ(1, pgdm_nr_tracked());
	child = pgdm_fork(execute_sleep, &order[0]);
	EXPECT_NE(0, pgdm_id(child));
	ASSERT_EQ(1, write(order[1], "", 1));
	pgdm_wait_for(is_sleep(child));
	EXPECT_TRUE(is_sleep_tracked(child));
	/* All of them are taken out again. */
	untrack(A);
	EXPECT_EQ(0, pgdm_id(getpid()));
	EXPECT_EQ(0, pgdm_id(child));
	leave_lazy_mms(self, pgdm_nr_tracked() == 0);
	pgdm_kill(child);
	pgdm_cgroup_move(getpid(), ROOT);
}

CGROUP_TEST(a_process_that_is_moved_into_it)
{
	uint64_t id;

	track(A);
	EXPECT_EQ(0, pgdm_nr_tracked());
	pgdm_cgroup_move(self->partner.pid, A);
	pgdm_wait_for(pgdm_id(self->partner.pid));
	pgdm_cgroup_move(self->neighbour.pid, A_BELOW);
	pgdm_wait_for(pgdm_id(self->neighbour.pid));
	EXPECT_EQ(2, pgdm_nr_tracked());
	/* One that is moved out again stays, and -cgroup does not know it any more. */
	id = pgdm_id(self->partner.pid);
	pgdm_cgroup_move(self->partner.pid, ROOT);
	EXPECT_EQ(id, pgdm_id(self->partner.pid));
	untrack(A);
	EXPECT_EQ(id, pgdm_id(self->partner.pid));
	EXPECT_EQ(0, pgdm_id(self->neighbour.pid));
}

static pid_t fork_into(const char *cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
	};
	char path[128];
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), PGDM_CGROUPS "/%s", cgroup);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		pgdm_die("open %s: %s", path, strerror(errno));
	args.cgroup = (uint64_t)fd;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		pgdm_die("clone3: %s", strerror(errno));
	if (!pid)
		_exit(wait_for_signal(NULL));
	close(fd);
	return pid;
}

/* Its parent is in no cgroup that is followed, and not tracked. */
CGROUP_TEST(a_process_that_is_forked_into_it)
{
	pid_t child;

	track(A);
	child = fork_into(A);
	pgdm_wait_for(pgdm_id(child));
	EXPECT_EQ(0, pgdm_id(getpid()));
	pgdm_kill(child);
}

/* Taken out by number: neither a walk nor a repetition brings it back, exec does. */
CGROUP_TEST(all_but_one)
{
	int order[2];
	pid_t child;

	ASSERT_EQ(0, pipe(order));
	child = pgdm_fork(execute_sleep, &order[0]);
	pgdm_cgroup_move(child, A);
	track(A);
	track(B);
	EXPECT_NE(0, pgdm_id(child));
	ASSERT_EQ(0, pgdm_writef("track", "-pid %d", child));
	EXPECT_EQ(0, pgdm_id(child));
	EXPECT_NE(NULL, strstr(pgdm_read("track"), " excluded\n"));
	wait_for_another(self);
	track(A);
	EXPECT_EQ(0, pgdm_id(child));
	ASSERT_EQ(1, write(order[1], "", 1));
	pgdm_wait_for(is_sleep_tracked(child));
	/* When nothing is followed any more it is forgotten. */
	ASSERT_EQ(0, pgdm_writef("track", "-pid %d", child));
	untrack(A);
	untrack(B);
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	track(A);
	EXPECT_NE(0, pgdm_id(child));
	pgdm_kill(child);
}

/* A child of one that was taken out is tracked: its mm is another one. */
CGROUP_TEST(a_child_of_one_that_was_taken_out)
{
	pid_t child;

	pgdm_cgroup_move(getpid(), A);
	track(A);
	untrack_self();
	child = pgdm_fork(wait_for_signal, NULL);
	pgdm_wait_for(pgdm_id(child));
	EXPECT_EQ(0, pgdm_id(getpid()));
	pgdm_kill(child);
	pgdm_cgroup_move(getpid(), ROOT);
}

static const struct {
	const char *text;
	int error;
	const char *log;
} bad[] = {
	{ "cgroup /pgdm-none", ENOENT,
	  "track: there is no cgroup /pgdm-none, or it is not followed" },
	{ "-cgroup /pgdm-none", ENOENT, NULL },
	{ "-cgroup /" B, ENOENT, "track: there is no cgroup /" B ", or it is not followed" },
	{ "-cgroup /" A_BELOW, ENOENT, NULL },
	{ "cgroup " A, EINVAL, "track: " A " is no cgroup, expected a path as in" },
	{ "-cgroup " A, EINVAL, NULL },
	{ "cgroup /" A "/cgroup.procs", EINVAL,
	  "track: /" A "/cgroup.procs is no cgroup, expected a path as in" },
	{ "-cgroup /" A "/cgroup.procs", EINVAL, NULL },
	{ "cgroup", EINVAL, "track: expected 'pid N', '-pid N', 'cgroup PATH'," },
	{ "cgroup ", EINVAL, NULL },
	{ "-cgroup", EINVAL, NULL },
	{ "cgroup/" A, EINVAL, NULL },
};

CGROUP_TEST(bad_input_changes_nothing)
{
	char before[1024];
	unsigned int i;

	pgdm_cgroup_move(self->partner.pid, A);
	track(A);
	snprintf(before, sizeof(before), "%s", pgdm_read("track"));
	pgdm_log_mark();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(bad[i].error, pgdm_write("track", bad[i].text)) {
			TH_LOG("'%s'", bad[i].text);
		}
		EXPECT_TRUE(!bad[i].log || pgdm_log_has(bad[i].log)) {
			TH_LOG("'%s' is not followed by '%s'", bad[i].text, bad[i].log);
		}
	}
	EXPECT_STREQ(before, pgdm_read("track"));
}

/* Another one of the same name is not followed. What has left it stays tracked. */
CGROUP_TEST(it_is_removed)
{
	pid_t child = pgdm_fork(wait_for_signal, NULL);

	pgdm_cgroup_move(self->partner.pid, A_BELOW);
	track(A_BELOW);
	track(B);
	pgdm_cgroup_move(self->partner.pid, ROOT);
	pgdm_cgroup_remove(A_BELOW);
	pgdm_wait_for(!strstr(pgdm_read("track"), "cgroup /" A_BELOW));
	EXPECT_NE(0, pgdm_id(self->partner.pid));
	EXPECT_EQ(ENOENT, pgdm_write("track", "-cgroup /" A_BELOW));

	pgdm_cgroup_make(A_BELOW);
	pgdm_cgroup_move(child, A_BELOW);
	wait_for_another(self);
	EXPECT_EQ(0, pgdm_id(child));
	EXPECT_EQ(ENOENT, pgdm_write("track", "-cgroup /" A_BELOW));
	pgdm_kill(child);
}

/* The hooks of flushes are out, as all that was tracked has ended; and in again. */
CGROUP_TEST(it_is_empty_for_long)
{
	static const char out[] = ": armed while something is tracked";
	pid_t child = pgdm_fork(wait_for_signal, NULL);

	track(A);
	pgdm_cgroup_move(child, A);
	pgdm_wait_for(pgdm_id(child));
	pgdm_kill(child);
	leave_lazy_mms(self, strstr(pgdm_read("preflight"), out));
	EXPECT_EQ(0, pgdm_nr_tracked());
	pgdm_cgroup_move(self->partner.pid, A);
	pgdm_wait_for(pgdm_id(self->partner.pid));
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), out));
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "FAIL"));
	pgdm_partner_add(&self->partner, PGDM_SLOT_FIRST);
	pgdm_partner_remove(&self->partner, PGDM_SLOT_FIRST);
}

/* Live, while it is followed: the kernel calls no hook of it afterwards. */
CGROUP_TEST(the_module_is_unloaded)
{
	pgdm_cgroup_move(self->partner.pid, A);
	ASSERT_EQ(0, pgdm_write("live", "1"));
	track(A);
	pgdm_partner_ping(&self->partner);
	ASSERT_EQ(0, pgdm_unload());
	pgdm_cgroup_move(self->neighbour.pid, A);
	pgdm_kill(fork_into(A));
	pgdm_cgroup_move(self->neighbour.pid, ROOT);
	ASSERT_EQ(0, pgdm_load(""));
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
}

/* Under "all" it makes no difference, and goes with "none". */
CGROUP_TEST(with_all_and_none)
{
	pgdm_cgroup_move(self->partner.pid, A);
	track(A);
	ASSERT_EQ(0, pgdm_write("track", "all"));
	EXPECT_TRUE(track_begins_with("mode all\ncgroup /" A "\n"));
	EXPECT_NE(0, pgdm_id(self->neighbour.pid));
	ASSERT_EQ(0, pgdm_write("track", "none"));
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	pgdm_cgroup_move(self->neighbour.pid, A);
	EXPECT_EQ(0, pgdm_nr_tracked());
}

TEST_HARNESS_MAIN
