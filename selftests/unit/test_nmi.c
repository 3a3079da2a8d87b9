// SPDX-License-Identifier: GPL-2.0
/*
 * N1: an NMI at any step of a sync point, and its page fault.
 *
 *	owning CPU		its NMI
 *	begin: name the mirror
 *	read, copy ...		<- here, at each step in turn: a writer has
 *	end: poisoned? again	   changed an entry, the NMI faults on it
 *	unname the mirror
 *
 * If the NMI found the mirror named, then after the sync point the mirror has
 * the entry, or its next sync copies everything, though nothing is published
 * yet. Otherwise the NMI's access may have failed once, and publication brings
 * the entry, as always.
 */
#include "sim.h"
#include "unit.h"
#include "world.h"

#define INDEX	9

static struct world *w;
static struct pgdm_sync nested;
static bool was_named, was_busy_late, has_come, is_fast;

static void watch_all(void)
{
	unsigned int i;

	sim_watch(w->primary[0], sizeof(*w->primary[0]));
	sim_watch(&pgdm_epoch.complete, sizeof(pgdm_epoch.complete));
	sim_watch(&w->cache[0]->loaded, sizeof(void *));
	sim_watch(&w->cache[0]->syncing, sizeof(void *));
	sim_watch(&w->cache[0]->busy, sizeof(bool));
	sim_watch(&w->cache[0]->stats.value, sizeof(u64));
	for (i = 0; i < w->mirrors; i++) {
		struct pgdm_mirror *m = &w->cache[0]->mirror[i];

		sim_watch(m, sizeof(*m));
		sim_watch(&m->page[0][INDEX], 8);
	}
	sim_watch(&w->primary[0]->page[0][INDEX], 8);
}

/*
 * A writer has stored, and not published; then the NMI touches that entry. Where
 * entries are yet to be copied, its sync would end with the mirror unnamed: by then
 * the sync point must be known to be under way.
 */
static void nmi(void)
{
	const struct pgdm_cache *c = w->cache[0];

	has_come = true;
	was_busy_late = c->syncing && !c->busy &&
			c->syncing->seen != pgdm_primary_seq(w->primary[0]);
	WRITE_ONCE(w->primary[0]->page[0][INDEX], ENTRY(9));
	was_named = w->cache[0]->syncing;
	pgdm_cache_fault(w->cache[0], INDEX, &nested);
}

static void switching(void)
{
	world_switch(w, 0, 0);
}

static void flushing(void)
{
	world_flush(w, 0);
}

static void faulting(void)
{
	world_fault(w, 0, INDEX + 1);
}

/*
 * Runs an operation once for each of its steps, an NMI at that step: until the NMI has
 * not come, because its fault may change how many steps there are.
 */
static bool at_each_step(void (*prepare)(void), void (*operation)(void))
{
	unsigned int step, nests = 0, repeats = 0, poisoned = 0;

	has_come = true;
	for (step = 0; has_come; step++) {
		struct pgdm_mirror *m;

		w = world_create(2, 2, 2, 1);
		memset(&nested, 0, sizeof(nested));
		has_come = false;
		was_named = false;
		was_busy_late = false;
		prepare();
		w->fast = is_fast;
		watch_all();
		sim_interrupt(step, operation, nmi);

		m = w->cache[0]->loaded;
		CHECK(m);
		CHECK(!w->cache[0]->busy);
		CHECK(!w->cache[0]->syncing);
		nests += world_stat(w, 0, PGDM_STAT_faults_nested);
		CHECK(!was_busy_late);
		/* The fast path has counted nothing of what it had copied. */
		repeats += w->sync[0].copied.kind == PGDM_FULL &&
			   (is_fast ||
			    w->sync[0].copied.words != PGDM_ENTRIES);
		w->fast = false;
		if (was_named || nested.synced) {
			bool is_poisoned = m->epoch ==
					   PGDM_EPOCH_POISON;

			poisoned += is_poisoned;
			CHECK(is_poisoned ||
			      !world_differences(m, w->primary[0]));
			world_flush(w, 0);
			CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		}
		/* Publication comes. */
		world_write(w, 1, 0, INDEX, ENTRY(9));
		world_flush(w, 0);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		CHECK(m->epoch != PGDM_EPOCH_POISON);
		world_destroy(w);
	}
	/* It was no empty exercise. */
	CHECK(nests > 5);
	CHECK(repeats > 0);
	/* The fast path looks for it at its very end. */
	CHECK(is_fast ? !poisoned : poisoned > 0);
	return true;
}

