// SPDX-License-Identifier: GPL-2.0
/*
 * Marks, of primaries (M1) and of mirrors (M2), and the syncs that copy by them.
 *
 * CPU 0 owns the mirrors, CPU 1 writes.
 */
#include "unit.h"
#include "world.h"

static struct world *w;
static struct pgdm_primary *p;

static void start(unsigned int pages)
{
	w = world_create(2, 2, 3, pages);
	p = w->primary[0];
}

/* A CPU writes that has no mirror loaded. */
static void write_1(unsigned int which, unsigned int index, u64 value)
{
	world_write(w, 1, which, index, value);
}

static unsigned int count_marks(const unsigned long *marks)
{
	unsigned int i, n = 0;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		n += pgdm_marks_have(marks, i);
	return n;
}

/* What the last sync of CPU 0 did. */
static bool is_sparse(unsigned int words)
{
	const struct pgdm_copied *done = &w->sync[0].copied;

	CHECK_EQUAL(done->kind, PGDM_DIRTY);
	CHECK(done->sparse);
	CHECK_EQUAL(done->words, words);
	return true;
}

static bool is_full(void)
{
	const struct pgdm_copied *done = &w->sync[0].copied;

	CHECK_EQUAL(done->kind, PGDM_FULL);
	CHECK(!done->sparse);
	CHECK_EQUAL(done->words, w->pages * PGDM_ENTRIES);
	return true;
}

static bool is_right(const struct pgdm_mirror *m, unsigned int which)
{
	struct pgdm_audit found;

	CHECK_EQUAL(world_differences(m, w->primary[which]), 0);
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	return true;
}

/* The mirrors of CPU 0 have had both other primaries: their kernel halves are right. */
static void use_mirrors(void)
{
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
}

/* Own entries are compared at each first copy. */
#define OWN_WORDS	(w->pages)

/* --- marks of primaries (M1) ------------------------------------------------ */

static bool writers_keep_the_marks(void)
{
	start(2);
	CHECK_EQUAL(count_marks(p->marks), 0);
	write_1(0, 3, ENTRY(3));
	write_1(0, 63, ENTRY(3));
	write_1(0, 64, ENTRY(3));
	write_1(0, 255, ENTRY(3));
	CHECK(pgdm_marks_have(p->marks, 3));
	CHECK(pgdm_marks_have(p->marks, 63));
	CHECK(pgdm_marks_have(p->marks, 64));
	CHECK(pgdm_marks_have(p->marks, 255));
	CHECK_EQUAL(count_marks(p->marks), 4);
	/* Another value is no news. */
	write_1(0, 64, ENTRY(4));
	CHECK_EQUAL(count_marks(p->marks), 4);
	write_1(0, 64, 0);
	write_1(0, 3, 0);
	CHECK(!pgdm_marks_have(p->marks, 64));
	CHECK(!pgdm_marks_have(p->marks, 3));
	CHECK_EQUAL(count_marks(p->marks), 2);
	/* What is not present is not nothing. */
	write_1(0, 5, 1ULL << 20);
	CHECK(pgdm_marks_have(p->marks, 5));
	/* The kernel half has none. */
	write_1(0, 300, ENTRY(3));
	CHECK_EQUAL(count_marks(p->marks), 3);
	world_destroy(w);
	return true;
}

/* M1 is the writer's under every policy: a change of policy finds the marks right. */
static bool writers_keep_them_under_every_policy(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		start(1);
		pgdm_policy_in_force = pgdm_policies[i];
		write_1(0, 3, ENTRY(3));
		write_1(0, 4, ENTRY(3));
		write_1(0, 3, 0);
		CHECK_EQUAL(count_marks(p->marks), 1);
		CHECK(pgdm_marks_have(p->marks, 4));
		CHECK(pgdm_primary_is_marked(p));
		world_destroy(w);
	}
	return true;
}

