// SPDX-License-Identifier: GPL-2.0
/*
 * The table, and what its reader has to know of the trace.
 */
#include "report.h"

#include <stdio.h>

#include "clock.h"

static u64 stat(const struct play_result *r, enum pgdm_stat which)
{
	return r->stats.value[which];
}

/* Of 32 bits; the sum of a copy's records is the trace's length. */
static double seconds_of(const struct trace_file *t)
{
	double ns = 0;
	u64 i;

	for (i = 0; i < t->header.records; i++)
		ns += t->record[i].delay;
	return ns / 1e9;
}

/**
 * report_head() - what is replayed, and the table's head
 * @t: the trace
 * @cpus: simulated CPUs, 0: as many as were traced
 * @copies: of each address space
 * @cycles: are cycles measured?
 */
void report_head(const struct trace_file *t, unsigned int cpus, unsigned int copies,
		 bool cycles)
{
	const struct replay_header *h = &t->header;

	printf("%s: %llu records, %.1f s, %u CPUs, %u mirrors each, %s\n", t->name,
	       (unsigned long long)h->records, seconds_of(t), h->cpus, h->mirrors,
	       h->pages > 1 ? "PTI" : "no PTI");
	if (h->flags & REPLAY_PLAIN)
		puts("recorded without the module");
	else
		printf("recorded under %s, %s\n", h->policy,
		       h->flags & REPLAY_LIVE ? "live" : "shadow mode");
	if (cpus || copies > 1)
		printf("replayed on %u CPUs, each address space %u times\n",
		       cpus ? cpus : h->cpus, copies);
	printf("\n%-11s  %9s %9s %9s  %10s %12s  %8s %8s %8s", "policy", "clean", "dirty",
	       "full", "entries", "bytes", "IPIs", "faults", "stores");
	if (cycles)
		printf("  %8s %8s  %8s %8s", "sync hot", "cold", "write", "cold");
	putchar('\n');
}

static double mean(const struct play_cost *cost)
{
	return cost->ops ? (double)cost->cycles / cost->ops : 0;
}

/**
 * report_row() - what one policy costs
 * @policy: which
 * @ran: it ran when the trace was recorded
 * @count: what was counted
 * @hot: with cycles, or NULL
 * @cold: the same; not read without @hot
 */
void report_row(const struct pgdm_policy *policy, bool ran, const struct play_result *count,
		const struct play_result *hot, const struct play_result *cold)
{
	printf("%-10s%c  %9llu %9llu %9llu  %10llu %12llu  %8llu %8llu %8llu", policy->name,
	       ran ? '*' : ' ', stat(count, PGDM_STAT_syncs_clean),
	       stat(count, PGDM_STAT_syncs_dirty), stat(count, PGDM_STAT_syncs_full),
	       stat(count, PGDM_STAT_entries_copied), stat(count, PGDM_STAT_bytes_copied),
	       stat(count, PGDM_STAT_ipis), stat(count, PGDM_STAT_faults_fixed),
	       stat(count, PGDM_STAT_write_throughs) + stat(count, PGDM_STAT_own_stores));
	if (hot)
		printf("  %8.1f %8.1f  %8.1f %8.1f", mean(&hot->sync), mean(&cold->sync),
		       mean(&hot->publish), mean(&cold->publish));
	putchar('\n');
	fflush(stdout);
}

static void report_cost(const struct pgdm_policy *policy, const char *cache,
			const struct play_result *r)
{
	printf("%s cycles_a_sync_%s %.1f\n", policy->name, cache, mean(&r->sync));
	printf("%s cycles_a_write_%s %.1f\n", policy->name, cache, mean(&r->publish));
}

/**
 * report_stats() - all counters, for programs
 * @policy: of which policy
 * @count: what was counted
 * @hot: with cycles, or NULL
 * @cold: the same; not read without @hot
 */
void report_stats(const struct pgdm_policy *policy, const struct play_result *count,
		  const struct play_result *hot, const struct play_result *cold)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_STATS; i++)
		printf("%s %s %llu\n", policy->name, pgdm_stat_name[i], count->stats.value[i]);
	printf("%s events %llu\n", policy->name, count->events);
	printf("%s strays %llu\n", policy->name, count->strays);
	printf("%s most_live %lu\n", policy->name, count->most_live);
	if (hot) {
		report_cost(policy, "hot", hot);
		report_cost(policy, "cold", cold);
	}
}

/**
 * report_speed() - how fast it was, on standard error: it differs from run to run
 * @setup: how it was replayed
 * @count: what was counted
 *
 * And what the full copies would take by themselves, from as many tables to as many
 * mirrors: no replay that copies can be faster.
 */
void report_speed(const struct play_setup *setup, const struct play_result *count)
{
	const struct replay_header *h = &setup->trace->header;
	u64 copies = stat(count, PGDM_STAT_syncs_full);
	size_t cpus = setup->cpus ? setup->cpus : h->cpus;
	size_t mirrors = setup->mirrors ? setup->mirrors : h->mirrors;
	double bare;

	fprintf(stderr, "%s: %llu events in %.3f s, %.2f million a second\n",
		setup->policy->name, count->events, count->seconds,
		count->events / count->seconds / 1e6);
	if (!copies || !count->most_live)
		return;
	bare = clock_copies(copies, h->pages * sizeof(u64) * PGDM_ENTRIES,
			    count->most_live, cpus * mirrors);
	if (bare >= 0)
		fprintf(stderr, "%s: its %llu full copies alone: %.3f s\n",
			setup->policy->name, copies, bare);
}

/**
 * report_check() - did the replay do what the module did?
 * @count: of the policy that ran
 *
 * Return: 0, or 1: it did something else.
 */
int report_check(const struct play_result *count)
{
	printf("check: %llu of %llu syncs differ from what the module did", count->different,
	       count->compared);
	if (count->different)
		printf(", first in record %llu", count->first_different);
	printf("; %llu strays\n", count->strays);
	return count->different || !count->compared;
}

/**
 * report_tail() - what the table cannot say by itself
 * @t: the trace
 * @cycles: were cycles measured?
 */
void report_tail(const struct trace_file *t, bool cycles)
{
	const struct replay_header *h = &t->header;

	putchar('\n');
	if (!(h->flags & REPLAY_PLAIN))
		puts("* ran when the trace was recorded: its counts are the module's own.");
	if (!(h->flags & REPLAY_RETURNS))
		puts("The trace has no returns to user mode: always-exit is counted without them.");
	if (h->lost)
		printf("The recorder lost %llu events: all counts are too low.\n",
		       (unsigned long long)h->lost);
	puts("faults: page faults at which the mirror lacked the entry; stores: words that\n"
	     "writers stored into mirrors.");
	if (cycles)
		puts("Cycles: time stamp counter of this CPU, mean of a sync point that the\n"
		     "policy has and of a root write; cold: what they touch is in no cache.");
}
