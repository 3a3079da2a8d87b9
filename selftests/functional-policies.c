// SPDX-License-Identifier: GPL-2.0
/*
 * Each policy by what it does, in shadow and in live mode: which CPU sees a new
 * entry when, to the last fault and IPI; removals, under the oracle's eyes; changes of
 * policy while everything runs: PGDM_CHANGES of them (1000).
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "lib/removal.h"
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

#define ROUNDS		10
#define GUARD_FAULTS	64	/* PGDM_GUARD_FAULTS */

/**
 * struct policy - what is expected of one
 * @name: its name
 * @lacking: CPUs of two that lack a new entry until they sync; one of them added it
 * @here: faults that a new entry costs the CPU that adds it, live
 * @there: ... and one that runs in the mm, live
 * @ipis: sent for an addition to a CPU that runs in the mm
 */
struct policy {
	const char *name;
	unsigned int lacking;
	unsigned int here;
	unsigned int there;
	unsigned int ipis;
};

static const struct policy policies[] = {
	{ "always", 2, 1, 1, 0 },
	{ "always-exit", 2, 0, 0, 0 },
	{ "flag", 0, 0, 0, 1 },
	{ "flag-mm", 2, 1, 1, 0 },
	{ "flush-only", 2, GUARD_FAULTS, GUARD_FAULTS, 0 },
	{ "carry", 0, 0, 0, 1 },
	{ "eager", 0, 0, 0, 0 },
	{ "dirty", 1, 0, 1, 0 },
};

#define NR_POLICIES (sizeof(policies) / sizeof(policies[0]))

#define for_each_policy(p) \
	for (p = policies; p < policies + NR_POLICIES; p++)

static bool is(const struct policy *p, const char *name)
{
	return !strcmp(p->name, name);
}

static uint64_t fixed_on(unsigned int cpu)
{
	return pgdm_cpu_stat(cpu, "faults_fixed");
}

/* Under the new policy from here on: each CPU's mirror was copied. */
#define go(p) do {							\
	ASSERT_EQ(0, pgdm_write("policy", (p)->name));			\
	round_trip(self);						\
	round_trip_here(self);						\
} while (0)

/* The files are read with system calls: their returns to user mode count. */
static void exit_and_read_job(void *address)
{
	getppid();
	*(volatile char *)address;
}

/* A CPU that was told has the entry, and under "dirty" the one that adds it. */
STAGE_TEST(who_has_a_new_entry_in_shadow_mode)
{
	struct pgdm_watch watch = WATCH_BOTH(self);
	const struct policy *p;

	track_self();
	for_each_policy(p) {
		struct pgdm_audit a;
		uint64_t ipis;

		do {
			go(p);
			pgdm_watch_begin(&watch);
			ipis = pgdm_stat("ipis");
			pgdm_slot_add(PGDM_SLOT_FIRST);
			ipis = pgdm_stat("ipis") - ipis;
			a = pgdm_audit();
			pgdm_watch_end(&watch, 0);
			EXPECT_EQ(0, a.violations);
			pgdm_slot_unmap(PGDM_SLOT_FIRST);
			wait_for_worker(self);
			EXPECT_EQ(0, pgdm_audit().stale);
		} while (pgdm_watch_again(&watch));
		EXPECT_EQ(p->ipis, ipis) {
			TH_LOG("%s", p->name);
		}
		/* Any interrupt returns to user mode. */
		if (!is(p, "always-exit")) {
			EXPECT_EQ(p->lacking * pgdm_pages(), a.stale) {
				TH_LOG("%s", p->name);
			}
		}
	}
	EXPECT_EQ(0, pgdm_stat("hooks_missed"));
}

/*
 * The thread's question, live: the entry is new, and nothing is flushed. A
 * switch in between may save flush-only the guard's help.
 */
