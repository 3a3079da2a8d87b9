// SPDX-License-Identifier: GPL-2.0
/*
 * One mirror: what each kind of sync copies.
 *
 * A picture of the ring for those that fall behind, R = PGDM_RING = 64:
 *
 *	seen               seq
 *	  |<---- R ------->|		every record is there: by the records
 *	 |<---- R + 1 ---->|		the first is overwritten: by the marks
 *
 * CPU 0 owns the mirror, CPU 1 writes: CPU 0's own writes would leave nothing behind
 * (test_own.c).
 */
#include "unit.h"
#include "world.h"

static struct world *w;
static struct pgdm_primary *p;
static struct pgdm_mirror *m;

/* A mirror of primary 0 that is up to date, and loaded. */
static void start(unsigned int pages)
{
	w = world_create(2, 2, 1, pages);
	p = w->primary[0];
	m = world_switch(w, 0, 0);
}

static bool is_copied(const struct pgdm_copied *done, enum pgdm_kind kind,
		      unsigned int words)
{
	return unit_check_equal(done->kind, kind, "kind", __FILE__, __LINE__) &&
	       unit_check_equal(done->words, words, "words", __FILE__, __LINE__);
}

static bool full_copies_both_halves_and_pages(void)
{
	struct pgdm_copied done = { 0 };
	unsigned int i;

	start(2);
	for (i = 0; i < PGDM_ENTRIES; i++) {
		p->page[0][i] = ENTRY(i + 1);
		p->page[1][i] = ENTRY(i + 1000);
	}
	p->seq.counter = 17;
	pgdm_sync_full(m, p, &done);
	CHECK(is_copied(&done, PGDM_FULL, 2 * PGDM_ENTRIES));
	CHECK_EQUAL(world_differences(m, p), 0);
	CHECK_EQUAL(m->seen, 17);
	world_destroy(w);
	return true;
}

static bool clean_copies_nothing(void)
{
	struct pgdm_copied done = { 0 };

	start(1);
	/* Not published: a clean sync must not even look. */
	p->page[0][9] = ENTRY(1);
	pgdm_sync_dirty(m, p, &done);
	CHECK(is_copied(&done, PGDM_CLEAN, 0));
	CHECK_EQUAL(m->page[0][9], 0);
	world_destroy(w);
	return true;
}

static bool dirty_copies_what_is_recorded(void)
{
	struct pgdm_copied done = { 0 };

	start(2);
	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 0, 200, ENTRY(2));
	world_write(w, 1, 0, 1, 0);
	p->page[0][9] = ENTRY(1);
	pgdm_sync_dirty(m, p, &done);
	/* Entry 1 has come and gone. */
	CHECK(is_copied(&done, PGDM_DIRTY, 2));
	CHECK_EQUAL(m->page[0][1], 0);
	CHECK_EQUAL(m->page[0][200], ENTRY(2) | PGDM_ENTRY_NX);
	CHECK_EQUAL(m->page[1][200], ENTRY(2));
	CHECK_EQUAL(m->page[0][9], 0);
	CHECK_EQUAL(m->seen, 3);
	world_destroy(w);
	return true;
}

static bool behind_by(unsigned int n, bool sparse, unsigned int words)
{
	struct pgdm_copied done = { 0 };
	unsigned int i;

	start(1);
	for (i = 1; i <= n; i++)
		world_write(w, 1, 0, i % 256, ENTRY(i));
	pgdm_sync_dirty(m, p, &done);
	CHECK(is_copied(&done, PGDM_DIRTY, words));
	CHECK_EQUAL(done.sparse, sparse);
	CHECK_EQUAL(world_differences(m, p), 0);
	CHECK_EQUAL(m->seen, n);

	done = (struct pgdm_copied){ 0 };
	pgdm_sync_dirty(m, p, &done);
	CHECK(is_copied(&done, PGDM_CLEAN, 0));
	world_destroy(w);
	return true;
}

static bool behind_by_one_is_dirty(void)
{
	return behind_by(1, false, 1);
}

static bool behind_by_the_ring_is_dirty(void)
{
	return behind_by(PGDM_RING, false, PGDM_RING);
}

