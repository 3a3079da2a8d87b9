// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 2: publishing before the store is lost when another CPU syncs in
 * between. The window is opened on purpose in bugs-publish; here one CPU
 * writes as fast as it can while another passes sync points as fast as it
 * can, and no mirror may have missed anything.
 */
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

static atomic_bool done;

static void ping_until_done(void *partner)
{
	while (!atomic_load(&done))
		pgdm_partner_ping(partner);
}

STAGE_UNDER(dirty);
STAGE_UNDER(always);

STAGE_TEST(race)
{
	const uint64_t turns = 25;
	uint64_t before;
	unsigned int turn;

	track_self();
	before = pgdm_cpu_stat(THERE, "switches");
	atomic_store(&done, false);
	pgdm_worker_send(&self->worker, ping_until_done, &self->partner);
	for (turn = 0; turn < turns; turn++) {
		pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_END);
		check_mirrors(_metadata);
		pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_END);
		check_mirrors(_metadata);
	}
	atomic_store(&done, true);
	pgdm_worker_wait(&self->worker);
	EXPECT_LT(before + turns, pgdm_cpu_stat(THERE, "switches"));
}

TEST_HARNESS_MAIN
