// SPDX-License-Identifier: GPL-2.0
/*
 * The seeded bugs of core/bug.h: each scene goes well without its bug, and
 * is seen to fail with it, by a comparison, the audit or the oracle.
 *
 * In some scenes the other side acts in the window that the bug opens. Without
 * it there is none: the scene calls pgdm_bug_pause() when the operation is over.
 */
#include "bug.h"
#include "cr3.h"
#include "out_of_reach.h"
#include "pause.h"
#include "unit.h"
#include "world.h"

/**
 * struct sight - how a bug comes to be seen
 * @scene: what happens
 * @judge: was all well?
 * @policy: in force once the scene has started
 * @name: for the diagnosis
 */
struct sight {
	void (*scene)(void);
	bool (*judge)(void);
	const struct pgdm_policy *policy;
	const char *name;
};

static const struct sight *sight;
static struct world *w;
static struct pgdm_primary *p;
static struct pgdm_mirror *m;

static void use_policy(const struct pgdm_policy *policy)
{
	pgdm_policy_in_force = policy;
}

static void create(unsigned int pages)
{
	w = world_create(2, 2, 3, pages);
	p = w->primary[0];
}

static void start(unsigned int pages)
{
	create(pages);
	m = world_switch(w, 0, 0);
	use_policy(sight->policy);
}

/* --- judges of CPU 0's mirror of primary 0 ------------------------------ */

static bool comparison_is_content(void)
{
	return !world_differences(m, p);
}

static bool next_sync_is_right(void)
{
	world_flush(w, 0);
	return comparison_is_content();
}

static bool audit_is_content(void)
{
	struct pgdm_audit found;

	return world_audit(w, 0, &found) == PGDM_AUDIT_OK;
}

/* Scenes that end with a removal remove entry 9. */
static bool oracle_is_content(void)
{
	return world_find_reaching(p, ENTRY(9) & PGDM_ENTRY_ADDR) < 0;
}

static bool entry_is_there(void)
{
	return !pgdm_mirror_lacks(m, p, 9);
}

/* Some scenes judge themselves. */
static bool was_well;

static bool scene_is_content(void)
{
	return was_well;
}

/* --- the frame ---------------------------------------------------------- */

static bool goes_well(const struct sight *this_sight, unsigned long bugs)
{
	bool well;

	pgdm_bugs = bugs;
	sight = this_sight;
	sight->scene();
	well = sight->judge();
	world_destroy(w);
	pause_action = NULL;
	pgdm_bugs = 0;
	return well;
}

/* The scene must go well without the bug, and must not with it. */
static bool is_detected(enum pgdm_bug bug, const struct sight *this_sight)
{
	bool without = goes_well(this_sight, 0);
	bool with = goes_well(this_sight, BIT(bug));

	if (without && !with)
		return true;
	unit_note("%s: %s without bug %u, %s with it", this_sight->name,
		  without ? "well" : "wrong", bug, with ? "well" : "wrong");
	return false;
}

#define SIGHT_UNDER(policy_, scene_, judge_) {				\
	.scene = scene_,						\
	.judge = judge_,						\
	.policy = &pgdm_policy_##policy_,				\
	.name = #scene_ " under " #policy_ ", " #judge_,		\
}

#define SIGHT(scene, judge)	SIGHT_UNDER(dirty, scene, judge)