static bool behind_by_one_more_is_sparse(void)
{
	return behind_by(PGDM_RING + 1, true, PGDM_RING + 1);
}

static bool behind_by_many_is_sparse(void)
{
	return behind_by(3 * PGDM_USER_ENTRIES, true, PGDM_USER_ENTRIES);
}

/* The same distances, with the ring's wrap in the middle of them. */
static bool behind_across_the_wrap(void)
{
	unsigned int before, n, i;

	for (before = 0; before < 2 * PGDM_RING; before += 7) {
		for (n = PGDM_RING - 1; n <= PGDM_RING + 1; n++) {
			struct pgdm_copied done = { 0 };

			start(1);
			for (i = 0; i < before; i++)
				world_write(w, 1, 0, i % 256, ENTRY(i));
			world_flush(w, 0);
			for (i = 0; i < n; i++)
				world_write(w, 1, 0, 255 - i, ENTRY(i + 7));
			pgdm_sync_dirty(m, p, &done);
			CHECK_EQUAL(done.kind, PGDM_DIRTY);
			CHECK_EQUAL(done.sparse, n > PGDM_RING);
			CHECK_EQUAL(world_differences(m, p), 0);
			world_destroy(w);
		}
	}
	return true;
}

/* A writer has taken sequence 2, and sleeps before it writes its record. */
static bool record_not_written_yet_is_sparse(void)
{
	struct pgdm_copied done = { 0 };

	start(1);
	world_write(w, 1, 0, 1, ENTRY(1));
	p->page[0][2] = ENTRY(2);
	world_mark(p, 2);
	p->seq.counter = 2;
	pgdm_sync_dirty(m, p, &done);
	/* The first by its record, then both by their marks. */
	CHECK(is_copied(&done, PGDM_DIRTY, 1 + 2));
	CHECK(done.sparse);
	CHECK_EQUAL(world_differences(m, p), 0);
	CHECK_EQUAL(m->seen, 2);
	world_destroy(w);
	return true;
}

/* A writer that slept for a whole round overwrites a younger record. */
static bool late_record_is_sparse(void)
{
	struct pgdm_copied done = { 0 };
	unsigned int i;

	start(1);
	for (i = 1; i <= PGDM_RING + 2; i++) {
		if (i == PGDM_RING)
			world_flush(w, 0);
		world_write(w, 1, 0, i, ENTRY(i));
	}
	p->ring[2] = pgdm_record(2, 2);
	pgdm_sync_dirty(m, p, &done);
	/* Two by their records, the third cannot be read. */
	CHECK(is_copied(&done, PGDM_DIRTY, 2 + PGDM_RING + 2));
	CHECK(done.sparse);
	CHECK_EQUAL(world_differences(m, p), 0);
	world_destroy(w);
	return true;
}

/* L4: a full copy does not fight the walker over kernel-half Accessed bits. */
/*
 * Entries are compared four at once; of those, only what differs is stored: the
 * Accessed bits of the other three stay.
 */
static bool full_finds_each_entry_of_the_kernel_half(void)
{
	struct pgdm_copied done = { 0 };
	unsigned int i, j;

	start(1);
	for (i = PGDM_USER_ENTRIES; i < PGDM_ENTRIES; i++) {
		for (j = PGDM_USER_ENTRIES; j < PGDM_ENTRIES; j++) {
			p->page[0][j] = ENTRY(j) & ~PGDM_ENTRY_ACCESSED;
			m->page[0][j] = ENTRY(j);
		}
		p->page[0][i] = ENTRY(1000 + i);
		pgdm_sync_full(m, p, &done);
		for (j = PGDM_USER_ENTRIES; j < PGDM_ENTRIES; j++)
			CHECK_EQUAL(m->page[0][j],
				    j == i ? ENTRY(1000 + i) : ENTRY(j));
	}
	world_destroy(w);
	return true;
}

static bool full_leaves_accessed_bits_of_the_kernel_half(void)
{
	struct pgdm_copied done = { 0 };

	start(1);
	world_write(w, 1, 0, 300, 0x5003);
	m->page[0][300] |= PGDM_ENTRY_ACCESSED;
	pgdm_sync_full(m, p, &done);
	CHECK_EQUAL(m->page[0][300], 0x5003 | PGDM_ENTRY_ACCESSED);
	world_destroy(w);
	return true;
}

