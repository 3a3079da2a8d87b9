// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 12: loading into a system under load, with mms that exist already, and
 * run on every CPU while they are found. (Again and again: stress-loads.)
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.unloaded = true, .cpus = 2);

#define NR_CHURNERS 2

static int churn_for_ever(void *unused)
{
	struct pgdm_churn churn = { .first = PGDM_SLOT_FIRST, .end = PGDM_SLOT_END };

	(void)unused;
	pgdm_job_churn(&churn);
	return 0;
}

/* The worker spins: a CPU that will not switch has a mirror all the same. */
STAGE_TEST(a_running_mm_has_mirrors_at_once)
{
	uint64_t id;

	ASSERT_EQ(0, pgdm_load("track=all"));
	id = pgdm_id(getpid());
	EXPECT_NE(0, id);
	wait_for_worker(self);
	EXPECT_EQ(1, pgdm_mirrors(HERE, id, "loaded"));
	EXPECT_EQ(1, pgdm_mirrors(THERE, id, "loaded"));
	EXPECT_NE(0, pgdm_id(1));
	EXPECT_NE(0, pgdm_id(self->partner.pid));
	check_and_unload(_metadata);
}

static void load_and_unload(struct __test_metadata *_metadata,
			    const pid_t *pid, const char *params)
{
	unsigned int i;

	ASSERT_EQ(0, pgdm_load(params));
	for (i = 0; i < NR_CHURNERS; i++) {
		struct pgdm_tracked t;

		EXPECT_TRUE(pgdm_tracked(pid[i], &t));
		EXPECT_STREQ("ready", t.state);
	}
	for (i = 0; i < 5; i++)
		check_mirrors(_metadata);
	check_and_unload(_metadata);
}

/* flag and carry: something to send is pending all the time. */
STAGE_TEST(load_while_mms_change)
{
	static const char *const params[] = {
		"track=all", "track=all policy=flag",
		"track=all policy=carry oracle=1",
	};
	pid_t pid[NR_CHURNERS];
	unsigned int i;

	for (i = 0; i < NR_CHURNERS; i++)
		pid[i] = pgdm_fork(churn_for_ever, NULL);
	for (i = 0; i < ARRAY_SIZE(params); i++)
		load_and_unload(_metadata, pid, params[i]);
	for (i = 0; i < NR_CHURNERS; i++)
		pgdm_kill(pid[i]);
}

/*
 * A task that adds an entry inside a system call, and waits there: what it would
 * send on its way back to user mode is pending when the module goes.
 */
struct receiver {
	int fd;
	char *to;
	atomic_int tid;
};

static void receive_job(void *arg)
{
	struct receiver *r = arg;

	atomic_store(&r->tid, gettid());
	if (recv(r->fd, r->to, 2, MSG_WAITALL) != 2)
		pgdm_die("recv: not two bytes");
}

static bool sleeps(const struct receiver *r)
{
	const char *state;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat",
		 atomic_load(&r->tid));
	state = strrchr(pgdm_read_path(path), ')');
	return state && state[2] == 'S';
}

STAGE_TEST(unload_while_a_kick_is_pending)
{
	static const char *const params[] = { "policy=flag", "policy=carry" };
	struct receiver r = { .to = pgdm_slot_address(PGDM_SLOT_FIRST, 0) };
	unsigned int i;
	int ends[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	r.fd = ends[0];
	for (i = 0; i < ARRAY_SIZE(params); i++) {
		ASSERT_EQ(0, pgdm_load(params[i]));
		track_self_on_both(self);
		pgdm_slot_map(PGDM_SLOT_FIRST);
		ASSERT_EQ(1, write(ends[1], "a", 1));
		pgdm_worker_send(&self->worker, receive_job, &r);
		pgdm_wait_for(pgdm_stat("publishes") && sleeps(&r));
		EXPECT_EQ(0, pgdm_stat("ipis"));
		check_and_unload(_metadata);
		EXPECT_TRUE(pgdm_worker_busy(&self->worker));
		ASSERT_EQ(1, write(ends[1], "b", 1));
		pgdm_worker_wait(&self->worker);
		EXPECT_EQ(0, memcmp(r.to, "ab", 2));
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
	}
	close(ends[0]);
	close(ends[1]);
}

TEST_HARNESS_MAIN