/* The mark goes when both words of a pair are zero, and not before. */
static bool one_word_of_a_pair_keeps_the_mark(void)
{
	start(2);
	write_1(0, 3, ENTRY(3));
	p->page[PGDM_KERNEL_PAGE][3] = 0;
	world_write_user_page(w, 1, 0, 3, ENTRY(4));
	CHECK(pgdm_marks_have(p->marks, 3));
	p->page[PGDM_KERNEL_PAGE][3] = ENTRY(3);
	world_write_user_page(w, 1, 0, 3, 0);
	CHECK(pgdm_marks_have(p->marks, 3));
	write_1(0, 3, 0);
	CHECK(!pgdm_marks_have(p->marks, 3));
	world_destroy(w);
	return true;
}

/* ... and it is copied: neither word stays behind. */
static bool one_word_of_a_pair_is_copied(void)
{
	struct pgdm_mirror *m;

	start(2);
	write_1(0, 3, ENTRY(3));
	write_1(0, 4, ENTRY(4));
	world_write_user_page(w, 1, 0, 3, 0);
	p->page[PGDM_KERNEL_PAGE][4] = 0;
	m = world_switch(w, 0, 0);
	CHECK(is_sparse(2 * (2 + KERNEL_ENTRIES)));
	CHECK_EQUAL(m->page[PGDM_KERNEL_PAGE][3], ENTRY(3) | PGDM_ENTRY_NX);
	CHECK_EQUAL(m->page[PGDM_USER_PAGE][3], 0);
	CHECK_EQUAL(m->page[PGDM_KERNEL_PAGE][4], 0);
	CHECK_EQUAL(m->page[PGDM_USER_PAGE][4], ENTRY(4));
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

/* An mm that existed before: every word is looked at once, on both pages. */
static bool look_through_finds_all(void)
{
	unsigned int i;

	start(2);
	for (i = 0; i < PGDM_USER_ENTRIES; i += 3)
		p->page[i & 1][i] = ENTRY(i + 1);
	p->page[0][300] = ENTRY(1);
	pgdm_primary_init(p, 9, p->page[0], p->page[1], w->sharers[0], 2);
	CHECK(!pgdm_primary_is_marked(p));
	CHECK_EQUAL(count_marks(p->marks), 0);
	pgdm_primary_look_through(p);
	CHECK(pgdm_primary_is_marked(p));
	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		CHECK_EQUAL(pgdm_marks_have(p->marks, i), i % 3 == 0);
	CHECK(is_right(world_switch(w, 0, 0), 0));
	CHECK(is_sparse(2 * (86 + KERNEL_ENTRIES)));
	world_destroy(w);
	return true;
}

/* Before that its first copy is a full one, which looks through, too. */
static bool not_looked_through_is_copied_in_full(void)
{
	struct pgdm_mirror *m;

	start(1);
	p->page[0][7] = ENTRY(1);
	pgdm_primary_init(p, 9, p->page[0], p->page[1], w->sharers[0], 2);
	m = world_switch(w, 0, 0);
	CHECK(is_full());
	CHECK(pgdm_primary_is_marked(p));
	CHECK(pgdm_marks_have(p->marks, 7));
	CHECK(pgdm_marks_have(m->marks, 7));
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

static bool newborn_needs_no_look(void)
{
	start(1);
	w->epoch = 5;
	pgdm_primary_init(p, 9, p->page[0], p->page[1], w->sharers[0], 2);
	pgdm_primary_empty(p);
	CHECK(pgdm_primary_is_marked(p));
	CHECK_EQUAL(count_marks(p->marks), 0);
	/* H1: of this one the hook may have been missed. */
	w->epoch++;
	CHECK(!pgdm_primary_is_marked(p));
	world_destroy(w);
	return true;
}

/*
 * H1: a miss is counted before the kernel stores. What was looked through before
 * all of that is stored does not count.
 */
static bool marks_do_not_count_until_missed_writes_are_stored(void)
{
	start(1);
	w->epoch++;
	pgdm_primary_look_through(p);
	CHECK(!pgdm_primary_is_marked(p));
	p->page[0][8] = ENTRY(8);
	pgdm_epoch.complete = w->epoch;
	CHECK(!pgdm_primary_is_marked(p));
	pgdm_primary_look_through(p);
	CHECK(pgdm_primary_is_marked(p));
	CHECK(pgdm_marks_have(p->marks, 8));
	/* A change of policy is no miss: writers keep marks under all of them. */
	w->epoch += PGDM_EPOCH_CHANGE;
	CHECK(pgdm_primary_is_marked(p));
	world_destroy(w);
	return true;
}

/* The first copy of any mirror after a miss is full, and rebuilds the marks. */
static bool misses_lead_to_full_copies_that_mark_again(void)
{
	struct pgdm_mirror *m;

	start(1);
	use_mirrors();
	w->epoch++;
	p->page[0][8] = ENTRY(8);
	m = world_switch(w, 0, 0);
	CHECK(is_full());
	CHECK(!pgdm_primary_is_marked(p));
	pgdm_epoch.complete = w->epoch;
	world_flush(w, 0);
	CHECK(is_full());
	CHECK(w->sync[0].copied.missed);
	CHECK(pgdm_primary_is_marked(p));
	CHECK(pgdm_marks_have(p->marks, 8));
	CHECK(is_right(m, 0));
	/* The mirror is right; the next primary's marks are not, until then. */
	world_switch(w, 0, 2);
	CHECK(is_full());
	world_switch(w, 0, 1);
	CHECK(is_full());
	world_switch(w, 0, 0);
	CHECK(is_sparse(1 + KERNEL_ENTRIES));
	CHECK(is_right(w->cache[0]->loaded, 0));
	world_destroy(w);
	return true;
}

/* The missed removal leaves a mark, which costs a word and does no harm. */
static bool a_missed_removal_leaves_a_mark(void)
{
	start(1);
	write_1(0, 3, ENTRY(3));
	w->epoch++;
	p->page[0][3] = 0;
	pgdm_epoch.complete = w->epoch;
	world_switch(w, 0, 0);
	CHECK(is_full());
	CHECK(pgdm_marks_have(p->marks, 3));
	CHECK(is_right(w->cache[0]->loaded, 0));
	write_1(0, 3, 0);
	CHECK(!pgdm_marks_have(p->marks, 3));
	world_destroy(w);
	return true;
}

/* --- marks of mirrors (M2) -------------------------------------------------- */

/* The words of a first copy, exactly: the union, and what of the kernel half must. */
static bool first_copies_cost_the_union(void)
{
	struct pgdm_mirror *m;

	start(2);
	use_mirrors();
	write_1(0, 3, ENTRY(3));
	write_1(0, 4, ENTRY(4));
	write_1(1, 4, ENTRY(5));
	write_1(1, 9, ENTRY(5));
	/* Mirror 0 was primary 1's, and empty. */
	m = world_switch(w, 0, 0);
	CHECK(is_sparse(2 * 2 + OWN_WORDS));
	CHECK(is_right(m, 0));
	/* The other mirror was primary 2's, and empty. */
	CHECK(is_right(world_switch(w, 0, 1), 1));
	CHECK(is_sparse(2 * 2 + OWN_WORDS));
	/* The one that had entries 3 and 4 gets none: both are cleared. */
	CHECK(world_switch(w, 0, 2) == m);
	CHECK(is_sparse(2 * 2 + OWN_WORDS));
	CHECK(is_right(m, 2));
	/* The one that had 4 and 9 gets 3 and 4. */
	m = world_switch(w, 0, 0);
	CHECK(is_sparse(2 * 3 + OWN_WORDS));
	CHECK(is_right(m, 0));
	CHECK_EQUAL(m->page[0][9], 0);
	CHECK_EQUAL(m->page[1][9], 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_sparse), 6);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_first),
		    world_stat(w, 0, PGDM_STAT_entries_copied));
	world_destroy(w);
	return true;
}

