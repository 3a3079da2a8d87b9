// SPDX-License-Identifier: GPL-2.0
/*
 * Tracking: by number, all, none; which processes cannot be tracked.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

STAGE_TEST(one_process)
{
	struct pgdm_tracked t;

	EXPECT_EQ(0, pgdm_nr_tracked());
	track_self();
	EXPECT_EQ(1, pgdm_nr_tracked());
	EXPECT_EQ(1, pgdm_stat("mms_tracked"));
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	EXPECT_STREQ("ready", t.state);
	/* Once more is no error and no second entry. */
	track_self();
	EXPECT_EQ(1, pgdm_nr_tracked());
	EXPECT_EQ(t.id, pgdm_id(getpid()));
	untrack_self();
	EXPECT_EQ(0, pgdm_nr_tracked());
	EXPECT_EQ(ENOENT, pgdm_writef("track", "-pid %d", getpid()));
}

STAGE_TEST(two_processes)
{
	track_self();
	ASSERT_EQ(0, pgdm_writef("track", "pid %d\n", self->partner.pid));
	EXPECT_EQ(2, pgdm_nr_tracked());
	EXPECT_NE(pgdm_id(getpid()), pgdm_id(self->partner.pid));
	untrack_self();
	EXPECT_EQ(0, pgdm_id(getpid()));
	EXPECT_NE(0, pgdm_id(self->partner.pid));
	EXPECT_EQ(0, pgdm_write("track", "none"));
	EXPECT_EQ(0, pgdm_nr_tracked());
}

/* A process chooses its name: it stays one word of its one line. */
STAGE_TEST(a_name_of_two_lines)
{
	static const char odd[] = "a b\nc\\ id 7\t";
	struct pgdm_tracked t;

	track_self();
	ASSERT_EQ(0, prctl(PR_SET_NAME, odd));
	EXPECT_EQ(1, pgdm_nr_tracked());
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	EXPECT_STREQ("a\\040b\\012c\\134\\040id\\0407\\011", t.comm);
	EXPECT_STREQ("ready", t.state);
}

/* An id is never used twice. */
STAGE_TEST(ids_do_not_repeat)
{
	uint64_t last = 0, id;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		track_self();
		id = pgdm_id(getpid());
		EXPECT_LT(last, id);
		last = id;
		untrack_self();
	}
}

static void tid_job(void *tid)
{
	*(pid_t *)tid = (pid_t)syscall(SYS_gettid);
}

/* Of the user half, as they are now. */
STAGE_TEST(populated_entries)
{
	struct pgdm_tracked t;
	unsigned int before;

	track_self();
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	before = t.entries;
	EXPECT_EQ(pgdm_slots_used(getpid()), before);
	pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + 3);
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	EXPECT_EQ(before + 3, t.entries);
	pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + 3);
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	EXPECT_EQ(before, t.entries);
}

/* A thread's number stands for its address space. */
STAGE_TEST(a_thread)
{
	pid_t tid;

	pgdm_worker_call(&self->worker, tid_job, &tid);
	ASSERT_NE(getpid(), tid);
	EXPECT_EQ(0, pgdm_writef("track", "pid %d", tid));
	EXPECT_NE(0, pgdm_id(getpid()));
	EXPECT_EQ(0, pgdm_writef("track", "-pid %d", getpid()));
	EXPECT_EQ(0, pgdm_nr_tracked());
}

STAGE_TEST(a_zombie_and_a_pid_that_is_gone)
{
	siginfo_t info;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(ESRCH, pgdm_writef("track", "pid %d", pid));
	EXPECT_EQ(ESRCH, pgdm_writef("track", "-pid %d", pid));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(ESRCH, pgdm_writef("track", "pid %d", pid));
	EXPECT_EQ(0, pgdm_nr_tracked());
}

STAGE_TEST(a_kernel_thread)
{
	/* kthreadd */
	EXPECT_EQ(EINVAL, pgdm_write("track", "pid 2"));
	EXPECT_EQ(EINVAL, pgdm_write("track", "-pid 2"));
	EXPECT_EQ(0, pgdm_nr_tracked());
}

