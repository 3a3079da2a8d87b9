// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 13: NMIs hit a CPU that runs on mirrors while their entries come and go.
 * Each backtrace that sysrq asks for is an NMI on every CPU.
 */
#include <inttypes.h>
#include <string.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define NMIS	20

static atomic_bool enough;

/* Entries come and go: faults, flushes and syncs without an end. */
static void churn_job(void *turns)
{
	unsigned int i;

	for (i = 0; !atomic_load(&enough); i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i % PGDM_NR_SLOTS;

		pgdm_slot_add(slot);
		pgdm_slot_unmap(slot);
	}
	*(unsigned int *)turns = i;
}

static uint64_t nmis_there(void)
{
	const char *line = strstr(pgdm_read_path("/proc/interrupts"), "NMI:");
	uint64_t n = 0;

	if (!line || sscanf(line, "NMI: %*u %" SCNu64, &n) != 1)
		pgdm_die("/proc/interrupts has no NMIs of CPU 1");
	return n;
}

STAGE_TEST(nmi_storm)
{
	unsigned int i, turns = 0;
	uint64_t before;

	track_self();
	before = nmis_there();
	atomic_store(&enough, false);
	pgdm_worker_send(&self->worker, churn_job, &turns);
	for (i = 0; i < NMIS; i++) {
		ASSERT_EQ(0, pgdm_write_path("/proc/sysrq-trigger", "l"));
		check_mirrors(_metadata);
	}
	atomic_store(&enough, true);
	pgdm_worker_wait(&self->worker);
	EXPECT_LE(before + NMIS, nmis_there());
	EXPECT_LT(NMIS, turns);
}

TEST_HARNESS_MAIN