STAGE_TEST(faults_for_a_new_entry_in_live_mode)
{
	struct pgdm_watch watch = WATCH_BOTH(self);
	unsigned int i, disturbed;
	const struct policy *p;

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self();
	for_each_policy(p) {
		uint64_t broken = pgdm_stat("livelocks_broken");
		bool guarded = is(p, "flush-only");

		go(p);
		disturbed = 0;
		for (i = 0; i < ROUNDS; i++) {
			unsigned int slot = PGDM_SLOT_FIRST + i;
			uint64_t here, there;
			bool alone;

			pgdm_slot_map(slot);
			pgdm_watch_begin(&watch);
			here = fixed_on(HERE);
			pgdm_slot_touch(slot, 0);
			here = fixed_on(HERE) - here;
			there = fixed_on(THERE);
			pgdm_worker_call(&self->worker, exit_and_read_job,
					 pgdm_slot_address(slot, 0));
			there = fixed_on(THERE) - there;
			alone = pgdm_watch_end(&watch, 0);
			if (guarded || !alone) {
				EXPECT_GE(p->here, here);
				EXPECT_GE(p->there, there);
				disturbed += !guarded;
				continue;
			}
			EXPECT_EQ(p->here, here) {
				TH_LOG("%s", p->name);
			}
			EXPECT_EQ(p->there, there) {
				TH_LOG("%s", p->name);
			}
		}
		EXPECT_GT(ROUNDS, disturbed);
		/* No other policy may need the guard. */
		EXPECT_EQ(guarded, pgdm_stat("livelocks_broken") > broken) {
			TH_LOG("%s", p->name);
		}
		pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + ROUNDS);
		check_mirrors(_metadata);
	}
	forget_livelocks(_metadata);
}

/* S3, S5: gone on both CPUs when munmap() has returned, told or not. */
STAGE_TEST(removals)
{
	const struct policy *p;
	unsigned int live, i;

	track_self();
	for (live = 0; live < 2; live++) {
		ASSERT_EQ(0, pgdm_write("live", live ? "1" : "0"));
		for_each_policy(p) {
			go(p);
			for (i = 0; i < ROUNDS; i++) {
				unsigned int slot = PGDM_SLOT_FIRST + i % 3;

				pgdm_slot_add(slot);
				touch_there(self, slot, 1);
				pgdm_slot_unmap(slot);
				wait_for_worker(self);
				EXPECT_EQ(0, pgdm_audit().stale) {
					TH_LOG("%s", p->name);
				}
			}
			check_mirrors(_metadata);
			EXPECT_EQ(0, pgdm_stat("violations")) {
				TH_LOG("%s, live %u", p->name, live);
			}
		}
	}
	forget_livelocks(_metadata);
}

/* Xen a22320e32d: no CPU is told when the mm is used on this CPU alone. */
STAGE_TEST(no_ipi_when_only_this_cpu_uses_the_mm)
{
	const struct policy *p;

	ASSERT_EQ(0, pgdm_writef("track", "pid %d", self->neighbour.pid));
	for_each_policy(p) {
		ASSERT_EQ(0, pgdm_write("policy", p->name));
		ASSERT_EQ(0, pgdm_write("reset", "1"));
		pgdm_partner_add(&self->neighbour, PGDM_SLOT_FIRST);
		pgdm_partner_remove(&self->neighbour, PGDM_SLOT_FIRST);
		EXPECT_EQ(2, pgdm_stat("publishes"));
		EXPECT_EQ(0, pgdm_stat("ipis")) {
			TH_LOG("%s", p->name);
		}
	}
}

/* After a write that no flush follows carry sends one, and the CPU copies. */
STAGE_TEST(carry_flushes_for_an_addition)
{
	uint64_t receipts, full;
	unsigned int i, flushed = 0;

	ASSERT_EQ(0, pgdm_write("policy", "carry"));
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		receipts = pgdm_cpu_stat(THERE, "flush_receipts");
		full = pgdm_cpu_stat(THERE, "syncs_full");
		pgdm_slot_add(PGDM_SLOT_FIRST + i);
		receipts = pgdm_cpu_stat(THERE, "flush_receipts") - receipts;
		full = pgdm_cpu_stat(THERE, "syncs_full") - full;
		/* A CPU that a kernel thread has for a moment is left out. */
		EXPECT_GE(1, receipts);
		EXPECT_LE(receipts, full);
		flushed += receipts;
	}
	EXPECT_LE(ROUNDS / 2, flushed);
	EXPECT_TRUE(flushed < ROUNDS || !pgdm_audit().stale);
}

/* carry's flushes, from any thread, hide no freed table from the oracle. */
STAGE_TEST(the_oracle_sees_every_flush_under_carry)
{
	unsigned int i;

	ASSERT_EQ(0, pgdm_write("policy", "carry"));
	track_self();
	for (i = 0; i < ROUNDS; i++)
		remove_while_worker_adds(self, NULL);
}

/*
 * X1: nothing is sent from a probe handler. A kprobe on what the sender runs is
 * hit then, on the sender's own CPU; inside a handler it would be missed, as one
 * that fires in an interrupt meanwhile would be.
 */
