// SPDX-License-Identifier: GPL-2.0
/*
 * What concerns all CPUs: kernel-half write-through (W3), forgetting a
 * primary, the oracle's scan. Races are in test_interleave.c.
 */
#include "offender.h"
#include "unit.h"
#include "world.h"

static bool kernel_write_reaches_all_mirrors_of_the_mm(void)
{
	struct world *w = world_create(4, 3, 2, 2);
	unsigned int cpu;

	for (cpu = 0; cpu < 4; cpu++)
		world_switch(w, cpu, 0);
	/* CPU 1 has it cached, not loaded; CPU 3 never had another. */
	world_switch(w, 0, 1);
	world_switch(w, 1, 1);
	world_switch(w, 1, -1);
	world_write(w, 2, 0, 300, ENTRY(5));
	for (cpu = 0; cpu < 4; cpu++) {
		struct pgdm_mirror *other = world_mirror(w, cpu, 1);

		CHECK_EQUAL(world_mirror(w, cpu, 0)->page[0][300], ENTRY(5));
		CHECK_EQUAL(world_mirror(w, cpu, 0)->page[1][300], 0);
		if (other)
			CHECK_EQUAL(other->page[0][300], 0);
	}
	CHECK_EQUAL(world_stat(w, 2, PGDM_STAT_write_throughs), 4);
	CHECK_EQUAL(world_stat(w, 2, PGDM_STAT_publishes), 1);
	/* No mirror is made stale by it. */
	world_flush(w, 2);
	CHECK_EQUAL(w->sync[2].copied.kind, PGDM_CLEAN);
	world_destroy(w);
	return true;
}

/* modify_ldt() under PTI writes a kernel-half entry of the user table. */
static bool kernel_write_through_the_user_table(void)
{
	struct world *w = world_create(2, 2, 1, 2);
	struct pgdm_write write;
	struct pgdm_mirror *m = world_switch(w, 1, 0);

	pgdm_write_init(&write, 272, ENTRY(8), true, true, true);
	CHECK_EQUAL(pgdm_write_publish(w->primary[0], &write,
				       &w->cache[0]->stats), 0);
	CHECK_EQUAL(w->primary[0]->page[1][272], ENTRY(8));
	CHECK_EQUAL(w->primary[0]->page[0][272], 0);
	CHECK_EQUAL(m->page[1][272], ENTRY(8));
	CHECK_EQUAL(m->page[0][272], 0);
	world_destroy(w);
	return true;
}

static bool kernel_write_under_every_policy(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		struct world *w = world_create(2, 2, 1, 1);
		struct pgdm_mirror *m;

		pgdm_policy_in_force = pgdm_policies[i];
		m = world_switch(w, 1, 0);
		world_write(w, 0, 0, 511, ENTRY(3));
		CHECK_EQUAL(m->page[0][511], ENTRY(3));
		world_destroy(w);
	}
	return true;
}

static bool cpus_that_never_came_up_are_skipped(void)
{
	struct world *w = world_create(2, 2, 1, 1);
	struct pgdm_cache *absent = w->cache[0];

	world_switch(w, 1, 0);
	w->cache[0] = NULL;
	CHECK_EQUAL(world_find_reaching(w->primary[0], 0x1000), -1);
	world_write(w, 1, 0, 300, ENTRY(1));
	CHECK_EQUAL(world_mirror(w, 1, 0)->page[0][300], ENTRY(1));
	pgdm_mirrors_forget(w->primary[0]);
	CHECK(!world_mirror(w, 1, 0));
	w->cache[0] = absent;
	world_destroy(w);
	return true;
}

static bool forget_takes_every_mirror_of_the_mm(void)
{
	struct world *w = world_create(3, 2, 2, 1);
	unsigned int cpu;

	for (cpu = 0; cpu < 3; cpu++) {
		world_switch(w, cpu, 1);
		world_switch(w, cpu, 0);
	}
	pgdm_mirrors_forget(w->primary[0]);
	for (cpu = 0; cpu < 3; cpu++) {
		CHECK(!world_mirror(w, cpu, 0));
		CHECK(world_mirror(w, cpu, 1));
		/* It is loaded still, and no sync point touches it. */
		CHECK(w->cache[cpu]->loaded);
		world_flush(w, cpu);
		CHECK(!w->sync[cpu].synced);
		world_fault(w, cpu, 1);
		CHECK(!w->sync[cpu].synced);
		/* L1: and it is not reused while it is being left. */
		CHECK(world_switch(w, cpu, 1) != &w->cache[cpu]->mirror[1]);
	}
	world_destroy(w);
	return true;
}

/* The switch looked the primary up before it died. */
static bool dead_primary_gets_no_mirror(void)
{
	struct world *w = world_create(1, 2, 2, 1);

	pgdm_mirrors_forget(w->primary[0]);
	CHECK(!world_switch(w, 0, 0));
	CHECK(!w->cache[0]->loaded);
	CHECK(!world_mirror(w, 0, 0));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_cache_busy), 0);
	CHECK(world_switch(w, 0, 1));
	world_destroy(w);
	return true;
}

