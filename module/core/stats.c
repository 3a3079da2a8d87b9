// SPDX-License-Identifier: GPL-2.0
/*
 * Counters and histograms of one CPU: names and buckets.
 */
#include "stats.h"

#define PGDM_STAT_NAME(name) #name,
const char *const pgdm_stat_name[PGDM_NR_STATS] = {
	PGDM_STATS(PGDM_STAT_NAME)
};

/**
 * pgdm_hist_bucket() - the log2 bucket of a number of cycles
 * @cycles: TSC cycles
 *
 * Return: 0 for 0 cycles, b for 2^(b-1) <= @cycles < 2^b; the last bucket
 * also holds everything larger.
 */
unsigned int pgdm_hist_bucket(u64 cycles)
{
	unsigned int bucket = cycles ? ilog2(cycles) + 1 : 0;

	return bucket < PGDM_HIST_BUCKETS ? bucket : PGDM_HIST_BUCKETS - 1;
}

/**
 * pgdm_hist_low() - the smallest number of cycles in a bucket
 * @bucket: 0..PGDM_HIST_BUCKETS-1
 */
u64 pgdm_hist_low(unsigned int bucket)
{
	return bucket ? 1ULL << (bucket - 1) : 0;
}

/**
 * pgdm_hist_high() - the largest number of cycles in a bucket
 * @bucket: 0..PGDM_HIST_BUCKETS-1
 */
u64 pgdm_hist_high(unsigned int bucket)
{
	if (bucket == PGDM_HIST_BUCKETS - 1)
		return ~0ULL;
	return bucket ? (1ULL << bucket) - 1 : 0;
}

/**
 * pgdm_hist_add() - count one sync
 * @s: the local CPU's counters
 * @policy: number of the policy that synced
 * @cycles: TSC cycles that it took
 */
void pgdm_hist_add(struct pgdm_stats *s, unsigned int policy, u64 cycles)
{
	pgdm_count_add(&s->hist[policy][pgdm_hist_bucket(cycles)], 1);
}