/* Neither has an entry: nothing is copied but own entries; or nothing at all. */
static bool empty_costs_own_entries_only(void)
{
	start(2);
	use_mirrors();
	world_switch(w, 0, 0);
	CHECK(is_sparse(OWN_WORDS));
	pgdm_common.nr_own = 0;
	world_switch(w, 0, 1);
	CHECK(is_sparse(0));
	CHECK(is_right(w->cache[0]->loaded, 1));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 0);
	world_destroy(w);
	return true;
}

/* M2: what is gone is not copied for ever, but once. */
static bool taken_mirrors_are_trimmed(void)
{
	struct pgdm_mirror *m;
	unsigned int i;

	start(1);
	use_mirrors();
	for (i = 0; i < 100; i++)
		write_1(0, i, ENTRY(i + 1));
	m = world_switch(w, 0, 0);
	CHECK_EQUAL(count_marks(m->marks), 100);
	for (i = 0; i < 100; i++)
		write_1(0, i, 0);
	write_1(0, 200, ENTRY(1));
	world_flush(w, 0);
	CHECK(is_sparse(101));
	CHECK_EQUAL(count_marks(m->marks), 1);
	world_switch(w, 0, 2);
	CHECK(world_switch(w, 0, 1) == m);
	/* Only what the mirror really had. */
	CHECK(is_sparse(1 + OWN_WORDS));
	CHECK_EQUAL(count_marks(m->marks), 0);
	CHECK(is_right(m, 1));
	world_switch(w, 0, 2);
	CHECK(world_switch(w, 0, 0) == m);
	CHECK_EQUAL(count_marks(m->marks), 1);
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

/* The same where writers store into mirrors: not before the mirror is taken. */
static bool contended_mirrors_are_trimmed(void)
{
	struct pgdm_mirror *m;
	unsigned int i;

	start(1);
	pgdm_policy_in_force = &pgdm_policy_eager;
	use_mirrors();
	m = world_switch(w, 0, 0);
	for (i = 0; i < 100; i++)
		write_1(0, i, ENTRY(i + 1));
	for (i = 0; i < 100; i++)
		write_1(0, i, 0);
	write_1(0, 200, ENTRY(1));
	world_flush(w, 0);
	CHECK_EQUAL(count_marks(m->marks), 101);
	world_switch(w, 0, 2);
	CHECK(world_switch(w, 0, 1) == m);
	CHECK(is_sparse(1 + OWN_WORDS));
	CHECK_EQUAL(count_marks(m->marks), 1);
	CHECK(is_right(m, 1));
	world_destroy(w);
	return true;
}

/* Records, too, take the mark of an entry away that is gone. */
static bool records_keep_the_marks_exact(void)
{
	struct pgdm_mirror *m;

	start(2);
	m = world_switch(w, 0, 0);
	write_1(0, 3, ENTRY(3));
	write_1(0, 4, ENTRY(4));
	world_flush(w, 0);
	CHECK_EQUAL(count_marks(m->marks), 2);
	write_1(0, 3, 0);
	world_flush(w, 0);
	CHECK_EQUAL(count_marks(m->marks), 1);
	/* One page of the pair still has it. */
	world_write_user_page(w, 1, 0, 3, ENTRY(5));
	world_flush(w, 0);
	CHECK(pgdm_marks_have(m->marks, 3));
	/* It came and went: nothing is stored, and nothing is marked. */
	write_1(0, 9, ENTRY(9));
	write_1(0, 9, 0);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.words, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	CHECK_EQUAL(m->seen, pgdm_primary_seq(p));
	CHECK_EQUAL(count_marks(m->marks), 2);
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

/* An entry in one page alone is enough to keep the mark. */
static bool trimming_looks_at_both_pages(void)
{
	struct pgdm_primary next = {};
	struct pgdm_mirror *m;

	start(2);
	m = world_switch(w, 0, 0);
	m->page[0][3] = ENTRY(1);
	m->page[1][64] = ENTRY(1);
	pgdm_marks_set(m->marks, 3);
	pgdm_marks_set(m->marks, 5);
	pgdm_marks_set(m->marks, 64);
	pgdm_marks_set(m->marks, 255);
	pgdm_mirror_trim(m, &next);
	CHECK(pgdm_marks_have(m->marks, 3));
	CHECK(pgdm_marks_have(m->marks, 64));
	CHECK_EQUAL(count_marks(m->marks), 2);
	world_destroy(w);
	return true;
}

/* In each word of marks: what the next primary has marked needs no look. */
static bool trimming_leaves_the_marks_of_the_next(void)
{
	struct pgdm_primary next = {};
	struct pgdm_mirror *m;
	unsigned int word;

	start(1);
	m = world_switch(w, 0, 0);
	for (word = 0; word < PGDM_MARK_WORDS; word++) {
		pgdm_marks_set(m->marks, word * BITS_PER_LONG + 7);
		pgdm_marks_set(next.marks, word * BITS_PER_LONG + 7);
	}
	pgdm_mirror_trim(m, &next);
	CHECK_EQUAL(count_marks(m->marks), PGDM_MARK_WORDS);
	for (word = 0; word < PGDM_MARK_WORDS; word++) {
		pgdm_marks_clear(next.marks, word * BITS_PER_LONG + 7);
		pgdm_mirror_trim(m, &next);
		CHECK_EQUAL(count_marks(m->marks), PGDM_MARK_WORDS - 1 - word);
	}
	world_destroy(w);
	return true;
}

/* A mirror into which a writer stores is not trimmed: it is not taken. */
static bool busy_mirrors_keep_their_marks(void)
{
	struct pgdm_mirror *m;

	start(1);
	use_mirrors();
	m = &w->cache[0]->mirror[0];
	pgdm_marks_set(m->marks, 77);
	m->writers.counter = 1;
	CHECK(!world_switch(w, 0, 0));
	CHECK(pgdm_marks_have(m->marks, 77));
	m->writers.counter = 0;
	world_switch(w, 0, 0);
	CHECK(is_right(world_switch(w, 0, 0), 0));
	world_destroy(w);
	return true;
}

/* Every other way in which a word comes into a mirror marks it. */
static bool whoever_stores_marks(void)
{
	struct pgdm_copied done = { 0 };
	struct pgdm_mirror *m;

	start(2);
	m = world_switch(w, 0, 0);
	write_1(0, 1, ENTRY(1));
	world_flush(w, 0);
	CHECK(pgdm_marks_have(m->marks, 1));
	write_1(0, 2, ENTRY(1));
	world_fault(w, 0, 2);
	CHECK(pgdm_marks_have(m->marks, 2));
	p->page[1][3] = ENTRY(1);
	pgdm_sync_entry(m, p, 3, &done);
	CHECK(pgdm_marks_have(m->marks, 3));
	world_write(w, 0, 0, 4, ENTRY(1));
	CHECK(pgdm_marks_have(m->marks, 4));
	pgdm_policy_in_force = &pgdm_policy_eager;
	write_1(0, 5, ENTRY(1));
	CHECK(pgdm_marks_have(m->marks, 5));
	CHECK_EQUAL(count_marks(m->marks), 5);
	/* Nothing is no word: there is no mark for a removal. */
	write_1(0, 6, 0);
	CHECK_EQUAL(count_marks(m->marks), 5);
	p->page[0][9] = ENTRY(1);
	pgdm_sync_full(m, p, &done);
	CHECK(pgdm_marks_have(m->marks, 9));
	world_destroy(w);
	return true;
}

/* The kernel half of a mirror that keeps its primary is written through. */
static bool behind_copies_no_kernel_half(void)
{
	struct pgdm_mirror *m;
	unsigned int i;

	start(2);
	m = world_switch(w, 0, 0);
	write_1(0, 300, ENTRY(1));
	for (i = 0; i <= PGDM_RING; i++)
		write_1(0, i % 5, ENTRY(i));
	world_flush(w, 0);
	CHECK(is_sparse(2 * 5));
	CHECK(is_right(m, 0));
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_sparse), 2);
	/* An entry that was removed meanwhile is in the mirror's marks. */
	for (i = 0; i <= PGDM_RING; i++)
		write_1(0, 4, i < PGDM_RING ? ENTRY(i) : 0);
	world_flush(w, 0);
	CHECK(is_sparse(2 * 5));
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

/* N1: what a poisoned mirror had before is not relied on. */
static bool poison_leads_to_a_full_first_copy(void)
{
	struct pgdm_mirror *m;

	start(1);
	use_mirrors();
	m = &w->cache[0]->mirror[0];
	m->epoch = PGDM_EPOCH_POISON;
	m->page[0][9] = ENTRY(1);
	CHECK(world_switch(w, 0, 0) == m);
	CHECK(is_full());
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

/* --- policies --------------------------------------------------------------- */

static bool baselines_copy_first_in_full(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		const struct pgdm_policy *policy = pgdm_policies[i];

		start(2);
		use_mirrors();
		CHECK_EQUAL(policy->sparse,
			    policy == &pgdm_policy_dirty || policy->stores);
		pgdm_policy_change(policy);
		world_switch(w, 0, 0);
		/* The mirror has not been copied since the change. */
		CHECK(is_full());
		world_switch(w, 0, 1);
		world_switch(w, 0, 2);
		world_flush(w, 0);
		CHECK_EQUAL(w->sync[0].policy, i);
		world_switch(w, 0, 0);
		CHECK(policy->sparse ? is_sparse(OWN_WORDS) : is_full());
		CHECK(world_stat(w, 0, PGDM_STAT_entries_first) <=
		      world_stat(w, 0, PGDM_STAT_entries_copied));
		world_destroy(w);
	}
	return true;
}

/*
 * Under a baseline the marks of mirrors are not kept: they are garbage when dirty
 * comes back. A full copy of each mirror comes first, and makes them right.
 */
static bool change_to_dirty_rebuilds_the_marks(void)
{
	struct pgdm_mirror *m;

	start(2);
	use_mirrors();
	pgdm_policy_change(&pgdm_policy_always);
	write_1(0, 3, ENTRY(3));
	write_1(0, 130, ENTRY(3));
	m = world_switch(w, 0, 0);
	CHECK(is_right(m, 0));
	CHECK_EQUAL(count_marks(m->marks), 0);
	/* One mark is lacking, another one is too much. */
	pgdm_marks_set(m->marks, 3);
	pgdm_marks_set(m->marks, 77);
	pgdm_policy_change(&pgdm_policy_dirty);
	world_flush(w, 0);
	CHECK(is_full());
	CHECK(pgdm_marks_have(m->marks, 3));
	CHECK(pgdm_marks_have(m->marks, 130));
	CHECK(is_right(m, 0));
	/* The next primary gets neither. */
	world_switch(w, 0, 2);
	CHECK(world_switch(w, 0, 1) == m);
	CHECK(is_sparse(2 * 2 + OWN_WORDS));
	CHECK_EQUAL(count_marks(m->marks), 0);
	CHECK(is_right(m, 1));
	world_destroy(w);
	return true;
}

/* The same, if the mirror is taken before it has been copied under dirty. */
static bool change_to_dirty_and_a_claim(void)
{
	struct pgdm_mirror *m;

	start(2);
	use_mirrors();
	pgdm_policy_change(&pgdm_policy_flag);
	write_1(0, 3, ENTRY(3));
	m = world_switch(w, 0, 0);
	world_switch(w, 0, -1);
	pgdm_policy_change(&pgdm_policy_dirty);
	world_switch(w, 0, 2);
	CHECK(world_switch(w, 0, 1) == m);
	CHECK(is_full());
	CHECK(is_right(m, 1));
	world_destroy(w);
	return true;
}

/* Flush-only's guard takes records, or everything; a mark it sets does no harm. */
static bool guard_copies_in_full_where_marks_are_not_kept(void)
{
	struct pgdm_mirror *m;
	unsigned int i;

	start(2);
	pgdm_policy_change(&pgdm_policy_flush_only);
	m = world_switch(w, 0, 0);
	for (i = 0; i <= PGDM_RING; i++)
		write_1(0, i, ENTRY(i + 1));
	for (i = 0; i < PGDM_GUARD_FAULTS; i++) {
		world_fault(w, 0, 3);
		CHECK(pgdm_mirror_lacks(m, p, 3));
		CHECK_EQUAL(pgdm_cache_guard(w->cache[0], 3, 0x1000),
			    i == PGDM_GUARD_FAULTS - 1);
	}
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 2);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_sparse), 0);
	CHECK_EQUAL(world_differences(m, p), 0);
	/* One record: then the guard copies one entry. */
	write_1(0, 200, ENTRY(1));
	for (i = 0; i < PGDM_GUARD_FAULTS; i++) {
		world_fault(w, 0, 200);
		pgdm_cache_guard(w->cache[0], 200, 0x1000);
	}
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 2);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_livelocks_broken), 2);
	CHECK_EQUAL(world_differences(m, p), 0);
	pgdm_policy_change(&pgdm_policy_dirty);
	world_flush(w, 0);
	CHECK(is_full());
	CHECK(is_right(m, 0));
	world_destroy(w);
	return true;
}