/* S5: which CPU's loaded mirror leads to a table? */
static bool oracle_scans_loaded_mirrors_only(void)
{
	struct world *w = world_create(3, 2, 2, 2);
	const struct pgdm_primary *p = w->primary[0];
	const u64 table = ENTRY(99) & PGDM_ENTRY_ADDR;

	world_write(w, 0, 0, 7, ENTRY(99));
	CHECK_EQUAL(world_find_reaching(p, table), -1);
	world_switch(w, 1, 0);
	CHECK_EQUAL(world_find_reaching(p, table), 1);
	CHECK_EQUAL(world_find_reaching(p, table + 0x1000), -1);
	CHECK_EQUAL(world_find_reaching(w->primary[1], table), -1);

	/* Removed: stale until the flush. */
	world_write(w, 0, 0, 7, 0);
	CHECK_EQUAL(world_find_reaching(p, table), 1);
	/* Cached and stale is allowed: it is synced before it is loaded. */
	world_switch(w, 1, 1);
	CHECK_EQUAL(world_find_reaching(p, table), -1);
	world_switch(w, 1, 0);
	CHECK_EQUAL(world_find_reaching(p, table), -1);
	world_destroy(w);
	return true;
}

static bool oracle_after_flush_and_fault(void)
{
	struct world *w = world_create(3, 2, 1, 1);
	const struct pgdm_primary *p = w->primary[0];
	const u64 table = ENTRY(99) & PGDM_ENTRY_ADDR;

	world_write(w, 2, 0, 7, ENTRY(99));
	world_switch(w, 0, 0);
	world_switch(w, 1, 0);
	world_write(w, 2, 0, 7, 0);
	CHECK_EQUAL(world_find_reaching(p, table), 0);
	world_flush(w, 0);
	CHECK_EQUAL(world_find_reaching(p, table), 1);
	world_fault(w, 1, 7);
	CHECK_EQUAL(world_find_reaching(p, table), -1);
	world_destroy(w);
	return true;
}

/* free_ldt_pgtables() frees without clearing: the kernel half is exempt. */
static bool oracle_exempts_the_ldt(void)
{
	struct world *w = world_create(1, 2, 1, 2);
	struct pgdm_write write;

	world_switch(w, 0, 0);
	pgdm_write_init(&write, 272, ENTRY(98), true, true, true);
	pgdm_write_publish(w->primary[0], &write, &w->cache[0]->stats);
	CHECK_EQUAL(world_find_reaching(w->primary[0],
					ENTRY(98) & PGDM_ENTRY_ADDR), -1);
	world_destroy(w);
	return true;
}

/* --- which CPU the oracle blames ------------------------------------------- */

/*
 * Three CPUs have the entry in their mirrors when a fourth one removes it, and have not
 * synced. One is in the mask and stays; the other CPUs are in the middle of a switch: one
 * comes back, and is in the mask before the oracle reads it; one leaves in time; one
 * does not.
 */
enum { STAYS, COMES_BACK, LEAVES, LINGERS };

struct blame {
	struct pgdm_flushed flushed;
	struct world *w;
	int does[3];
	unsigned int waited;
};

static bool blame_receives(const struct pgdm_flushed *f, unsigned int cpu)
{
	struct blame *b = (struct blame *)f;

	if (b->does[cpu] != COMES_BACK)
		return b->does[cpu] == STAYS;
	world_switch(b->w, cpu, 1);
	world_switch(b->w, cpu, 0);
	return true;
}

static bool blame_is_late(const struct pgdm_flushed *f)
{
	struct blame *b = (struct blame *)f;
	unsigned int cpu;

	for (cpu = 0; cpu < 3; cpu++)
		if (b->does[cpu] == LEAVES)
			world_switch(b->w, cpu, 1);
	return b->waited++ > 10;
}

static int blamed(int first, int second, int third)
{
	struct world *w = world_create(4, 2, 2, 1);
	const u64 table = ENTRY(99) & PGDM_ENTRY_ADDR;
	struct blame b = {
		.flushed = { blame_receives, blame_is_late },
		.w = w,
		.does = { first, second, third },
	};
	unsigned int cpu;
	int found;

	world_write(w, 3, 0, 7, ENTRY(99));
	for (cpu = 0; cpu < 3; cpu++)
		world_switch(w, cpu, 0);
	world_write(w, 3, 0, 7, 0);
	found = pgdm_offender_find(&b.flushed, w->primary[0], table);
	world_destroy(w);
	return found;
}

static bool oracle_blames_who_has_not_synced(void)
{
	CHECK_EQUAL(blamed(STAYS, LEAVES, LEAVES), 0);
	CHECK_EQUAL(blamed(LEAVES, STAYS, LEAVES), 1);
	CHECK_EQUAL(blamed(COMES_BACK, LEAVES, STAYS), 2);
	CHECK_EQUAL(blamed(COMES_BACK, LINGERS, LEAVES), 1);
	return true;
}

/* What one CPU was suspected of is no proof against another. */
static bool oracle_blames_nobody_who_leaves(void)
{
	CHECK_EQUAL(blamed(COMES_BACK, COMES_BACK, COMES_BACK), -1);
	CHECK_EQUAL(blamed(LEAVES, LEAVES, LEAVES), -1);
	CHECK_EQUAL(blamed(COMES_BACK, LEAVES, LEAVES), -1);
	CHECK_EQUAL(blamed(COMES_BACK, COMES_BACK, LEAVES), -1);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(kernel_write_reaches_all_mirrors_of_the_mm),
	UNIT_TEST(kernel_write_through_the_user_table),
	UNIT_TEST(kernel_write_under_every_policy),
	UNIT_TEST(cpus_that_never_came_up_are_skipped),
	UNIT_TEST(forget_takes_every_mirror_of_the_mm),
	UNIT_TEST(dead_primary_gets_no_mirror),
	UNIT_TEST(oracle_scans_loaded_mirrors_only),
	UNIT_TEST(oracle_after_flush_and_fault),
	UNIT_TEST(oracle_exempts_the_ldt),
	UNIT_TEST(oracle_blames_who_has_not_synced),
	UNIT_TEST(oracle_blames_nobody_who_leaves),
};

UNIT_SUITE(engine);