/* The test of a bug: it comes to be seen in each of these ways. */
#define BUG_TEST(bug, ...)						\
static bool bug(void)							\
{									\
	static const struct sight sights[] = { __VA_ARGS__ };		\
	unsigned int i;							\
									\
	for (i = 0; i < ARRAY_SIZE(sights); i++)			\
		CHECK(is_detected(PGDM_BUG_##bug, &sights[i]));		\
	return true;							\
}

/* --- writers and owners ------------------------------------------------- */

static void flush_on_0(void)
{
	world_flush(w, 0);
}

static void write_on_1(void)
{
	world_write(w, 1, 0, 20, ENTRY(20));
}

static void kernel_write_on_1(void)
{
	world_write(w, 1, 0, 300, ENTRY(2));
}

/*
 *	writer			owner
 *	publish
 *				sync: copies the old entry
 *	store			... and has no sign of the new one
 */
static void a_sync_between_publish_and_store(void)
{
	start(2);
	pause_action = flush_on_0;
	world_write(w, 1, 0, 9, ENTRY(9));
}

BUG_TEST(publish_first,
	 SIGHT(a_sync_between_publish_and_store, next_sync_is_right),
	 SIGHT(a_sync_between_publish_and_store, audit_is_content))

BUG_TEST(user_half_late,
	 SIGHT(a_sync_between_publish_and_store, next_sync_is_right),
	 SIGHT(a_sync_between_publish_and_store, audit_is_content))

static bool publishes_without(void *out_of_reach)
{
	struct pgdm_cache *c = w->cache[1];
	struct pgdm_write write;

	pgdm_write_init(&write, 9, ENTRY(9), true, false, true);
	pgdm_mirrors.caches = out_of_reach;
	pgdm_mirrors.nr_caches = 4096 / sizeof(*pgdm_mirrors.caches);
	pgdm_write_publish(p, &write, &c->stats);
	return true;
}

/*
 * W2. Nothing that belongs to a CPU may be looked at, so that a publication
 * costs the same however many there are: their list is out of reach here.
 */
static void a_publication_out_of_reach_of_cpus(void)
{
	start(2);
	was_well = out_of_reach_is_well(4096, publishes_without);
}

BUG_TEST(publish_scans,
	 SIGHT(a_publication_out_of_reach_of_cpus, scene_is_content))

static bool does_all_without(void *out_of_reach)
{
	w->cache[1] = out_of_reach;
	use_policy(&pgdm_policy_eager);
	world_write(w, 0, 0, 9, ENTRY(9));
	world_write(w, 0, 0, 300, ENTRY(9));
	use_policy(&pgdm_policy_flag);
	world_write(w, 0, 0, 10, ENTRY(9));
	if (pgdm_mirrors_count(p) != 1 ||
	    world_find_reaching(p, ENTRY(8) & PGDM_ENTRY_ADDR) >= 0)
		return false;
	pgdm_mirrors_forget(p);
	return !m->primary && m->page[0][9] == ENTRY(9) &&
	       m->page[0][300] == ENTRY(9) && m->flag;
}

/*
 * W2. The mm was never on CPU 1, so the writer and the registry do not look at that
 * CPU's mirrors: they are out of reach here.
 */
static void a_cpu_out_of_reach_of_other_mms(void)
{
	start(1);
	was_well = out_of_reach_is_well(sizeof(struct pgdm_cache),
					does_all_without);
}

BUG_TEST(scan_all, SIGHT(a_cpu_out_of_reach_of_other_mms, scene_is_content))

static void a_write(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
}

static void a_removal(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 0, 0);
	m->page[0][9] = ENTRY(9);
	world_write(w, 1, 0, 9, 0);
	world_flush(w, 0);
}

BUG_TEST(lost_publish,
	 SIGHT(a_write, next_sync_is_right),
	 SIGHT(a_write, audit_is_content),
	 SIGHT(a_removal, oracle_is_content))

static void a_kernel_write(void)
{
	start(2);
	kernel_write_on_1();
}

BUG_TEST(no_write_through,
	 SIGHT(a_kernel_write, comparison_is_content),
	 SIGHT(a_kernel_write, audit_is_content))

/*
 *	owner (attach)			writer
 *	reads the mirror: 2, left over
 *	reads the primary: 1
 *					primary := 2, kernel_seq++
 *					mirror := 2
 *	exchanges 2 for 1: succeeds
 *	kernel_seq has changed: again
 */
static void a_kernel_write_in_a_first_copy(void)
{
	unsigned int i;

	create(1);
	p->page[0][300] = ENTRY(1);
	for (i = 0; i < 2; i++)
		w->cache[0]->mirror[i].page[0][300] = ENTRY(2);
	pause_action = kernel_write_on_1;
	m = world_switch(w, 0, 0);
}

BUG_TEST(no_kernel_repeat,
	 SIGHT(a_kernel_write_in_a_first_copy, comparison_is_content))

/*
 *	owner				writer
 *	reads sequence, copies
 *					store, publish
 *	records the sequence as it is now
 *
 * flag: the owner copies because of entry 9; 20 comes while it does.
 */
static void a_write_in_a_sync(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	pause_action = write_on_1;
	world_flush(w, 0);
	pgdm_bug_pause();
}

BUG_TEST(late_sequence,
	 SIGHT(a_write_in_a_sync, next_sync_is_right),
	 SIGHT_UNDER(always, a_write_in_a_sync, audit_is_content))

BUG_TEST(late_lower, SIGHT_UNDER(flag, a_write_in_a_sync, next_sync_is_right))

static void walk_on_0(void)
{
	was_well &= READ_ONCE(m->page[0][9]) != 0;
}

/* W4: the entry is replaced, and the CPU walks in the middle. */
static void a_walk_in_a_sync(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	world_write(w, 1, 0, 9, ENTRY(10));
	was_well = true;
	pause_action = walk_on_0;
	world_flush(w, 0);
}

BUG_TEST(through_zero, SIGHT(a_walk_in_a_sync, scene_is_content))

/*
 * S2: removed while the CPU is elsewhere, and not in mm_cpumask: no flush
 * comes, the switch has to bring it.
 */
static void a_removal_while_away(void)
{
	struct pgdm_audit found;
	u64 since;

	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	world_switch(w, 0, 1);
	world_write(w, 1, 0, 9, 0);
	since = pgdm_primary_seq(p);
	m = world_switch(w, 0, 0);
	was_well = pgdm_audit_mirror(m, p, since, &found) == PGDM_AUDIT_OK &&
		   oracle_is_content();
}

BUG_TEST(early_switch_sync, SIGHT(a_removal_while_away, scene_is_content))

/* L3: the user half is in both tables of a pair. */
static void a_write_to_a_pair(void)
{
	start(2);
	world_write(w, 1, 0, 9, ENTRY(9));
}

BUG_TEST(kernel_page_only, SIGHT(a_write_to_a_pair, next_sync_is_right))

/* C1: PCID 0x83, and LAM's two bits; the address is all that changes. */
static void a_steering_keeps_the_rest(void)
{
	const u64 mask = 0x000ffffffffff000ULL, rest = 3ULL << 61 | 0x083;

	start(1);
	was_well = pgdm_cr3_with_root(0x1234000 | rest, mask, 0x5678000,
				      true) ==
			   (0x5678000 | rest | PGDM_CR3_NOFLUSH) &&
		   pgdm_cr3_with_root(0x1234000 | rest, mask, 0x5678000,
				      false) == (0x5678000 | rest);
}

/* The same as the build for tests sees it, with PCIDs and without. */
static void judge_a_steering(bool pcide)
{
	struct pgdm_cr3_step s = {
		.from = 0x1234000 | (pcide ? 0x003 : 0),
		.mask = 0x000ffffffffff000ULL,
		.mirror = 0x5678000,
		.primary = 0x1234000,
		.pair = true,
		.pcide = pcide,
	};

	s.to = pgdm_cr3_with_root(s.from, s.mask, s.mirror, pcide);
	was_well = !pgdm_cr3_judge(&s);
}

static void a_steering_is_judged(void)
{
	start(1);
	judge_a_steering(true);
}

static void a_steering_without_pcids_is_judged(void)
{
	start(1);
	judge_a_steering(false);
}

BUG_TEST(whole_cr3,
	 SIGHT(a_steering_keeps_the_rest, scene_is_content),
	 SIGHT(a_steering_is_judged, scene_is_content))

BUG_TEST(noflush_bit,
	 SIGHT(a_steering_keeps_the_rest, scene_is_content),
	 SIGHT(a_steering_is_judged, scene_is_content),
	 SIGHT(a_steering_without_pcids_is_judged, scene_is_content))

/* --- flushes, faults, evictions ----------------------------------------- */

static void a_flushed_removal(void)
{
	start(2);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 0, 0);
	world_write(w, 1, 0, 9, 0);
	world_flush(w, 0);
}