/* --- the audit -------------------------------------------------------------- */

static bool audit_finds_what_is_not_marked(void)
{
	struct pgdm_audit found;
	struct pgdm_mirror *m;

	start(2);
	m = world_switch(w, 0, 0);
	write_1(0, 3, ENTRY(3));
	world_flush(w, 0);
	pgdm_marks_clear(m->marks, 3);
	CHECK_EQUAL(pgdm_audit_mirror(m, p, m->seen, &found),
		    PGDM_AUDIT_VIOLATION);
	CHECK(found.unmarked);
	CHECK_EQUAL(found.violations, 2);
	CHECK_EQUAL(found.index, 3);
	pgdm_marks_set(m->marks, 3);
	CHECK_EQUAL(pgdm_audit_mirror(m, p, m->seen, &found), PGDM_AUDIT_OK);
	pgdm_marks_clear(p->marks, 3);
	CHECK_EQUAL(pgdm_audit_mirror(m, p, m->seen, &found),
		    PGDM_AUDIT_VIOLATION);
	CHECK(found.unmarked);
	/* While a write is under way there is no answer. */
	p->inflight.counter = 1;
	CHECK_EQUAL(pgdm_audit_mirror(m, p, m->seen, &found), PGDM_AUDIT_BUSY);
	p->inflight.counter = 0;
	/* H1: the hook was missed. */
	w->epoch++;
	CHECK_EQUAL(pgdm_audit_mirror(m, p, m->seen, &found), PGDM_AUDIT_OK);
	world_destroy(w);
	return true;
}

