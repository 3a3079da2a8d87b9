// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 3: an entry's only mapping is removed while another CPU reads there:
 * when the flush has returned, no mirror leads to the freed table. The oracle
 * looks for that; the audit must find both mirrors up to date, as both CPUs
 * have received the flush. That the oracle found nothing is checked when the test ends
 * (lib/verdict.h). The same in live mode: live-race.
 *
 * Bug 6 (XSA-286) rides along: the table below one entry is replaced again
 * and again, and it is always the present one that the mirrors lead to.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

#define SLOT PGDM_SLOT_FIRST
#define TURNS 100

static sigjmp_buf gone;
static atomic_bool reading;

static void on_segv(int sig)
{
	(void)sig;
	siglongjmp(gone, 1);
}

/* Reads until the page is taken away. */
static void read_job(void *unused)
{
	volatile char *page = pgdm_slot_address(SLOT, 1);

	(void)unused;
	if (sigsetjmp(gone, 1))
		return;
	for (;;) {
		(void)*page;
		atomic_store(&reading, true);
	}
}

/*
 * What brings the reader's mirror up to date. A reader that sleeps in its fault, or has
 * ended by it already, while the mapping goes is lazy: its CPU leaves the mm for the
 * flush, and syncs when it comes back.
 */
static uint64_t sync_points_there(void)
{
	return pgdm_cpu_stat(THERE, "flush_receipts") +
	       pgdm_cpu_stat(THERE, "switches");
}

STAGE_UNDER(dirty);
STAGE_UNDER(always);

STAGE_TEST(remove_under_reader)
{
	uint64_t before;
	unsigned int turn;

	ASSERT_NE(SIG_ERR, signal(SIGSEGV, on_segv));
	track_self();
	for (turn = 0; turn < TURNS; turn++) {
		pgdm_slot_add(SLOT);
		atomic_store(&reading, false);
		pgdm_worker_send(&self->worker, read_job, NULL);
		pgdm_wait_for(atomic_load(&reading));
		before = sync_points_there();
		pgdm_slot_unmap(SLOT);
		pgdm_worker_wait(&self->worker);
		if (sync_points_there() == before)
			wait_for_worker(self);
		EXPECT_LT(before, sync_points_there());
	}
	EXPECT_EQ(0, pgdm_audit().stale);
}

TEST_HARNESS_MAIN