static bool lacks_looks_at_both_pages(void)
{
	start(2);
	CHECK(!pgdm_mirror_lacks(m, p, 7));
	p->page[1][7] = ENTRY(1);
	CHECK(pgdm_mirror_lacks(m, p, 7));
	CHECK(!pgdm_mirror_lacks(m, p, 8));
	m->page[1][7] = ENTRY(1) ^ PGDM_ENTRY_ACCESSED;
	CHECK(!pgdm_mirror_lacks(m, p, 7));
	world_destroy(w);
	return true;
}

static bool sync_entry_takes_published_changes_along(void)
{
	struct pgdm_copied done = { 0 };

	start(1);
	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 0, 2, ENTRY(2));
	pgdm_sync_entry(m, p, 2, &done);
	CHECK(is_copied(&done, PGDM_DIRTY, 2));
	CHECK_EQUAL(world_differences(m, p), 0);
	world_destroy(w);
	return true;
}

/* S4: stored, and not published yet: the sequence has not moved. */
static bool sync_entry_copies_what_is_only_stored(void)
{
	struct pgdm_copied done = { 0 };

	start(2);
	p->page[0][3] = ENTRY(3);
	p->page[1][3] = ENTRY(3);
	pgdm_sync_entry(m, p, 3, &done);
	CHECK(is_copied(&done, PGDM_DIRTY, 2));
	CHECK_EQUAL(m->page[0][3], ENTRY(3));
	CHECK_EQUAL(m->page[1][3], ENTRY(3));
	CHECK_EQUAL(m->seen, 0);
	world_destroy(w);
	return true;
}

static bool sync_entry_with_nothing_to_do(void)
{
	struct pgdm_copied done = { 0 };

	start(1);
	pgdm_sync_entry(m, p, 3, &done);
	CHECK(is_copied(&done, PGDM_CLEAN, 0));
	world_destroy(w);
	return true;
}

/* The kernel half is exempt: free_ldt_pgtables() leaves its entry behind. */
static bool reaches_scans_the_user_half_of_both_pages(void)
{
	const u64 table = ENTRY(77) & PGDM_ENTRY_ADDR;

	start(2);
	CHECK(!pgdm_mirror_reaches(m, table));
	m->page[0][300] = ENTRY(77);
	m->page[1][272] = ENTRY(77);
	CHECK(!pgdm_mirror_reaches(m, table));
	m->page[1][255] = ENTRY(77);
	CHECK(pgdm_mirror_reaches(m, table));
	m->page[1][255] = 0;
	m->page[0][0] = ENTRY(77) & ~PGDM_ENTRY_PRESENT;
	CHECK(!pgdm_mirror_reaches(m, table));
	m->page[0][0] = ENTRY(77) | PGDM_ENTRY_NX;
	CHECK(pgdm_mirror_reaches(m, table));
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(full_copies_both_halves_and_pages),
	UNIT_TEST(clean_copies_nothing),
	UNIT_TEST(dirty_copies_what_is_recorded),
	UNIT_TEST(behind_by_one_is_dirty),
	UNIT_TEST(behind_by_the_ring_is_dirty),
	UNIT_TEST(behind_by_one_more_is_sparse),
	UNIT_TEST(behind_by_many_is_sparse),
	UNIT_TEST(behind_across_the_wrap),
	UNIT_TEST(record_not_written_yet_is_sparse),
	UNIT_TEST(late_record_is_sparse),
	UNIT_TEST(full_finds_each_entry_of_the_kernel_half),
	UNIT_TEST(full_leaves_accessed_bits_of_the_kernel_half),
	UNIT_TEST(lacks_looks_at_both_pages),
	UNIT_TEST(sync_entry_takes_published_changes_along),
	UNIT_TEST(sync_entry_copies_what_is_only_stored),
	UNIT_TEST(sync_entry_with_nothing_to_do),
	UNIT_TEST(reaches_scans_the_user_half_of_both_pages),
};

UNIT_SUITE(mirror);
