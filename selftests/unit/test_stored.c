// SPDX-License-Identifier: GPL-2.0
/*
 * W5: the kernel stores first, and a hook may never be told of an addition. What the
 * audit says of it, and what a mirror's copies mark.
 */
#include "policies.h"
#include "unit.h"
#include "world.h"

#define ENTRY_USED	7

static struct world *w;
static struct pgdm_primary *p;
static struct pgdm_mirror *m;
static struct pgdm_audit found;

static void start(const char *policy)
{
	w = world_create(2, 2, 1, 2);
	world_make_late(w);
	pgdm_policy_change(pgdm_policies_find(policy));
	p = w->primary[0];
	m = world_switch(w, 0, 0);
}

static enum pgdm_finding audit(void)
{
	return pgdm_audit_mirror(m, p, m->seen, &found);
}

static bool is_marked(void)
{
	return pgdm_marks_have(p->marks, ENTRY_USED);
}

static bool mirror_has(void)
{
	return pgdm_mirror_has(m, ENTRY_USED);
}

/* No hook is told. The CPU faults on the entry, and its mirror gets it. */
static void add_unseen(void)
{
	world_store(w, 0, ENTRY_USED, ENTRY(1));
	world_fault(w, 0, ENTRY_USED);
}

static bool unseen_is_marked_under(const char *policy)
{
	start(policy);
	world_store(w, 0, ENTRY_USED, ENTRY(1));
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK(!is_marked());
	world_fault(w, 0, ENTRY_USED);
	CHECK(mirror_has());
	CHECK(is_marked());
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_store(w, 0, ENTRY_USED, 0);
	world_tell_removed(w, 1, 0);
	CHECK(!is_marked());
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_flush(w, 0);
	CHECK(!mirror_has());
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_destroy(w);
	return true;
}

/* All of them, as each copies in its own way. */
static bool unseen_is_marked_by_the_fault(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++)
		if (i != PGDM_POLICY_flush_only)
			CHECK(unseen_is_marked_under(pgdm_policies[i]->name));
	return true;
}

/* Its record names an entry that came again, unseen. */
static bool unseen_is_marked_by_a_record(void)
{
	start("dirty");
	world_store(w, 0, ENTRY_USED, ENTRY(1));
	world_tell_added(w, 1, 0, ENTRY_USED);
	world_store(w, 0, ENTRY_USED, 0);
	world_tell_removed(w, 1, 0);
	world_store(w, 0, ENTRY_USED, ENTRY(2));
	CHECK(!is_marked());
	world_flush(w, 0);
	CHECK(mirror_has());
	CHECK(is_marked());
	world_destroy(w);
	return true;
}

/* A record is lost, so the mirror's own marks name it. */
static bool unseen_is_marked_by_a_sync_by_marks(void)
{
	unsigned int i;

	start("dirty");
	world_store(w, 0, ENTRY_USED, ENTRY(1));
	world_tell_added(w, 1, 0, ENTRY_USED);
	world_flush(w, 0);
	world_store(w, 0, ENTRY_USED, 0);
	world_tell_removed(w, 1, 0);
	for (i = 0; i <= PGDM_RING; i++)
		world_tell_added(w, 1, 0, 100);
	world_store(w, 0, ENTRY_USED, ENTRY(2));
	CHECK(!is_marked());
	world_flush(w, 0);
	CHECK(w->sync[0].copied.sparse);
	CHECK(mirror_has());
	CHECK(is_marked());
	world_destroy(w);
	return true;
}

/* The kernel has cleared the entry, and its hook comes later; or the mark is gone. */
static bool audit_waits_for_the_hook_of_a_removal(void)
{
	start("dirty");
	add_unseen();
	world_store(w, 0, ENTRY_USED, 0);
	CHECK_EQUAL(audit(), PGDM_AUDIT_BUSY);
	pgdm_marks_clear(p->marks, ENTRY_USED);
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK(!found.unmarked);
	CHECK_EQUAL(found.index, ENTRY_USED);
	world_destroy(w);
	return true;
}

/* The removal of the former was published before. */
static bool another_entry_in_its_place_is_a_violation(void)
{
	start("dirty");
	add_unseen();
	world_store(w, 0, ENTRY_USED, ENTRY(2));
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	world_destroy(w);
	start("dirty");
	add_unseen();
	world_store(w, 0, ENTRY_USED, 0);
	world_tell_removed(w, 1, 0);
	world_store(w, 0, ENTRY_USED, ENTRY(2));
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 1);
	world_destroy(w);
	return true;
}

static bool not_marked_is_a_violation(void)
{
	start("dirty");
	add_unseen();
	pgdm_marks_clear(p->marks, ENTRY_USED);
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK(found.unmarked);
	world_destroy(w);
	return true;
}

/*
 * Under eager a mirror's sequence stays behind for long, and what was published since
 * excuses nothing.
 */
static bool not_marked_is_a_violation_under_eager(void)
{
	unsigned int i;

	start("eager");
	add_unseen();
	for (i = 0; i <= PGDM_RING; i++) {
		world_store(w, 0, 100 + i, ENTRY(2));
		world_tell_added(w, 1, 0, 100 + i);
	}
	CHECK(pgdm_primary_seq(p) - m->seen > PGDM_RING);
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	pgdm_marks_clear(p->marks, ENTRY_USED);
	CHECK_EQUAL(audit(), PGDM_AUDIT_VIOLATION);
	CHECK(found.unmarked);
	world_destroy(w);
	return true;
}

/* Removed, and the same word stored again: the mirror is behind, and had marked the first. */
static bool the_same_word_again_is_none(void)
{
	start("dirty");
	add_unseen();
	world_store(w, 0, ENTRY_USED, 0);
	world_tell_removed(w, 1, 0);
	world_store(w, 0, ENTRY_USED, ENTRY(1));
	CHECK(!is_marked());
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_flush(w, 0);
	CHECK(is_marked());
	world_destroy(w);
	return true;
}

/* The same; and eager comes into force, under which this mirror is copied next. */
static bool the_same_word_again_is_none_before_eager(void)
{
	start("dirty");
	add_unseen();
	world_store(w, 0, ENTRY_USED, 0);
	world_tell_removed(w, 1, 0);
	world_store(w, 0, ENTRY_USED, ENTRY(1));
	pgdm_policy_change(&pgdm_policy_eager);
	CHECK(!is_marked());
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_flush(w, 0);
	CHECK(is_marked());
	CHECK_EQUAL(audit(), PGDM_AUDIT_OK);
	world_destroy(w);
	return true;
}

/* init_mm's root may have been written, and the others follow. */
static bool audit_waits_for_the_kernel_half(void)
{
	start("dirty");
	world_store(w, 0, 300, ENTRY(1));
	CHECK_EQUAL(audit(), PGDM_AUDIT_BUSY);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(unseen_is_marked_by_the_fault),
	UNIT_TEST(unseen_is_marked_by_a_record),
	UNIT_TEST(unseen_is_marked_by_a_sync_by_marks),
	UNIT_TEST(audit_waits_for_the_hook_of_a_removal),
	UNIT_TEST(another_entry_in_its_place_is_a_violation),
	UNIT_TEST(not_marked_is_a_violation),
	UNIT_TEST(not_marked_is_a_violation_under_eager),
	UNIT_TEST(the_same_word_again_is_none),
	UNIT_TEST(the_same_word_again_is_none_before_eager),
	UNIT_TEST(audit_waits_for_the_kernel_half),
};

UNIT_SUITE(stored);
