// SPDX-License-Identifier: GPL-2.0
/*
 * Births: fork, vfork, posix_spawn, exec, threads. A child's address space is
 * tracked from birth when its parent's is.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

static uint64_t shared_id(void)
{
	return pgdm_id(getpid());
}

STAGE_TEST(fork_of_a_tracked_process)
{
	struct pgdm_partner p;
	uint64_t mine, child_id;

	track_self();
	mine = shared_id();
	pgdm_partner_start(&p, THERE);
	child_id = pgdm_id(p.pid);
	EXPECT_NE(0, child_id);
	EXPECT_NE(mine, child_id);
	EXPECT_EQ(2, pgdm_nr_tracked());
	check_mirrors(_metadata);
	/* It stays tracked when its parent is not any more. */
	untrack_self();
	EXPECT_EQ(child_id, pgdm_id(p.pid));
	pgdm_partner_add(&p, PGDM_SLOT_FIRST);
	check_mirrors(_metadata);
	pgdm_partner_stop(&p);
}

STAGE_TEST(fork_of_an_untracked_process)
{
	struct pgdm_partner p;

	ASSERT_EQ(0, pgdm_writef("track", "pid %d", self->partner.pid));
	pgdm_partner_start(&p, THERE);
	EXPECT_EQ(0, pgdm_id(p.pid));
	pgdm_partner_stop(&p);
	EXPECT_EQ(1, pgdm_nr_tracked());
}

static int am_i_tracked(void *unused)
{
	(void)unused;
	return pgdm_id(getpid()) ? 0 : 1;
}

static int is_my_child_tracked(void *unused)
{
	(void)unused;
	return pgdm_run(am_i_tracked, NULL) ? 1 : 0;
}

STAGE_TEST(grandchild)
{
	track_self();
	EXPECT_EQ(0, pgdm_run(is_my_child_tracked, NULL));
}

/* The child of vfork() runs in its parent's address space. */
STAGE_TEST(vfork_makes_no_mm)
{
	volatile unsigned int during = 0;
	pid_t pid;

	track_self();
	pid = vfork();
	ASSERT_LE(0, pid);
	if (!pid) {
		during = pgdm_nr_tracked();
		_exit(0);
	}
	EXPECT_EQ(1, during);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(1, pgdm_nr_tracked());
}

static int clone_main(void *seen)
{
	*(volatile unsigned int *)seen = pgdm_nr_tracked();
	pgdm_slot_add(PGDM_SLOT_FIRST);
	return 0;
}

/* A process of its own that shares the address space. */
STAGE_TEST(clone_vm_makes_no_mm)
{
	static char stack[1 << 16];
	unsigned int during = 0;
	uint64_t publishes;
	pid_t pid;

	track_self();
	publishes = pgdm_stat("publishes");
	pid = clone(clone_main, stack + sizeof(stack), CLONE_VM | SIGCHLD,
		    &during);
	ASSERT_LE(0, pid);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(1, during);
	EXPECT_EQ(1, pgdm_nr_tracked());
	EXPECT_EQ(publishes + 1, pgdm_stat("publishes"));
}

static void *thread_main(void *unused)
{
	(void)unused;
	pgdm_slot_add(PGDM_SLOT_FIRST);
	return NULL;
}

STAGE_TEST(a_thread_makes_no_mm)
{
	pthread_t thread;

	track_self();
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_main, NULL));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(1, pgdm_nr_tracked());
}

/* A program that waits until it is killed. */
static char *const waiter[] = { "sleep", "1000", NULL };

/* Its mm, once it is the program's: the parent's name is gone then. */
static bool runs_waiter(pid_t pid, struct pgdm_tracked *t)
{
	return pgdm_tracked(pid, t) && !strcmp(t->comm, "sleep");
}

static int become_waiter(void *unused)
{
	(void)unused;
	execvp(waiter[0], waiter);
	return 1;
}

STAGE_TEST(posix_spawn_of_a_tracked_process)
{
	struct pgdm_tracked t;
	pid_t pid;

	track_self();
	ASSERT_EQ(0, posix_spawnp(&pid, waiter[0], NULL, NULL, waiter, NULL));
	pgdm_wait_for(runs_waiter(pid, &t));
	EXPECT_NE(shared_id(), t.id);
	EXPECT_EQ(2, pgdm_nr_tracked());
	check_mirrors(_metadata);
	pgdm_kill(pid);
}

STAGE_TEST(fork_and_exec_of_a_tracked_process)
{
	struct pgdm_tracked t;
	pid_t pid;

	track_self();
	pid = pgdm_fork(become_waiter, NULL);
	pgdm_wait_for(runs_waiter(pid, &t));
	/* The child's own mm, a copy of the parent's, has gone. */
	round_trips(self);
	pgdm_wait_for(pgdm_nr_tracked() == 2);
	check_mirrors(_metadata);
	pgdm_kill(pid);
}

STAGE_TEST(exec_by_an_untracked_process_under_all)
{
	struct pgdm_tracked t;
	pid_t pid;

	ASSERT_EQ(0, pgdm_write("track", "all"));
	untrack_self();
	/* The parent is not tracked; its child is, as all newborns are. */
	ASSERT_EQ(0, posix_spawnp(&pid, waiter[0], NULL, NULL, waiter, NULL));
	pgdm_wait_for(runs_waiter(pid, &t));
	EXPECT_EQ(0, shared_id());
	pgdm_kill(pid);
}

/* None is missed, and each one's end is seen. */
STAGE_TEST(a_hundred_children)
{
	unsigned int i, tracked = 0;

	track_self();
	for (i = 0; i < 100; i++)
		tracked += pgdm_run(am_i_tracked, NULL) == 0;
	EXPECT_EQ(100, tracked);
	EXPECT_EQ(0, pgdm_stat("births_native"));
	round_trips(self);
	pgdm_wait_for(pgdm_nr_tracked() == 1);
}

TEST_HARNESS_MAIN
