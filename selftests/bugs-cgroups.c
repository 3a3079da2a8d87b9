// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of tracking by cgroup; and what happens in the middle of a request that is
 * held there.
 */
#include <errno.h>
#include <string.h>

#include "lib/cgroups.h"
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2);

#define A "pgdm-a"
#define A_BELOW "pgdm-a/below"
#define B "pgdm-b"

static void begin(void)
{
	pgdm_cgroups_mount();
	pgdm_cgroup_make(A);
	pgdm_cgroup_make(A_BELOW);
	pgdm_cgroup_make(B);
}

#define BEGIN() do {							\
	if (access(PGDM_CGROUPS, F_OK))					\
		SKIP(return, "no cgroups in this kernel");		\
	begin();							\
} while (0)

static void end(void)
{
	pgdm_cgroup_remove(A_BELOW);
	pgdm_cgroup_remove(A);
	pgdm_cgroup_remove(B);
}

static void track(const char *text)
{
	int err = pgdm_write("track", text);

	if (err)
		pgdm_die("%s: %s", text, strerror(err));
}

#define CGROUP_BUG(bug, play, without)					\
STAGE_TEST(bug)								\
{									\
	BEGIN();							\
	judge(_metadata, self, play, without, #bug, true);		\
	end();								\
}

/* A process in a cgroup below it is tracked when the request is over. */
static uint64_t follow_from_above(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t missed;

	pgdm_cgroup_move(self->partner.pid, A_BELOW);
	pgdm_bug(bugs);
	track("cgroup /" A);
	missed = !pgdm_id(self->partner.pid);
	track("-cgroup /" A);
	pgdm_cgroup_move(self->partner.pid, "");
	return missed;
}

CGROUP_BUG(only_itself, follow_from_above, "none")

/* One that was removed is not followed when a process that came later is tracked. */
static uint64_t remove_followed(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t kept;

	track("cgroup /" A_BELOW);
	track("cgroup /" B);
	pgdm_bug(bugs);
	pgdm_cgroup_remove(A_BELOW);
	pgdm_cgroup_move(self->partner.pid, B);
	pgdm_wait_for(pgdm_id(self->partner.pid));
	kept = !!strstr(pgdm_read("track"), "cgroup /" A_BELOW "\n");
	pgdm_bug("none");
	pgdm_cgroup_move(self->partner.pid, "");
	track("cgroup /" B);	/* with the bug off it forgets the other one */
	track("-cgroup /" B);
	if (pgdm_writef("track", "-pid %d", self->partner.pid))
		pgdm_die("the partner is not tracked any more");
	pgdm_cgroup_make(A_BELOW);
	return kept;
}

CGROUP_BUG(keep_removed, remove_followed, "none")

/* A request by the worker, and what came of it. */
struct request {
	const char *text;
	int error;
};

static void request_job(void *arg)
{
	struct request *r = arg;

	r->error = pgdm_write("track", r->text);
}

/*
 * The worker's request has come to where @bugs hold it, until let_go(): asleep, so the
 * limit may be a long one.
 */
static void hold_request(FIXTURE_DATA(stage) *self, struct request *r, const char *bugs)
{
	unsigned int pauses = pgdm_bug_pauses();

	window_is_held = true;
	pgdm_bug_pause_ms(60000);
	pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, request_job, r);
	wait_for_window(self, pauses);
	if (pgdm_bug_pauses() == pauses)
		pgdm_die("'%s' was not held", r->text);
}

static void let_go(FIXTURE_DATA(stage) *self)
{
	release_window();
	pgdm_worker_wait(&self->worker);
	pgdm_bug("none");
}

/* Moved between the two steps, it is found by the second. */
static uint64_t move_in_window(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct request r = { .text = "cgroup /" A };
	uint64_t missed;

	hold_request(self, &r, bugs);
	pgdm_cgroup_move(self->neighbour.pid, A);
	let_go(self);
	if (r.error)
		pgdm_die("%s: %s", r.text, strerror(r.error));
	missed = !pgdm_id(self->neighbour.pid);
	track("-cgroup /" A);
	pgdm_cgroup_move(self->neighbour.pid, "");
	return missed;
}

CGROUP_BUG(walk_first, move_in_window, "hold_walk")

/* No bug: there is no cgroup of that path any more, so nothing is followed. */
STAGE_TEST(removed_when_it_was_looked_up)
{
	struct request r = { .text = "cgroup /" A_BELOW };

	BEGIN();
	hold_request(self, &r, "hold_cgroup");
	pgdm_cgroup_remove(A_BELOW);
	let_go(self);
	EXPECT_EQ(ENOENT, r.error);
	EXPECT_STREQ("mode none\n", pgdm_read("track"));
	pgdm_cgroup_make(A_BELOW);
	end();
}

static int wait_for_signal(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

/*
 * No bug: a request that fails takes back what was entered meanwhile; but what is in a
 * cgroup that is followed is tracked soon after.
 */
STAGE_TEST(born_while_a_request_fails)
{
	struct request r = { .text = "all" };
	pid_t child;

	BEGIN();
	track("cgroup /" A);
	pgdm_cgroup_move(getpid(), A);
	pgdm_wait_for(pgdm_id(getpid()));
	hold_request(self, &r, "hold_walk");
	child = pgdm_fork(wait_for_signal, NULL);
	EXPECT_NE(0, pgdm_id(child));
	ASSERT_EQ(0, pgdm_write_path(PGDM_PARAMS "fail_at", "1"));
	let_go(self);
	EXPECT_EQ(ENOMEM, r.error);
	EXPECT_NE(0, pgdm_id(getpid()));
	pgdm_wait_for(pgdm_id(child));
	pgdm_kill(child);
	ASSERT_EQ(0, pgdm_write("track", "none"));
	pgdm_cgroup_move(getpid(), "");
	end();
}

TEST_HARNESS_MAIN
