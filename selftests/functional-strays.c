// SPDX-License-Identifier: GPL-2.0
/*
 * Under "all" an mm is found that only a kernel thread uses, after its process has ended
 * (selftests/modules/pgdm_borrow.c). And a search that finds nothing, as a seeded bug
 * sees to, is made less and less often.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/wait.h>

#include "lib/stage.h"

PGDM_NEEDS(.seeded = true, .cpus = 2);

#define LONG_MS 3500	/* the third pause at least, of 1/2, 1, 2 and 4 seconds */

#define BORROWER "pgdm_borrow"

/* What loads the module gives its mm away, and ends. */
static int give_mm_away(void *unused)
{
	(void)unused;
	return pgdm_load_helper(BORROWER);
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

/* The kernel thread runs. */
static void kick(void)
{
	pgdm_write_path("/sys/module/" BORROWER "/parameters/kick", "1");
}

STAGE_TEST(of_a_kernel_thread)
{
	unsigned int before;

	ASSERT_EQ(0, pgdm_write("track", "all"));
	before = nr_ownerless();
	ASSERT_EQ(0, pgdm_write("track", "none"));
	ASSERT_EQ(0, WEXITSTATUS(pgdm_run(give_mm_away, NULL)));
	ASSERT_EQ(0, pgdm_write("track", "all"));
	EXPECT_EQ(before + 1, nr_ownerless());
	kick();
	check_mirrors(_metadata);
	EXPECT_EQ(0, pgdm_unload_helper(BORROWER));
	ASSERT_EQ(0, pgdm_write("track", "none"));
}

/* Is it that long since the last walk? The walks before came sooner. */
static bool long_pause(void)
{
	static uint64_t walks, since;
	uint64_t now = pgdm_stat("stray_walks");

	kick();
	if (now != walks) {
		walks = now;
		since = pgdm_now_ms();
	}
	return pgdm_now_ms() - since > LONG_MS;
}

STAGE_TEST(less_and_less_often)
{
	uint64_t walks;

	ASSERT_EQ(0, WEXITSTATUS(pgdm_run(give_mm_away, NULL)));
	pgdm_bug("skip_kthreads");
	ASSERT_EQ(0, pgdm_write("track", "all"));
	walks = pgdm_stat("stray_walks");
	pgdm_wait_for(({ kick(); pgdm_stat("stray_walks") > walks + 2; }));
	EXPECT_EQ(0, nr_ownerless());
	pgdm_wait_for(long_pause());
	/* It goes on, and is over when it has found what there is. */
	pgdm_bug("none");
	pgdm_wait_for(({ kick(); nr_ownerless() == 1; }));
	EXPECT_EQ(0, pgdm_unload_helper(BORROWER));
	ASSERT_EQ(0, pgdm_write("track", "none"));
}

TEST_HARNESS_MAIN