BUG_TEST(skip_flush_sync,
	 SIGHT_UNDER(always, a_flushed_removal, oracle_is_content),
	 SIGHT(a_flushed_removal, oracle_is_content))

/* Only eager needs no copy on flush receipt; every other policy fails with the bug. */
static bool skip_flush_sync_under_the_others(void)
{
	const unsigned long bug = BIT(PGDM_BUG_skip_flush_sync);
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		const struct sight removal = {
			.scene = a_flushed_removal,
			.judge = oracle_is_content,
			.policy = pgdm_policies[i],
		};

		CHECK(goes_well(&removal, 0));
		CHECK_EQUAL(goes_well(&removal, bug),
			    removal.policy == &pgdm_policy_eager);
	}
	return true;
}

static void a_fault(void)
{
	start(2);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_fault(w, 0, 9);
}

BUG_TEST(skip_fault_sync,
	 SIGHT_UNDER(always, a_fault, entry_is_there),
	 SIGHT(a_fault, entry_is_there))

static void an_overrun(void)
{
	unsigned int i;

	start(1);
	for (i = 0; i < PGDM_RING + 3; i++)
		world_write(w, 1, 0, i, ENTRY(i + 1));
}

BUG_TEST(ignore_overrun, SIGHT(an_overrun, next_sync_is_right))

