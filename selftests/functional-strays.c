// SPDX-License-Identifier: GPL-2.0
/*
 * Under "all" an mm is found that only a kernel thread uses: vhost's, after the
 * process that set it up has executed another program. And a search that finds
 * nothing, as a seeded bug sees to, is made less and less often.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/vhost.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.seeded = true, .cpus = 2);

#define LONG_MS 3500	/* the third pause at least, of 1/2, 1, 2 and 4 seconds */

/* Its kernel thread runs whenever @kick is written. */
static int give_mm_away(void *kick)
{
	struct vhost_vring_file file = { .index = 0, .fd = *(int *)kick };
	int fd = open("/dev/vhost-vsock", O_RDWR);

	if (fd < 0 || ioctl(fd, VHOST_SET_OWNER, NULL) ||
	    ioctl(fd, VHOST_SET_VRING_KICK, &file))
		return 1;
	execlp("sleep", "sleep", "1000", NULL);
	return 1;
}

static bool runs_sleep(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	return !strcmp(pgdm_read_path(path), "sleep\n");
}

/* Tracked mms that no process owns. */
static unsigned int nr_ownerless(void)
{
	const char *at = pgdm_read("track");
	unsigned int n = 0;

	while ((at = strstr(at, "pid 0 comm - "))) {
		n++;
		at++;
	}
	return n;
}

struct given {
	pid_t pid;
	int kick;
};

static void kick(const struct given *g)
{
	const uint64_t one = 1;

	if (write(g->kick, &one, sizeof(one)) != sizeof(one))
		pgdm_die("eventfd");
}

static bool can_give(struct given *g)
{
	if (system("modprobe -q vhost_vsock") ||
	    access("/dev/vhost-vsock", R_OK | W_OK))
		return false;
	g->kick = eventfd(0, 0);
	if (g->kick < 0)
		pgdm_die("eventfd");
	g->pid = pgdm_fork(give_mm_away, &g->kick);
	pgdm_wait_for(runs_sleep(g->pid));
	return true;
}

static void end_given(struct given *g)
{
	pgdm_kill(g->pid);
	close(g->kick);
}

STAGE_TEST(of_a_kernel_thread)
{
	struct given g;
	unsigned int before;

	ASSERT_EQ(0, pgdm_write("track", "all"));
	before = nr_ownerless();
	ASSERT_EQ(0, pgdm_write("track", "none"));
	if (!can_give(&g))
		SKIP(return, "no vhost_vsock in this kernel");
	ASSERT_EQ(0, pgdm_write("track", "all"));
	EXPECT_EQ(before + 1, nr_ownerless());
	kick(&g);
	check_mirrors(_metadata);
	end_given(&g);
	ASSERT_EQ(0, pgdm_write("track", "none"));
}

/* Is it that long since the last walk? The walks before came sooner. */
static bool long_pause(const struct given *g)
{
	static uint64_t walks, since;
	uint64_t now = pgdm_stat("stray_walks");

	kick(g);
	if (now != walks) {
		walks = now;
		since = pgdm_now_ms();
	}
	return pgdm_now_ms() - since > LONG_MS;
}

STAGE_TEST(less_and_less_often)
{
	struct given g;
	uint64_t walks;

	if (!can_give(&g))
		SKIP(return, "no vhost_vsock in this kernel");
	pgdm_bug("skip_kthreads");
	ASSERT_EQ(0, pgdm_write("track", "all"));
	walks = pgdm_stat("stray_walks");
	pgdm_wait_for(({ kick(&g); pgdm_stat("stray_walks") > walks + 2; }));
	EXPECT_EQ(0, nr_ownerless());
	pgdm_wait_for(long_pause(&g));
	/* It goes on, and is over when it has found what there is. */
	pgdm_bug("none");
	pgdm_wait_for(({ kick(&g); nr_ownerless() == 1; }));
	end_given(&g);
	ASSERT_EQ(0, pgdm_write("track", "none"));
}

TEST_HARNESS_MAIN
