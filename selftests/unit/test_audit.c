// SPDX-License-Identifier: GPL-2.0
/*
 * The audit is exact: what the protocol allows is tolerated, a write under
 * way is no answer, and everything else is a violation.
 */
#include "unit.h"
#include "world.h"

static struct world *w;
static struct pgdm_primary *p;
static struct pgdm_mirror *m;
static struct pgdm_audit found;

static void start(void)
{
	w = world_create(2, 2, 1, 2);
	p = w->primary[0];
	m = world_switch(w, 0, 0);
}

/* A word comes into the primary without a publication, but with its mark. */
static void poke(unsigned int page, unsigned int index, u64 value)
{
	p->page[page][index] = value;
	world_mark(p, index);
}

/* The same of the mirror. */
static void poke_mirror(unsigned int page, unsigned int index, u64 value)
{
	m->page[page][index] = value;
	if (value)
		pgdm_marks_set(m->marks, index);
}

static enum pgdm_finding audit(void)
{
	return pgdm_audit_mirror(m, p, m->seen, &found);
}

static bool in_sync_is_ok(void)
{
	start();
	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 0, 300, ENTRY(2));
	world_flush(w, 0);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.entries, 2 * PGDM_ENTRIES);
	CHECK_EQUAL(found.stale, 0);
	CHECK_EQUAL(found.violations, 0);
	world_destroy(w);
	return true;
}

static bool published_and_not_synced_is_stale(void)
{
	start();
	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 0, 255, ENTRY(1));
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 4);
	world_flush(w, 0);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	world_destroy(w);
	return true;
}

static bool not_published_is_a_violation(void)
{
	start();
	world_write(w, 1, 0, 1, ENTRY(1));
	poke(1, 2, ENTRY(2));
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK(!found.unmarked);
	CHECK_EQUAL(found.violations, 1);
	CHECK_EQUAL(found.stale, 2);
	CHECK_EQUAL(found.page, 1);
	CHECK_EQUAL(found.index, 2);
	CHECK_EQUAL(found.mirror, 0);
	CHECK_EQUAL(found.primary, ENTRY(2));
	CHECK_EQUAL(found.entries, 2 * PGDM_ENTRIES);
	world_destroy(w);
	return true;
}

/* A sync point that is over has no excuse for what was published before it. */
static bool published_before_the_sync_point_is_a_violation(void)
{
	u64 since;

	start();
	world_write(w, 1, 0, 1, ENTRY(1));
	since = pgdm_primary_seq(p);
	CHECK_EQUAL(pgdm_audit_mirror(m, p, since, &found),
		    PGDM_AUDIT_VIOLATION);
	CHECK_EQUAL(found.violations, 2);
	CHECK_EQUAL(found.index, 1);
	world_flush(w, 0);
	world_write(w, 1, 0, 2, ENTRY(2));
	CHECK_EQUAL(pgdm_audit_mirror(m, p, since, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 2);
	world_destroy(w);
	return true;
}

/* Once synced, an old record is no excuse. */
static bool synced_and_different_is_a_violation(void)
{
	start();
	world_write(w, 1, 0, 1, ENTRY(1));
	world_flush(w, 0);
	m->page[0][1] = 0;
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK_EQUAL(found.index, 1);
	CHECK_EQUAL(found.primary, ENTRY(1) | PGDM_ENTRY_NX);
	world_destroy(w);
	return true;
}

/* W3: nothing excuses the kernel half, not even that all will be copied. */
static bool kernel_half_may_never_differ(void)
{
	unsigned int i;

	start();
	m->page[1][256] = ENTRY(9);
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	for (i = 0; i < 2 * PGDM_RING; i++)
		world_write(w, 1, 0, i, ENTRY(i));
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK_EQUAL(found.violations, 1);
	CHECK_EQUAL(found.page, 1);
	CHECK_EQUAL(found.index, 256);
	world_destroy(w);
	return true;
}

static bool overrun_excuses_the_user_half(void)
{
	unsigned int i;

	start();
	for (i = 0; i < PGDM_RING; i++)
		world_write(w, 1, 0, 10, ENTRY(i));
	poke_mirror(0, 99, ENTRY(1));
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	/* One more, and the next sync copies what is marked. */
	world_write(w, 1, 0, 10, ENTRY(1));
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 3);
	world_destroy(w);
	return true;
}