static const struct sender {
	const char *policy;
	const char *runs;
} senders[] = {
	{ "flag", "pgd_mirror:pgdm_sync_points_kick" },
	{ "carry", "flush_tlb_mm_range" },
};

STAGE_TEST(nothing_is_sent_from_a_probe_handler)
{
	const struct sender *s;
	struct pgdm_calls calls;

	if (access(PGDM_TRACING "kprobe_events", W_OK))
		SKIP(return, "needs kprobe events in tracefs");
	track_self();
	for (s = senders; s < senders + sizeof(senders) / sizeof(*s); s++) {
		ASSERT_EQ(0, pgdm_write("policy", s->policy));
		pgdm_probe_add("sender", s->runs);
		pgdm_slot_add(PGDM_SLOT_FIRST);
		calls = pgdm_probe_calls("sender");
		EXPECT_LT(0, calls.hits) {
			TH_LOG("%s", s->policy);
		}
		EXPECT_EQ(0, calls.misses) {
			TH_LOG("%s", s->policy);
		}
		pgdm_probe_remove("sender");
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
	}
}

#define CALLS 100

static void call_job(void *unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < CALLS; i++)
		getppid();
}

STAGE_TEST(always_exit_copies_at_each_return)
{
	uint64_t returns, full, clean;

	ASSERT_EQ(0, pgdm_write("policy", "always-exit"));
	track_self();
	returns = pgdm_cpu_stat(THERE, "user_returns");
	full = pgdm_cpu_stat(THERE, "syncs_full");
	clean = pgdm_cpu_stat(THERE, "syncs_clean");
	pgdm_worker_call(&self->worker, call_job, NULL);
	EXPECT_LE(returns + CALLS, pgdm_cpu_stat(THERE, "user_returns"));
	EXPECT_LE(full + CALLS, pgdm_cpu_stat(THERE, "syncs_full"));
	EXPECT_EQ(clean, pgdm_cpu_stat(THERE, "syncs_clean"));
	/* No other policy has notifiers. */
	ASSERT_EQ(0, pgdm_write("policy", "dirty"));
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	pgdm_worker_call(&self->worker, call_job, NULL);
	EXPECT_EQ(0, pgdm_stat("user_returns"));
}

/* The writer's words, both pages, in the mirrors of both CPUs. */
STAGE_TEST(eager_copies_nothing_at_sync_points)
{
	ASSERT_EQ(0, pgdm_write("policy", "eager"));
	track_self();
	round_trips(self);
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + ROUNDS);
	pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + ROUNDS);
	round_trip(self);
	EXPECT_EQ(2 * ROUNDS * 2 * pgdm_pages(), pgdm_stat("write_throughs"));
	EXPECT_EQ(0, pgdm_stat("entries_copied"));
}

/* As many as asked for: from each policy to each other at least once. */
static unsigned int nr_changes(void)
{
	const char *text = getenv("PGDM_CHANGES");
	const unsigned int pairs = NR_POLICIES * (NR_POLICIES - 1);
	unsigned int nr = text ? (unsigned int)strtoul(text, NULL, 10) : 1000;

	return nr < pairs ? pairs : nr;
}

STAGE_TEST(changes_under_load_live)
{
	struct pgdm_churn churn = {
		.first = PGDM_SLOT_FIRST,
		.end = 20,
		.partner = &self->partner,
	};
	const unsigned int changes = nr_changes();
	unsigned int i, now = 0;

	ASSERT_EQ(0, pgdm_write("live", "1"));
	track_self();
	pgdm_worker_send(&self->worker, pgdm_job_churn, &churn);
	for (i = 0; i < changes; i++) {
		/* From each to each other in the end. */
		now = (now + 1 + i / NR_POLICIES % (NR_POLICIES - 1)) %
		      NR_POLICIES;
		ASSERT_EQ(0, pgdm_write("policy", policies[now].name));
		pgdm_slot_add(PGDM_SLOT_LAST);
		if (i % 20 == 0)
			ASSERT_EQ(0, pgdm_audit().violations);
		if (i % 3 == 0)
			round_trip_here(self);
		pgdm_slot_unmap(PGDM_SLOT_LAST);
	}
	atomic_store(&churn.stop, true);
	pgdm_worker_wait(&self->worker);
	EXPECT_EQ(0, pgdm_stat("hooks_missed"));
	forget_livelocks(_metadata);
}

TEST_HARNESS_MAIN
