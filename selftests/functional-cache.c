// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU's mirrors: as many as mirrors= says, whatever runs; the least number
 * that works, the greatest, and what happens when mms are more.
 */
#include <string.h>

#include "lib/stage.h"

PGDM_NEEDS(.unloaded = true, .cpus = 2);

#define MAX_MMS 10

static unsigned int count_slots(const char *cpu)
{
	const char *text = pgdm_read("mirrors");
	unsigned int n = 0;

	while ((text = strstr(text, cpu))) {
		text += strlen(cpu);
		n++;
	}
	return n;
}

/* Mms take turns on one CPU; each adds an entry of its own every time. */
static void take_turns(struct __test_metadata *_metadata,
		       FIXTURE_DATA(stage) *self, unsigned int mirrors,
		       unsigned int mms)
{
	struct pgdm_partner p[MAX_MMS];
	uint64_t id[MAX_MMS], evictions;
	unsigned int turn, i, have = 0;
	char params[64];

	snprintf(params, sizeof(params), "mirrors=%u oracle=1", mirrors);
	ASSERT_EQ(0, pgdm_load(params));
	EXPECT_EQ(mirrors, count_slots("cpu 0 "));
	EXPECT_EQ(mirrors, count_slots("cpu 1 "));
	/* Its CPU belongs to the partners then. */
	pgdm_worker_sleep(&self->worker);
	for (i = 0; i < mms; i++) {
		pgdm_partner_start(&p[i], THERE);
		ASSERT_EQ(0, pgdm_writef("track", "pid %d", p[i].pid));
		id[i] = pgdm_id(p[i].pid);
	}
	for (turn = 0; turn < 3; turn++) {
		for (i = 0; i < mms; i++) {
			pgdm_partner_add(&p[i], PGDM_SLOT_FIRST + turn);
			/* Another process may run there in between: ping again. */
			pgdm_wait_for((pgdm_partner_ping(&p[i]),
				       pgdm_mirrors(THERE, id[i], "loaded")));
			check_mirrors(_metadata);
		}
	}
	for (i = 0; i < mms; i++)
		have += pgdm_mirrors(THERE, id[i], NULL);
	EXPECT_EQ(mms < mirrors ? mms : mirrors, have);
	EXPECT_EQ(mirrors, count_slots("cpu 1 "));
	evictions = pgdm_stat("evictions");
	if (mms <= mirrors)
		EXPECT_EQ(0, evictions);
	if (mms > mirrors)
		EXPECT_LE(2 * mms - 1, evictions);
	EXPECT_EQ(0, pgdm_stat("cache_busy"));
	for (i = 0; i < mms; i++)
		pgdm_partner_stop(&p[i]);
	pgdm_worker_wake(&self->worker);
	check_and_unload(_metadata);
}

STAGE_TEST(two_mirrors)
{
	take_turns(_metadata, self, 2, 5);
}

STAGE_TEST(three_mirrors)
{
	take_turns(_metadata, self, 3, 7);
}

STAGE_TEST(sixty_four_mirrors)
{
	take_turns(_metadata, self, 64, 10);
}

TEST_HARNESS_MAIN