static void nothing(void)
{
}

static void loaded_and_behind(void)
{
	world_switch(w, 0, 0);
	world_write(w, 1, 0, 1, ENTRY(1));
	world_write(w, 1, 0, 2, ENTRY(2));
}

static void loaded_and_lacking(void)
{
	world_switch(w, 0, 0);
	world_write(w, 1, 0, INDEX + 1, ENTRY(1));
}

static bool in_a_first_copy(void)
{
	return at_each_step(nothing, switching);
}

static bool in_a_switch(void)
{
	return at_each_step(loaded_and_behind, switching);
}

static bool in_a_flush(void)
{
	return at_each_step(loaded_and_behind, flushing);
}

static bool in_a_fault(void)
{
	return at_each_step(loaded_and_lacking, faulting);
}

static bool in_fast(void (*operation)(void))
{
	bool ok;

	is_fast = true;
	ok = at_each_step(loaded_and_behind, operation);
	is_fast = false;
	return ok;
}

static bool in_a_fast_switch(void)
{
	return in_fast(switching);
}

static bool in_a_fast_flush(void)
{
	return in_fast(flushing);
}

/* --- in the hook: the writer's own mirror ----------------------------------- */

static void writing(void)
{
	world_write(w, 0, 0, INDEX + 1, ENTRY(5));
}

/*
 * The writer's CPU is no sync point: the NMI's fault is one of its own, and may go
 * further than the write. The sequence may be set back then, which costs a copy.
 */
static bool in_a_write(void)
{
	unsigned int step, syncs = 0;

	has_come = true;
	for (step = 0; has_come; step++) {
		struct pgdm_audit found;
		struct pgdm_mirror *m;

		w = world_create(2, 2, 2, 1);
		has_come = false;
		memset(&nested, 0, sizeof(nested));
		m = world_switch(w, 0, 0);
		watch_all();
		sim_watch(&m->page[0][INDEX + 1], 8);
		sim_watch(&w->primary[0]->page[0][INDEX + 1], 8);
		sim_interrupt(step, writing, nmi);
		syncs += nested.fixed;
		CHECK(!nested.synced || m->page[0][INDEX] == ENTRY(9));
		CHECK_EQUAL(m->page[0][INDEX + 1], ENTRY(5));
		CHECK(m->seen <= pgdm_primary_seq(w->primary[0]));
		world_write(w, 1, 0, INDEX, ENTRY(9));
		CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
		world_flush(w, 0);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
		CHECK_EQUAL(found.stale, 0);
		world_destroy(w);
	}
	CHECK(step > 5);
	CHECK(syncs > 5);
	return true;
}

/* --- the policy changes, and the NMI is the first to act by the new one ------- */

#define LATE	(INDEX + 2)

static bool was_stored;

/*
 * Another CPU changes the policy, and the NMI's fault copies everything, which counts
 * for the new one. Then a writer that acts by it has published, and has not stored into
 * the mirror yet: what the owner stores from here on may overtake it.
 */
