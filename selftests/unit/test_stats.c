// SPDX-License-Identifier: GPL-2.0
/*
 * Counters, and the edges of the histogram's buckets.
 */
#include "unit.h"
#include "world.h"

static bool bucket_edges(void)
{
	unsigned int b;

	CHECK_EQUAL(pgdm_hist_bucket(0), 0);
	for (b = 1; b < PGDM_HIST_BUCKETS - 1; b++) {
		CHECK_EQUAL(pgdm_hist_bucket(pgdm_hist_low(b)), b);
		CHECK_EQUAL(pgdm_hist_bucket(pgdm_hist_high(b)), b);
		CHECK_EQUAL(pgdm_hist_low(b), pgdm_hist_high(b - 1) + 1);
		CHECK_EQUAL(pgdm_hist_high(b), 2 * pgdm_hist_low(b) - 1);
	}
	CHECK_EQUAL(pgdm_hist_low(0), 0);
	CHECK_EQUAL(pgdm_hist_high(0), 0);
	CHECK_EQUAL(pgdm_hist_low(1), 1);
	return true;
}

static bool last_bucket_is_open(void)
{
	const unsigned int last = PGDM_HIST_BUCKETS - 1;

	CHECK_EQUAL(pgdm_hist_low(last), pgdm_hist_high(last - 1) + 1);
	CHECK_EQUAL(pgdm_hist_high(last), ~0ULL);
	CHECK_EQUAL(pgdm_hist_bucket(pgdm_hist_low(last)), last);
	CHECK_EQUAL(pgdm_hist_bucket(1ULL << last), last);
	CHECK_EQUAL(pgdm_hist_bucket(~0ULL), last);
	return true;
}

static bool hist_counts_by_policy(void)
{
	struct pgdm_stats s = { 0 };

	pgdm_hist_add(&s, 1, 100);
	pgdm_hist_add(&s, 1, 127);
	pgdm_hist_add(&s, 7, 128);
	CHECK_EQUAL(s.hist[1][7], 2);
	CHECK_EQUAL(s.hist[1][8], 0);
	CHECK_EQUAL(s.hist[7][8], 1);
	return true;
}

/* Contract: scripts rely on these. */
static bool names_are_the_contract(void)
{
	static const char *const contract[] = {
		"switches", "flush_receipts", "user_returns", "faults_seen",
		"faults_fixed", "syncs_clean", "syncs_dirty", "syncs_full",
		"entries_copied", "bytes_copied", "publishes", "ipis",
		"livelocks_broken", "hooks_missed", "cycles_publish",
		"cycles_sync", "violations",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(contract); i++)
		CHECK(!strcmp(pgdm_stat_name[i], contract[i]));
	for (; i < PGDM_NR_STATS; i++)
		CHECK(pgdm_stat_name[i][0]);
	return true;
}

/* Syncs by kind, histogram, words, bytes and cycles tell one story. */
static bool counts_agree(void)
{
	struct world *w = world_create(1, 3, 4, 2);
	const struct pgdm_stats *s = &w->cache[0]->stats;
	u64 kinds, hist = 0, cycles = 0;
	unsigned int i, b;

	for (i = 0; i < 1000; i++) {
		pgdm_policy_in_force = pgdm_policies[i / 500];
		world_write(w, 0, i % 4, i % 512, ENTRY(i));
		if (i % 3)
			world_flush(w, 0);
		else
			world_switch(w, 0, i / 3 % 4);
		if (w->sync[0].synced)
			cycles += w->sync[0].cycles;
	}
	kinds = s->value[PGDM_STAT_syncs_clean] +
		s->value[PGDM_STAT_syncs_dirty] +
		s->value[PGDM_STAT_syncs_full];
	for (i = 0; i < PGDM_NR_POLICIES; i++)
		for (b = 0; b < PGDM_HIST_BUCKETS; b++)
			hist += s->hist[i][b];
	CHECK_EQUAL(kinds, hist);
	CHECK_EQUAL(kinds, s->value[PGDM_STAT_switches] +
			   s->value[PGDM_STAT_flush_receipts]);
	CHECK_EQUAL(s->value[PGDM_STAT_cycles_sync], cycles);
	CHECK_EQUAL(s->value[PGDM_STAT_bytes_copied],
		    8 * s->value[PGDM_STAT_entries_copied]);
	CHECK_EQUAL(s->value[PGDM_STAT_publishes], 1000);
	CHECK(s->value[PGDM_STAT_cycles_publish] > 0);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(bucket_edges),
	UNIT_TEST(last_bucket_is_open),
	UNIT_TEST(hist_counts_by_policy),
	UNIT_TEST(names_are_the_contract),
	UNIT_TEST(counts_agree),
};

UNIT_SUITE(stats);
