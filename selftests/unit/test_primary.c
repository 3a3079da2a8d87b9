// SPDX-License-Identifier: GPL-2.0
/*
 * Writing a primary: final values under PTI, what is stored, what is recorded.
 */
#include "unit.h"
#include "world.h"

#define BOTH	(BIT(PGDM_KERNEL_PAGE) | BIT(PGDM_USER_PAGE))

/**
 * struct pti_case - what the kernel writes, and what becomes of it
 * @index: entry
 * @value: value handed to set_p4d() or set_pgd()
 * @pair: is the root a PTI pair?
 * @user_page: is the user table written?
 * @nx: does the CPU know NX?
 * @pages: which tables change
 * @kernel: what the kernel table gets
 * @user: what the user table gets
 */
struct pti_case {
	unsigned int index;
	u64 value;
	bool pair;
	bool user_page;
	bool nx;
	unsigned int pages;
	u64 kernel;
	u64 user;
};

#define NX	PGDM_ENTRY_NX
#define UP	(PGDM_ENTRY_PRESENT | PGDM_ENTRY_USER)
#define T	0x5000ULL

static bool pti_final_values(void)
{
	static const struct pti_case cases[] = {
		/* No PTI: as written, into the only table. */
		{ 3, T | UP, false, false, true, BIT(0), T | UP, 0 },
		{ 300, T | 3, false, false, true, BIT(0), T | 3, 0 },
		/* User half: raw to the user's table, NX in the kernel's. */
		{ 0, T | UP, true, false, true, BOTH, T | UP | NX, T | UP },
		{ 255, T | UP, true, false, true, BOTH, T | UP | NX, T | UP },
		{ 3, T | UP, true, false, false, BOTH, T | UP, T | UP },
		/* Not for the user, or not present: no NX. */
		{ 3, T | 1, true, false, true, BOTH, T | 1, T | 1 },
		{ 3, T | 4, true, false, true, BOTH, T | 4, T | 4 },
		/* A removal clears both. */
		{ 3, 0, true, false, true, BOTH, 0, 0 },
		/* Kernel half: that table alone, raw. */
		{ 256, T | UP, true, false, true, BIT(0), T | UP, 0 },
		{ 511, T | 3, true, false, true, BIT(0), T | 3, 0 },
		/* modify_ldt() writes through the user table. */
		{ 272, T | UP, true, true, true, BIT(1), 0, T | UP },
		{ 3, T | UP, true, true, true, BIT(1), 0, T | UP },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct pti_case *c = &cases[i];
		struct pgdm_write w;

		pgdm_write_init(&w, c->index, c->value, c->pair, c->user_page,
				c->nx);
		CHECK_EQUAL(w.index, c->index);
		CHECK_EQUAL(w.pages, c->pages);
		if (c->pages & BIT(PGDM_KERNEL_PAGE))
			CHECK_EQUAL(w.value[PGDM_KERNEL_PAGE], c->kernel);
		if (c->pages & BIT(PGDM_USER_PAGE))
			CHECK_EQUAL(w.value[PGDM_USER_PAGE], c->user);
	}
	return true;
}

static bool user_write_is_stored_and_recorded(void)
{
	struct world *w = world_create(1, 2, 1, 2);
	const struct pgdm_primary *p = w->primary[0];

	CHECK_EQUAL(pgdm_primary_seq(p), 0);
	CHECK_EQUAL(world_write(w, 0, 0, 5, ENTRY(1)), 1);
	CHECK_EQUAL(p->page[PGDM_KERNEL_PAGE][5], ENTRY(1) | NX);
	CHECK_EQUAL(p->page[PGDM_USER_PAGE][5], ENTRY(1));
	CHECK_EQUAL(pgdm_primary_seq(p), 1);
	CHECK_EQUAL(p->ring[1], pgdm_record(1, 5));
	CHECK_EQUAL(world_write(w, 0, 0, 255, ENTRY(2)), 2);
	CHECK_EQUAL(p->ring[2], pgdm_record(2, 255));
	CHECK_EQUAL(pgdm_primary_populated(p), 2);
	world_write(w, 0, 0, 5, 0);
	CHECK_EQUAL(pgdm_primary_populated(p), 1);
	CHECK_EQUAL(p->kernel_seq.counter, 0);
	CHECK_EQUAL(p->inflight.counter, 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_publishes), 3);
	world_destroy(w);
	return true;
}

static bool kernel_write_is_not_recorded(void)
{
	struct world *w = world_create(1, 2, 1, 2);
	const struct pgdm_primary *p = w->primary[0];

	CHECK_EQUAL(world_write(w, 0, 0, 256, ENTRY(1)), 0);
	CHECK_EQUAL(p->page[PGDM_KERNEL_PAGE][256], ENTRY(1));
	CHECK_EQUAL(pgdm_primary_populated(p), 0);
	CHECK_EQUAL(p->page[PGDM_USER_PAGE][256], 0);
	CHECK_EQUAL(pgdm_primary_seq(p), 0);
	CHECK_EQUAL(p->kernel_seq.counter, 1);
	CHECK_EQUAL(p->inflight.counter, 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_publishes), 1);
	world_destroy(w);
	return true;
}

static bool record_keeps_sequence_and_index(void)
{
	const u64 seq = (1ULL << 55) - 1;

	CHECK_EQUAL(pgdm_record(seq, 511) >> PGDM_RECORD_SHIFT, seq);
	CHECK_EQUAL(pgdm_record(seq, 511) & PGDM_RECORD_INDEX, 511);
	CHECK_EQUAL(pgdm_record(seq, 0) & PGDM_RECORD_INDEX, 0);
	return true;
}

static bool ring_wraps(void)
{
	struct world *w = world_create(1, 2, 1, 1);
	const struct pgdm_primary *p = w->primary[0];
	unsigned int i;

	for (i = 1; i <= 3 * PGDM_RING; i++)
		CHECK_EQUAL(world_write(w, 0, 0, i % 256, ENTRY(i)), i);
	for (i = 2 * PGDM_RING + 1; i <= 3 * PGDM_RING; i++)
		CHECK_EQUAL(p->ring[i % PGDM_RING], pgdm_record(i, i % 256));
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(pti_final_values),
	UNIT_TEST(user_write_is_stored_and_recorded),
	UNIT_TEST(kernel_write_is_not_recorded),
	UNIT_TEST(record_keeps_sequence_and_index),
	UNIT_TEST(ring_wraps),
};

UNIT_SUITE(primary);
