// SPDX-License-Identifier: GPL-2.0
/*
 * Memory pressure: most of the memory is taken, and processes are born and
 * die all the time. Births that find no memory stay native and are counted;
 * the rest is mirrored as ever.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "track=all");

#define CHUNK	(16ul << 20)
#define LEAVE	(64ul << 20)

static unsigned long available(void)
{
	const char *at = strstr(pgdm_read_path("/proc/meminfo"),
				"MemAvailable:");

	return at ? strtoul(at + 13, NULL, 10) << 10 : 0;
}

/* Takes memory until little is left, and holds it. The first to be killed. */
static int hog_main(void *ready)
{
	pgdm_write_path("/proc/self/oom_score_adj", "1000");
	while (available() > LEAVE) {
		char *more = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
				  -1, 0);

		if (more == MAP_FAILED)
			break;
	}
	if (write(*(int *)ready, "", 1) == 1)
		for (;;)
			pause();
	return 1;
}

static int am_i_tracked(void *unused)
{
	(void)unused;
	return pgdm_id(getpid()) ? 0 : 1;
}

STAGE_TEST(births_and_deaths)
{
	unsigned int i, died = 0;
	int ready[2], status;
	char byte;
	pid_t hog;

	ASSERT_EQ(0, pipe(ready));
	hog = pgdm_fork(hog_main, &ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	for (i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (pid < 0)
			continue;
		if (!pid) {
			/* Some memory of its own, and root entries. */
			pgdm_slots_add(PGDM_SLOT_FIRST, 20);
			_exit(0);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		died += status != 0;
		if (i % 20 == 0)
			check_mirrors(_metadata);
	}
	pgdm_kill(hog);
	TH_LOG("%u children were killed, %lu born native", died,
	       pgdm_stat("births_native"));
	check_mirrors(_metadata);
	/* With memory back, a newborn is tracked. */
	EXPECT_EQ(0, pgdm_run(am_i_tracked, NULL));
}

TEST_HARNESS_MAIN
