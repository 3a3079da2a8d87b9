// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of live mode: what only a CPU that walks mirrors can get wrong.
 */
#include "pgdm_bugs.h"

PGDM_NEEDS(.params = "live=1", .seeded = true, .cpus = 2);

/*
 * L2: the mm is untracked, its mirrors are given up, and the CPUs walk on
 * them. They are good for as long as nobody takes them and no entry changes.
 */
static uint64_t untrack(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	pgdm_bug(bugs);
	if (pgdm_writef("track", "-pid %d", getpid()))
		pgdm_die("cannot untrack myself");
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	/* Switches take them off. */
	round_trip(self);
	round_trip_here(self);
	if (pgdm_audit().violations)
		pgdm_die("a CPU is stuck on a mirror");
	if (pgdm_writef("track", "pid %d", getpid()))
		pgdm_die("cannot track myself");
	return damage;
}

SEEDED_BUG(keep_cr3, untrack)

TEST_HARNESS_MAIN