/* Mirror 0 is loaded, and its turn to be evicted has come. */
static void an_eviction(void)
{
	const struct pgdm_mirror *left;

	start(1);
	world_switch(w, 0, 1);
	left = world_switch(w, 0, 0);
	world_switch(w, 0, 2);
	was_well = left->primary == p && w->cache[0]->loaded != left;
}

BUG_TEST(evict_loaded, SIGHT(an_eviction, scene_is_content))

static void a_missed_hook(void)
{
	start(1);
	p->page[0][9] = ENTRY(9);
	w->epoch++;
}

BUG_TEST(ignore_miss, SIGHT(a_missed_hook, next_sync_is_right))

static void a_walk(void)
{
	start(1);
	world_write(w, 1, 0, 9, 0x5007);
	world_flush(w, 0);
	m->page[0][9] |= PGDM_ENTRY_ACCESSED;
}

BUG_TEST(keep_accessed, SIGHT(a_walk, audit_is_content))

/* --- policies ----------------------------------------------------------- */

/* flag-mm: CPU 1 copies first, and CPU 0 must still find the flag raised. */
static void a_removal_that_two_cpus_have_to_copy(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 1, 0);
	world_switch(w, 0, 0);
	world_write(w, 1, 0, 9, 0);
	world_flush(w, 1);
	world_flush(w, 0);
}

BUG_TEST(shared_flag,
	 SIGHT_UNDER(flag_mm, a_removal_that_two_cpus_have_to_copy,
		     oracle_is_content))

static void an_addition(void)
{
	start(1);
	world_add(w, 1, 0, 9, ENTRY(9));
}

BUG_TEST(no_kick,
	 SIGHT_UNDER(flag, an_addition, comparison_is_content),
	 SIGHT_UNDER(carry, an_addition, comparison_is_content))

static void attach_on_0(void)
{
	m = world_switch(w, 0, 0);
}

/*
 * eager:	writer			owner
 *		scan: no mirror
 *					announce, copy
 *		store, publish		... and no writer stores into the mirror
 */
static void an_attach_in_a_write(void)
{
	create(1);
	use_policy(sight->policy);
	pause_action = attach_on_0;
	world_write(w, 1, 0, 9, ENTRY(9));
	pgdm_bug_pause();
}

BUG_TEST(scan_first,
	 SIGHT_UNDER(eager, an_attach_in_a_write, comparison_is_content),
	 SIGHT_UNDER(eager, an_attach_in_a_write, audit_is_content))

/* M1: the first copy comes when the sequence says so, and the mark does not. */
BUG_TEST(mark_late,
	 SIGHT(an_attach_in_a_write, next_sync_is_right),
	 SIGHT(an_attach_in_a_write, audit_is_content))

static void attach_on_0_and_look(void)
{
	attach_on_0();
	was_well = entry_is_there();
}

/*
 * M1:		writer of a removal	owner
 *		clears the mark
 *					first copy: nothing is marked,
 *					and the primary has the entry
 *		stores zero
 */
