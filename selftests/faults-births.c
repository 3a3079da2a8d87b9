// SPDX-License-Identifier: GPL-2.0
/*
 * Births that the probe misses, because it follows as many tasks as it can already:
 * they are counted, and a child whose parent is tracked is found again. The seeded
 * build lets the probe follow one task, and holds that one.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/seeded.h"

PGDM_NEEDS(.params = "instances=1", .seeded = true, .cpus = 2);

/* A process that waits until it is killed, and has a child that does so too. */
struct family {
	pid_t child;
	pid_t grandchild;
};

static pid_t start_waiting(int told)
{
	/* The C library's would wait for another thread that is in fork(). */
	pid_t pid = (pid_t)syscall(SYS_fork);

	if (pid < 0)
		pgdm_die("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (told >= 0) {
		pid = start_waiting(-1);
		if (write(told, &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
	}
	for (;;)
		pause();
}

static struct family start_family(void)
{
	struct family f;
	int told[2];

	if (pipe(told))
		pgdm_die("pipe");
	f.child = start_waiting(told[1]);
	if (read(told[0], &f.grandchild, sizeof(f.grandchild)) !=
	    sizeof(f.grandchild))
		pgdm_die("no grandchild");
	close(told[0]);
	close(told[1]);
	return f;
}

static void end_family(const struct family *f)
{
	pgdm_kill(f->child);
}

static void fork_job(void *pid)
{
	*(pid_t *)pid = start_waiting(-1);
}

/* While a fork on the other CPU has the probe's only instance. */
static struct family start_missed(FIXTURE_DATA(stage) *self, pid_t *followed)
{
	unsigned int pauses = pgdm_bug_pauses();
	struct family f;

	hold_window();
	pgdm_bug_pause_cpu(THERE);
	pgdm_bug("hold_birth");
	pgdm_worker_send(&self->worker, fork_job, followed);
	pgdm_wait_for(pgdm_bug_pauses() != pauses);
	/* No window stops this CPU. The grandchild's parent is not tracked yet. */
	f = start_family();
	pgdm_bug("none");
	release_window();
	pgdm_worker_wait(&self->worker);
	pgdm_bug_pause_cpu(-1);
	return f;
}

STAGE_TEST(descendants_are_found)
{
	struct family missed, named;
	pid_t followed, later;

	track_self();
	EXPECT_EQ(0, pgdm_stat("births_native"));
	missed = start_missed(self, &followed);
	EXPECT_LT(0, pgdm_stat("births_native"));
	EXPECT_NE(0, pgdm_id(followed));
	pgdm_wait_for(pgdm_id(missed.child) && pgdm_id(missed.grandchild));
	/* Born before their parent was tracked. */
	EXPECT_EQ(0, pgdm_id(self->partner.pid));
	EXPECT_EQ(0, pgdm_id(self->neighbour.pid));
	EXPECT_EQ(4, pgdm_nr_tracked());
	check_mirrors(_metadata);

	/* An mm taken out by its number stays out, whatever mms are found later. */
	ASSERT_EQ(0, pgdm_writef("track", "-pid %d", missed.child));
	named = missed;
	pgdm_kill(followed);
	missed = start_missed(self, &later);
	pgdm_wait_for(pgdm_id(missed.child) && pgdm_id(missed.grandchild));
	EXPECT_EQ(0, pgdm_id(named.child));
	EXPECT_NE(0, pgdm_id(named.grandchild));
	check_mirrors(_metadata);
	pgdm_kill(later);
	end_family(&named);
	end_family(&missed);
}

/* The child of a parent that is not tracked is not found. */
STAGE_TEST(of_an_untracked_parent)
{
	struct family missed;
	pid_t followed;
	uint64_t walks;

	ASSERT_EQ(0, pgdm_writef("track", "pid %d", self->partner.pid));
	missed = start_missed(self, &followed);
	walks = pgdm_stat("stray_walks");
	/* Each switch to a root that is not tracked asks for a walk. */
	pgdm_wait_for(({
		round_trip_here(self);
		pgdm_stat("stray_walks") != walks;
	}));
	EXPECT_EQ(1, pgdm_nr_tracked());
	pgdm_kill(followed);
	end_family(&missed);
}

TEST_HARNESS_MAIN