/* Where marks of mirrors are not kept, none is lacking. */
static bool audit_asks_for_marks_where_they_are_kept(void)
{
	struct pgdm_audit found;
	struct pgdm_mirror *m;
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		start(1);
		m = world_switch(w, 0, 0);
		write_1(0, 3, ENTRY(3));
		pgdm_policy_change(pgdm_policies[i]);
		/* Before it is copied under this policy. */
		memset(m->marks, 0, sizeof(m->marks));
		CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
		world_flush(w, 0);
		CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
		memset(m->marks, 0, sizeof(m->marks));
		CHECK_EQUAL(world_audit(w, 0, &found),
			    pgdm_policies[i]->sparse ? PGDM_AUDIT_VIOLATION :
						       PGDM_AUDIT_OK);
		world_destroy(w);
	}
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(writers_keep_the_marks),
	UNIT_TEST(writers_keep_them_under_every_policy),
	UNIT_TEST(one_word_of_a_pair_keeps_the_mark),
	UNIT_TEST(one_word_of_a_pair_is_copied),
	UNIT_TEST(look_through_finds_all),
	UNIT_TEST(not_looked_through_is_copied_in_full),
	UNIT_TEST(newborn_needs_no_look),
	UNIT_TEST(marks_do_not_count_until_missed_writes_are_stored),
	UNIT_TEST(misses_lead_to_full_copies_that_mark_again),
	UNIT_TEST(a_missed_removal_leaves_a_mark),
	UNIT_TEST(first_copies_cost_the_union),
	UNIT_TEST(empty_costs_own_entries_only),
	UNIT_TEST(taken_mirrors_are_trimmed),
	UNIT_TEST(contended_mirrors_are_trimmed),
	UNIT_TEST(records_keep_the_marks_exact),
	UNIT_TEST(trimming_looks_at_both_pages),
	UNIT_TEST(trimming_leaves_the_marks_of_the_next),
	UNIT_TEST(busy_mirrors_keep_their_marks),
	UNIT_TEST(whoever_stores_marks),
	UNIT_TEST(behind_copies_no_kernel_half),
	UNIT_TEST(poison_leads_to_a_full_first_copy),
	UNIT_TEST(baselines_copy_first_in_full),
	UNIT_TEST(change_to_dirty_rebuilds_the_marks),
	UNIT_TEST(change_to_dirty_and_a_claim),
	UNIT_TEST(guard_copies_in_full_where_marks_are_not_kept),
	UNIT_TEST(audit_finds_what_is_not_marked),
	UNIT_TEST(audit_asks_for_marks_where_they_are_kept),
};

UNIT_SUITE(marks);
