// SPDX-License-Identifier: GPL-2.0
/*
 * Memory pressure: most of the memory is taken, and processes are born and
 * die all the time. Births that find no memory stay native and are counted;
 * the rest is mirrored as ever.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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
static void __attribute__((noreturn)) hog_main(int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pgdm_write_path("/proc/self/oom_score_adj", "1000");
	while (available() > LEAVE) {
		char *more = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
				  -1, 0);

		if (more == MAP_FAILED)
			break;
	}
	if (write(ready, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

STAGE_TEST(births_and_deaths)
{
	unsigned int i, died = 0;
	int ready[2], status;
	char byte;
	pid_t hog;

	ASSERT_EQ(0, pipe(ready));
	hog = fork();
	ASSERT_LE(0, hog);
	if (!hog)
		hog_main(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	for (i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (pid < 0)
			continue;
		if (!pid) {
			/* Some memory of its own, and root entries. */
			for (i = PGDM_SLOT_FIRST; i < 20; i++)
				pgdm_slot_add(i);
			_exit(0);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		died += status != 0;
		if (i % 20 == 0)
			check_mirrors(_metadata);
	}
	kill(hog, SIGKILL);
	ASSERT_EQ(hog, waitpid(hog, NULL, 0));
	TH_LOG("%u children were killed, %lu born native", died,
	       pgdm_stat("births_native"));
	check_mirrors(_metadata);
	/* With memory back, a newborn is tracked. */
	hog = fork();
	ASSERT_LE(0, hog);
	if (!hog)
		_exit(pgdm_id(getpid()) ? 0 : 1);
	ASSERT_EQ(hog, waitpid(hog, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
