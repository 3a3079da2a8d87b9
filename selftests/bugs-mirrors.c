// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of the mirrors themselves (L1, L4), with the smallest cache.
 */
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "mirrors=2");

#define NR 3

/*
 * Three mms take turns on a CPU with two mirrors. The order makes the round
 * robin come to the mirror that is being left: with the bug it is taken.
 */
static unsigned int take_turns(struct pgdm_partner *p, const uint64_t *id)
{
	static const unsigned int order[] = { 0, 1, 2, 1, 0, 2, 0, 1, 2, 1, 0 };
	unsigned int i, lost = 0;
	bool was_loaded = false;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		/* If not, another process has the CPU: any mirror may go. */
		if (i)
			was_loaded = pgdm_mirrors(THERE, id[order[i - 1]],
						  "loaded");
		/* Another process may run there in between: ping again. */
		pgdm_wait_for((pgdm_partner_ping(&p[order[i]]),
			       pgdm_mirrors(THERE, id[order[i]], "loaded")));
		if (was_loaded && !pgdm_mirrors(THERE, id[order[i - 1]], "cached"))
			lost++;
	}
	return lost;
}

static uint64_t three_mms(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct pgdm_partner p[NR];
	unsigned int i, lost;
	uint64_t id[NR];

	/* Its CPU belongs to the partners then. */
	pgdm_worker_sleep(&self->worker);
	for (i = 0; i < NR; i++) {
		pgdm_partner_start(&p[i], THERE);
		id[i] = pgdm_id(p[i].pid);
		if (!id[i])
			pgdm_die("a child is not tracked");
	}
	pgdm_bug(bugs);
	lost = take_turns(p, id);
	pgdm_bug("none");
	for (i = 0; i < NR; i++)
		pgdm_partner_stop(&p[i]);
	pgdm_worker_wake(&self->worker);
	return lost;
}

SEEDED_BUG(evict_loaded, three_mms)

/* As if the CPU had set Accessed bits in the primary since the copy. */
static uint64_t audit_accessed(FIXTURE_DATA(stage) *self, const char *bugs)
{
	uint64_t damage;

	pgdm_bug("clear_accessed");
	pgdm_slot_add(PGDM_SLOT_FIRST);
	round_trip(self);
	pgdm_bug(bugs);
	damage = pgdm_audit().violations;
	pgdm_bug("none");
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	return damage;
}

SEEDED_BUG(keep_accessed, audit_accessed)

TEST_HARNESS_MAIN