STAGE_TEST(the_end_of_a_tracked_process)
{
	struct pgdm_partner p;

	pgdm_partner_start(&p, THERE);
	ASSERT_EQ(0, pgdm_writef("track", "pid %d", p.pid));
	EXPECT_EQ(1, pgdm_nr_tracked());
	pgdm_partner_stop(&p);
	/* A CPU may keep the mm lazily until it next switches. */
	round_trips(self);
	pgdm_wait_for(pgdm_nr_tracked() == 0);
	EXPECT_EQ(0, pgdm_stat("mms_tracked"));
}

/* Does a process have an mm of its own? Kernel threads map nothing. */
static bool has_mm(const char *pid)
{
	char path[64], byte;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, &byte, 1);
	if (fd >= 0)
		close(fd);
	return n == 1;
}

STAGE_TEST(all_and_none)
{
	static char track[1 << 16];
	struct dirent *entry;
	unsigned int users = 0, missing = 0;
	char pid[64];
	DIR *proc;

	ASSERT_EQ(0, pgdm_write("track", "all"));
	snprintf(track, sizeof(track), "%s", pgdm_read("track"));
	EXPECT_EQ(0, strncmp(track, "mode all\n", 9));
	proc = opendir("/proc");
	ASSERT_NE(NULL, proc);
	while ((entry = readdir(proc))) {
		if (!strtoul(entry->d_name, NULL, 10) || !has_mm(entry->d_name))
			continue;
		users++;
		snprintf(pid, sizeof(pid), "\npid %.20s comm ", entry->d_name);
		if (!strstr(track, pid)) {
			TH_LOG("process %s is not tracked", entry->d_name);
			missing++;
		}
	}
	closedir(proc);
	EXPECT_LT(3, users);
	EXPECT_EQ(0, missing);
	EXPECT_EQ(NULL, strstr(track, "attaching"));
	EXPECT_NE(0, pgdm_id(getpid()));
	wait_for_worker(self);
	EXPECT_EQ(1, pgdm_mirrors(THERE, pgdm_id(getpid()), "loaded"));

	ASSERT_EQ(0, pgdm_write("track", "none"));
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	EXPECT_EQ(0, pgdm_audit().mirrors);
}

/* The line of the file track that begins so, after the line before. */
static void read_line(char *line, size_t size, const char *begin)
{
	const char *at = strstr(pgdm_read("track"), begin);

	snprintf(line, size, "%.*s", at ? (int)strcspn(at + 1, "\n") : 0,
		 at ? at + 1 : "");
}

/* Taken out of "all" by number: named as excluded until it is put back. */
STAGE_TEST(all_but_one)
{
	char expect[64], before[256], after[256];
	uint64_t id;

	ASSERT_EQ(0, pgdm_write("track", "all"));
	id = pgdm_id(getpid());
	untrack_self();
	EXPECT_EQ(0, pgdm_id(getpid()));
	EXPECT_NE(0, pgdm_id(self->partner.pid));
	snprintf(expect, sizeof(expect), "\npid %d comm ", getpid());
	ASSERT_NE(NULL, strstr(pgdm_read("track"), expect));
	EXPECT_NE(NULL, strstr(pgdm_read("track"), " excluded\n"));
	EXPECT_EQ(ENOENT, pgdm_writef("track", "-pid %d", getpid()));
	round_trip(self);
	EXPECT_EQ(0, pgdm_mirrors(-1, id, NULL));
	check_mirrors(_metadata);
	/* Nothing of it is recorded any more. */
	read_line(before, sizeof(before), expect);
	pgdm_slot_add(PGDM_SLOT_FIRST);
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	read_line(after, sizeof(after), expect);
	EXPECT_STREQ(before, after);

	track_self_on_both(self);
	EXPECT_LT(id, pgdm_id(getpid()));
	EXPECT_EQ(NULL, strstr(pgdm_read("track"), " excluded\n"));

	untrack_self();
	ASSERT_EQ(0, pgdm_write("track", "none"));
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	ASSERT_EQ(0, pgdm_write("track", "all"));
	EXPECT_NE(0, pgdm_id(getpid()));
}

TEST_HARNESS_MAIN