static void nmi_after_change(void)
{
	const struct pgdm_write late = {
		.index = LATE,
		.pages = BIT(PGDM_KERNEL_PAGE),
		.value = { ENTRY(7) },
	};

	pgdm_policy_change(&pgdm_policy_eager);
	was_stored = world_stat(w, 0, PGDM_STAT_own_stores);
	nmi();
	if (!nested.synced)
		return;
	pgdm_primary_mark(w->primary[0], &late);
	pgdm_primary_store(w->primary[0], &late);
	pgdm_primary_publish(w->primary[0], LATE);
}

/* Returns how often the NMI's own sync was the full copy. */
static unsigned int change_at_each_step(void (*operation)(void), bool fast,
					unsigned int *poisoned)
{
	unsigned int step, syncs = 0;

	has_come = true;
	for (step = 0; has_come; step++) {
		struct pgdm_mirror *m;
		bool acted;

		w = world_create(2, 2, 2, 1);
		memset(&nested, 0, sizeof(nested));
		has_come = false;
		was_stored = false;
		loaded_and_behind();
		w->fast = fast;
		m = w->cache[0]->loaded;
		watch_all();
		sim_watch(&pgdm_policy_in_force, sizeof(void *));
		sim_interrupt(step, operation, nmi_after_change);

		if (nested.synced) {
			CHECK_EQUAL(nested.copied.kind, PGDM_FULL);
			CHECK_EQUAL(m->page[0][LATE], 0);
			syncs++;
			/* The write has acted by the former policy after that copy. */
			acted = !was_stored &&
				world_stat(w, 0, PGDM_STAT_own_stores);
			CHECK(!acted || m->epoch == PGDM_EPOCH_POISON);
			*poisoned += acted;
		}
		world_destroy(w);
	}
	return syncs;
}

static bool change_in_a_flush(void)
{
	unsigned int poisoned = 0;

	CHECK(change_at_each_step(flushing, false, &poisoned) > 0);
	CHECK(change_at_each_step(flushing, true, &poisoned) > 0);
	CHECK_EQUAL(poisoned, 0);
	return true;
}

static bool change_in_a_write(void)
{
	unsigned int poisoned = 0;

	CHECK(change_at_each_step(writing, false, &poisoned) > 5);
	CHECK(poisoned > 0);
	return true;
}

/*
 * W5: the mark of an entry that is gone was left, and a remover publishes it. Meanwhile
 * another CPU adds such an entry, and the NMI touches it: the mirror gets it, and its mark.
 */
static void removing(void)
{
	world_tell_removed(w, 0, 0);
}

static bool in_a_removal_of_a_left_mark(void)
{
	unsigned int step, kept = 0;

	has_come = true;
	for (step = 0; has_come; step++) {
		struct pgdm_audit found;
		struct pgdm_mirror *m;

		w = world_create(2, 2, 2, 1);
		world_make_late(w);
		m = world_switch(w, 0, 0);
		pgdm_marks_set(w->primary[0]->marks, INDEX);
		memset(&nested, 0, sizeof(nested));
		has_come = false;
		watch_all();
		sim_interrupt(step, removing, nmi);
		kept += pgdm_mirror_has(m, INDEX);
		CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
		/* It goes again. Too many changes for the records: by marks. */
		world_store(w, 0, INDEX, 0);
		world_tell_removed(w, 1, 0);
		for (unsigned int i = 0; i <= PGDM_RING; i++)
			world_tell_added(w, 1, 0, INDEX + 1);
		world_flush(w, 0);
		CHECK(!pgdm_mirror_has(m, INDEX));
		world_destroy(w);
	}
	CHECK(kept > 0);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(in_a_first_copy),
	UNIT_TEST(in_a_switch),
	UNIT_TEST(in_a_flush),
	UNIT_TEST(in_a_fault),
	UNIT_TEST(in_a_fast_switch),
	UNIT_TEST(in_a_fast_flush),
	UNIT_TEST(in_a_write),
	UNIT_TEST(change_in_a_flush),
	UNIT_TEST(change_in_a_write),
	UNIT_TEST(in_a_removal_of_a_left_mark),
};

UNIT_SUITE(nmi);