/* So it does if a record can never be read. */
static bool lost_record_excuses_the_user_half(void)
{
	start();
	world_write(w, 1, 0, 10, ENTRY(1));
	poke_mirror(0, 99, ENTRY(1));
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	p->ring[1] = pgdm_record(1 + PGDM_RING, 4);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_destroy(w);
	return true;
}

/*
 * Between store and publication, and between publication and record. While
 * nothing differs, a write under way does not matter.
 */
static bool write_under_way_is_busy(void)
{
	start();
	p->inflight.counter = 1;
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	p->page[0][1] = ENTRY(1);
	CHECK_EQUAL(audit(), PGDM_AUDIT_BUSY);
	world_mark(p, 1);
	CHECK_EQUAL(audit(), PGDM_AUDIT_BUSY);
	p->seq.counter = 1;
	CHECK_EQUAL(audit(), PGDM_AUDIT_BUSY);
	p->ring[1] = pgdm_record(1, 1);
	p->inflight.counter = 0;
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 1);
	world_destroy(w);
	return true;
}

/* L4: the walker sets it, in the mirror; the primary's may be set as well. */
static bool accessed_bit_is_no_difference(void)
{
	start();
	world_write(w, 1, 0, 1, 0x5007);
	world_write(w, 1, 0, 300, 0x6003);
	world_flush(w, 0);
	m->page[0][1] |= PGDM_ENTRY_ACCESSED;
	m->page[0][300] |= PGDM_ENTRY_ACCESSED;
	p->page[1][1] |= PGDM_ENTRY_ACCESSED;
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	m->page[0][300] ^= PGDM_ENTRY_PRESENT;
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	world_destroy(w);
	return true;
}

/*
 * H1: a miss makes the next sync full, and that excuses the user half. A kernel
 * fault before that sync would not be repaired (W3).
 */
static bool missed_hook_excuses_the_user_half(void)
{
	start();
	p->page[0][1] = ENTRY(1);
	p->page[0][300] = ENTRY(1);
	/* One differs and has no mark, the other only differs. */
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK_EQUAL(found.violations, 3);
	w->epoch++;
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK_EQUAL(found.stale, 1);
	CHECK_EQUAL(found.violations, 1);
	CHECK_EQUAL(found.index, 300);
	world_flush(w, 0);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	/* A store that comes after that copy is the missed one, too. */
	p->page[0][2] = ENTRY(1);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	pgdm_epoch.complete = w->epoch;
	world_flush(w, 0);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	p->page[0][3] = ENTRY(1);
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	world_destroy(w);
	return true;
}

/* N1: poison makes the next sync full. */
static bool poison_excuses_the_user_half(void)
{
	start();
	poke(0, 1, ENTRY(1));
	m->epoch = PGDM_EPOCH_POISON;
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	p->page[0][300] = ENTRY(1);
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK(!w->sync[0].copied.missed);
	CHECK_EQUAL(world_differences(m, p), 0);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(in_sync_is_ok),
	UNIT_TEST(published_and_not_synced_is_stale),
	UNIT_TEST(not_published_is_a_violation),
	UNIT_TEST(published_before_the_sync_point_is_a_violation),
	UNIT_TEST(synced_and_different_is_a_violation),
	UNIT_TEST(kernel_half_may_never_differ),
	UNIT_TEST(overrun_excuses_the_user_half),
	UNIT_TEST(lost_record_excuses_the_user_half),
	UNIT_TEST(write_under_way_is_busy),
	UNIT_TEST(accessed_bit_is_no_difference),
	UNIT_TEST(missed_hook_excuses_the_user_half),
	UNIT_TEST(poison_excuses_the_user_half),
};

UNIT_SUITE(audit);