static void an_attach_in_a_removal(void)
{
	create(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	pause_action = attach_on_0_and_look;
	world_write(w, 1, 0, 9, 0);
	pgdm_bug_pause();
}

BUG_TEST(unmark_early, SIGHT(an_attach_in_a_removal, scene_is_content))

/* Both mirrors of CPU 0 have changed hands once: primary 2 has that of primary 0. */
static void claim_for_2(void)
{
	m = world_switch(w, 0, 2);
	p = w->primary[2];
}

static void a_claim_after_a_user_write(void)
{
	start(2);
	world_switch(w, 0, 1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 0, 0);
	world_switch(w, 0, 1);
	claim_for_2();
}

BUG_TEST(keep_leftover,
	 SIGHT(a_claim_after_a_user_write, comparison_is_content),
	 SIGHT(a_claim_after_a_user_write, audit_is_content))

/* M3: primary 2 has no mirror when it is written. */
static void a_claim_after_a_kernel_write(void)
{
	start(2);
	world_switch(w, 0, 1);
	world_write(w, 1, 2, 300, ENTRY(2));
	claim_for_2();
}

BUG_TEST(ignore_kernel_write,
	 SIGHT(a_claim_after_a_kernel_write, comparison_is_content),
	 SIGHT(a_claim_after_a_kernel_write, audit_is_content))

static void a_claim_in_a_kernel_write(void)
{
	start(2);
	world_switch(w, 0, 1);
	pause_action = claim_for_2;
	world_write(w, 1, 2, 300, ENTRY(2));
	pgdm_bug_pause();
}

BUG_TEST(count_late,
	 SIGHT(a_claim_in_a_kernel_write, comparison_is_content),
	 SIGHT(a_claim_in_a_kernel_write, audit_is_content))

static void a_claim_after_an_ldt(void)
{
	start(2);
	world_switch(w, 0, 1);
	world_write_user_page(w, 1, 0, OWN, ENTRY(5));
	claim_for_2();
}

BUG_TEST(skip_own_entries,
	 SIGHT(a_claim_after_an_ldt, comparison_is_content),
	 SIGHT(a_claim_after_an_ldt, audit_is_content))

/* Another CPU's change came before that of the mirror's own CPU. */
static void two_writes_the_second_on_0(void)
{
	start(2);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_write(w, 0, 0, 10, ENTRY(9));
}

BUG_TEST(own_too_far,
	 SIGHT(two_writes_the_second_on_0, next_sync_is_right),
	 SIGHT(two_writes_the_second_on_0, audit_is_content))

static void a_return_to_user_mode(void)
{
	start(2);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_user_return(w, 0);
}

BUG_TEST(skip_user_return,
	 SIGHT_UNDER(always_exit, a_return_to_user_mode,
		     comparison_is_content))

/* flush-only: a new entry, faulted on for as long as it takes. */
static void endless_faults(void)
{
	unsigned int i;

	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	for (i = 0; i < 1000 && !entry_is_there(); i++) {
		world_fault(w, 0, 9);
		pgdm_cache_guard(w->cache[0], 9, 0x9000);
	}
	was_well = i < 1000;
}

BUG_TEST(no_guard, SIGHT_UNDER(flush_only, endless_faults, scene_is_content))

static void flush_and_write(void)
{
	world_flush(w, 0);
	write_on_1();
}

/*
 *	changer (to flag)	writer			owner
 *	epoch complete
 *							flush: copies, and done
 *				store, publish
 *				policy: no flag
 *	policy = flag
 *							flush: no flag
 */
static void a_write_in_a_change(void)
{
	start(1);
	pause_action = flush_and_write;
	pgdm_policy_change(&pgdm_policy_flag);
	pgdm_bug_pause();
}

BUG_TEST(change_early, SIGHT(a_write_in_a_change, next_sync_is_right))

static const struct unit_test tests[] = {
	UNIT_TEST(publish_first),
	UNIT_TEST(lost_publish),
	UNIT_TEST(publish_scans),
	UNIT_TEST(scan_all),
	UNIT_TEST(user_half_late),
	UNIT_TEST(no_write_through),
	UNIT_TEST(no_kernel_repeat),
	UNIT_TEST(late_sequence),
	UNIT_TEST(through_zero),
	UNIT_TEST(early_switch_sync),
	UNIT_TEST(kernel_page_only),
	UNIT_TEST(whole_cr3),
	UNIT_TEST(noflush_bit),
	UNIT_TEST(skip_flush_sync),
	UNIT_TEST(skip_fault_sync),
	UNIT_TEST(ignore_overrun),
	UNIT_TEST(evict_loaded),
	UNIT_TEST(ignore_miss),
	UNIT_TEST(keep_accessed),
	UNIT_TEST(skip_flush_sync_under_the_others),
	UNIT_TEST(late_lower),
	UNIT_TEST(shared_flag),
	UNIT_TEST(no_kick),
	UNIT_TEST(scan_first),
	UNIT_TEST(skip_user_return),
	UNIT_TEST(no_guard),
	UNIT_TEST(change_early),
	UNIT_TEST(mark_late),
	UNIT_TEST(unmark_early),
	UNIT_TEST(keep_leftover),
	UNIT_TEST(ignore_kernel_write),
	UNIT_TEST(count_late),
	UNIT_TEST(skip_own_entries),
	UNIT_TEST(own_too_far),
};

UNIT_SUITE(bugs);
