/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters and histograms of one CPU.
 *
 * Only the owning CPU writes them; any CPU reads, word by word. They only
 * grow: a reset is a baseline that the reader subtracts.
 */
#ifndef _PGDM_STATS_H
#define _PGDM_STATS_H

#include <port.h>

#include "policy.h"

/* The names are contract, and so is their order. */
#define PGDM_STATS(X) \
	X(switches)		/* a tracked mm was switched in */ \
	X(flush_receipts)	/* a TLB flush was received, tracked mm */ \
	X(user_returns)		/* returns to user mode, tracked mm */ \
	X(faults_seen)		/* faults at user addresses, tracked mm */ \
	X(faults_fixed)		/* ... where the mirror lacked the entry */ \
	X(syncs_clean)		/* syncs that copied nothing */ \
	X(syncs_dirty)		/* syncs that copied some entries */ \
	X(syncs_full)		/* syncs that copied all entries */ \
	X(entries_copied)	/* 8-byte words, both pages of a PTI pair */ \
	X(bytes_copied)		/* 8 times entries_copied */ \
	X(publishes)		/* writes made known to the mirrors */ \
	X(ipis)			/* CPUs sent an IPI (flag) or a flush (carry) */ \
	X(livelocks_broken)	/* endless faults that the guard ended */ \
	X(hooks_missed)		/* writes missed; sync points with it disarmed */ \
	X(cycles_publish)	/* TSC cycles spent in publishing */ \
	X(cycles_sync)		/* TSC cycles spent in syncing */ \
	X(violations)		/* found by the audit, the oracle or steer_check.c */ \
	X(write_throughs)	/* words that writers stored in all mirrors */ \
	X(faults_nested)	/* faults inside a sync (NMI), left to it */ \
	X(evictions)		/* mirrors taken from another primary */ \
	X(cache_busy)		/* no mirror free: the mm stays native here */ \
	X(steered)		/* live: CR3 was pointed at a mirror */ \
	X(attaches)		/* first copies, of mirrors just claimed */ \
	X(faults_failed)	/* of faults_fixed, live: with faults disabled */ \
	X(kicks_lost)		/* additions without a kick, for want of memory */ \
	X(oracle_unchecked)	/* freed tables that the oracle could not check */ \
	X(syncs_sparse)		/* of syncs_dirty: by the marks, not the records */ \
	X(entries_first)	/* of entries_copied: in first copies */ \
	X(own_stores)		/* words that writers stored in their own CPU's mirror */

#define PGDM_STAT_ENUM(name) PGDM_STAT_##name,
enum pgdm_stat { PGDM_STATS(PGDM_STAT_ENUM) PGDM_NR_STATS };

#undef PGDM_STAT_ENUM

#define PGDM_HIST_BUCKETS	40	/* bucket b: cycles in [2^(b-1), 2^b) */

/**
 * struct pgdm_stats - what one CPU counted
 * @value: indexed by enum pgdm_stat
 * @hist: syncs by policy and by log2 of their cycles
 */
struct pgdm_stats {
	u64 value[PGDM_NR_STATS];
	u64 hist[PGDM_NR_POLICIES][PGDM_HIST_BUCKETS];
};

extern const char *const pgdm_stat_name[PGDM_NR_STATS];

static inline void pgdm_stat_add(struct pgdm_stats *s, enum pgdm_stat which,
				 u64 n)
{
	pgdm_count_add(&s->value[which], n);
}

static inline void pgdm_stat_inc(struct pgdm_stats *s, enum pgdm_stat which)
{
	pgdm_stat_add(s, which, 1);
}

unsigned int pgdm_hist_bucket(u64 cycles);
u64 pgdm_hist_low(unsigned int bucket);
u64 pgdm_hist_high(unsigned int bucket);
void pgdm_hist_add(struct pgdm_stats *s, unsigned int policy, u64 cycles);

#endif
