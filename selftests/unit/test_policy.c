// SPDX-License-Identifier: GPL-2.0
/*
 * The policies: names, what each does at each sync point, changes of policy.
 */
#include "unit.h"
#include "world.h"

static bool table_is_consistent(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		const char *name = pgdm_policies[i]->name;

		CHECK_EQUAL(pgdm_policies[i]->number, i);
		CHECK(name[0] && strnlen(name, PGDM_POLICY_NAME_SIZE) <
				 PGDM_POLICY_NAME_SIZE);
		CHECK_EQUAL(strspn(name, "abcdefghijklmnopqrstuvwxyz-"),
			    strlen(name));
		CHECK(pgdm_policies_find(pgdm_policies[i]->name) ==
		      pgdm_policies[i]);
	}
	return true;
}

/* Contract, and the order in which they are listed. */
static bool names_are_exact(void)
{
	static const char *const names[] = {
		"always", "always-exit", "flag", "flag-mm", "flush-only",
		"carry", "eager", "dirty",
	};
	unsigned int i, place, last = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		CHECK(pgdm_policies_find(names[i]));
		place = pgdm_policies_find(names[i])->number;
		CHECK(place >= last);
		last = place;
	}
	CHECK(pgdm_policies_find("always") == &pgdm_policy_always);
	CHECK(pgdm_policies_find("flag-mm") == &pgdm_policy_flag_mm);
	CHECK(pgdm_policies_find("dirty") == &pgdm_policy_dirty);
	CHECK(!pgdm_policies_find(""));
	CHECK(!pgdm_policies_find("Dirty"));
	CHECK(!pgdm_policies_find("dirty "));
	CHECK(!pgdm_policies_find("alway"));
	CHECK(!pgdm_policies_find("always-"));
	return true;
}

/* Copied words at a switch, a flush and a fault, with nothing to do. */
static bool always_copies_all_at_every_point(void)
{
	struct world *w = world_create(1, 2, 1, 2);

	pgdm_policy_in_force = &pgdm_policy_always;
	world_switch(w, 0, 0);
	world_switch(w, 0, 0);
	world_flush(w, 0);
	world_fault(w, 0, 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 4);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_bytes_copied), 4 * 8192);
	world_destroy(w);
	return true;
}

static bool dirty_copies_nothing_twice(void)
{
	struct world *w = world_create(2, 2, 1, 2);

	world_switch(w, 0, 0);
	world_write(w, 1, 0, 3, ENTRY(3));
	world_switch(w, 0, 0);
	world_switch(w, 0, 0);
	world_flush(w, 0);
	world_fault(w, 0, 3);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_full), 0);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_dirty), 2);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_sparse), 1);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_syncs_clean), 3);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_first), 512);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_copied), 512 + 2);
	world_destroy(w);
	return true;
}

/* Every policy leaves the loaded mirror right at each sync point. */
static bool every_policy_syncs(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		struct world *w = world_create(2, 2, 1, 2);
		struct pgdm_mirror *m;

		pgdm_policy_in_force = pgdm_policies[i];
		m = world_switch(w, 0, 0);
		world_write(w, 1, 0, 3, ENTRY(3));
		world_flush(w, 0);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		world_write(w, 1, 0, 4, ENTRY(3));
		world_fault(w, 0, 4);
		CHECK_EQUAL(pgdm_mirror_lacks(m, w->primary[0], 4),
			    pgdm_policies[i] == &pgdm_policy_flush_only);
		world_write(w, 1, 0, 5, ENTRY(3));
		world_switch(w, 0, 0);
		CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		CHECK_EQUAL(w->sync[0].policy, i);
		world_destroy(w);
	}
	return true;
}

#define C	PGDM_CLEAN
#define D	PGDM_DIRTY
#define F	PGDM_FULL

/*
 * What each does at switch, flush receipt and fault: when nothing has changed,
 * and when one entry has, at which the fault is.
 */
static const struct {
	const struct pgdm_policy *policy;
	enum pgdm_kind clean[3];
	enum pgdm_kind behind[3];
} expected[] = {
	{ &pgdm_policy_always,		{ F, F, F }, { F, F, F } },
	{ &pgdm_policy_always_exit,	{ F, F, F }, { F, F, F } },
	{ &pgdm_policy_flag,		{ F, C, C }, { F, F, F } },
	{ &pgdm_policy_flag_mm,		{ F, C, C }, { F, F, F } },
	{ &pgdm_policy_flush_only,	{ F, F, C }, { F, F, C } },
	{ &pgdm_policy_carry,		{ F, C, C }, { F, F, F } },
	{ &pgdm_policy_eager,		{ C, C, C }, { C, C, C } },
	{ &pgdm_policy_dirty,		{ C, C, C }, { D, D, D } },
};

/* What a flush copies, with or without a change; true of a policy not in the table. */
static bool is_expected_of_flush(const struct pgdm_policy *policy,
				 bool is_behind, enum pgdm_kind kind)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(expected); i++)
		if (expected[i].policy == policy)
			return kind == (is_behind ? expected[i].behind[1] :
						    expected[i].clean[1]);
	return true;
}

static enum pgdm_kind at_point(struct world *w, unsigned int point)
{
	if (point == 0)
		world_switch(w, 0, 0);
	else if (point == 1)
		world_flush(w, 0);
	else
		world_fault(w, 0, 3);
	return w->sync[0].copied.kind;
}

static bool each_copies_what_it_says(void)
{
	unsigned int i, point;

	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		for (point = 0; point < 3; point++) {
			struct world *w = world_create(2, 2, 1, 2);

			pgdm_policy_in_force = expected[i].policy;
			world_switch(w, 0, 0);
			CHECK_EQUAL(at_point(w, point),
				    expected[i].clean[point]);
			world_write(w, 1, 0, 3, ENTRY(3));
			CHECK_EQUAL(at_point(w, point),
				    expected[i].behind[point]);
			world_destroy(w);
		}
	}
	return true;
}

/* A mirror that nothing points to has all that happened meanwhile. */
static bool each_finds_what_happened_while_it_was_away(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		struct world *w = world_create(2, 2, 2, 2);

		pgdm_policy_in_force = pgdm_policies[i];
		world_switch(w, 0, 0);
		world_switch(w, 0, 1);
		world_write(w, 1, 0, 3, ENTRY(3));
		world_write(w, 1, 0, 4, ENTRY(3));
		world_write(w, 1, 0, 3, 0);
		CHECK(!world_differences(world_switch(w, 0, 0), w->primary[0]));
		world_destroy(w);
	}
	return true;
}

/*
 * The mail thread's case: CPU 1 runs in the mm and passes no sync point while CPU 0
 * adds an entry. Under which policy does CPU 1 have it without a fault, with one
 * fault, never?
 */
static bool additions_while_another_cpu_runs(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		const struct pgdm_policy *policy = pgdm_policies[i];
		struct world *w = world_create(2, 2, 1, 2);
		struct pgdm_mirror *m = world_switch(w, 1, 0);

		pgdm_policy_in_force = policy;
		world_switch(w, 0, 0);
		world_add(w, 0, 0, 3, ENTRY(3));
		CHECK_EQUAL(pgdm_mirror_lacks(m, w->primary[0], 3),
			    policy->kick == PGDM_KICK_NONE &&
			    !policy->stores);
		/* Under dirty, the CPU that adds it has it as well. */
		CHECK_EQUAL(pgdm_mirror_lacks(w->cache[0]->loaded,
					      w->primary[0], 3),
			    policy->kick == PGDM_KICK_NONE &&
			    !policy->stores && policy != &pgdm_policy_dirty);
		world_fault(w, 1, 3);
		CHECK_EQUAL(pgdm_mirror_lacks(m, w->primary[0], 3),
			    policy == &pgdm_policy_flush_only);
		world_destroy(w);
	}
	return true;
}

static bool user_returns_are_points_of_some(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		bool is_point = pgdm_policies[i]->at[PGDM_AT_USER_RETURN];
		struct world *w = world_create(2, 2, 1, 1);
		struct pgdm_mirror *m;

		pgdm_policy_in_force = pgdm_policies[i];
		world_user_return(w, 0);
		CHECK(!w->sync[0].synced);
		m = world_switch(w, 0, 0);
		world_write(w, 1, 0, 3, ENTRY(3));
		world_user_return(w, 0);
		CHECK_EQUAL(w->sync[0].synced, is_point);
		CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_user_returns), is_point);
		if (is_point) {
			CHECK_EQUAL(w->sync[0].at, PGDM_AT_USER_RETURN);
			CHECK(w->sync[0].copied.kind == PGDM_FULL ||
			      pgdm_policies[i] != &pgdm_policy_always_exit);
			CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
		}
		world_destroy(w);
	}
	return true;
}

/* One CPU's copy lowers its own flag and no other. */
static bool flags_are_raised_and_lowered(void)
{
	struct world *w = world_create(3, 2, 2, 1);
	unsigned int cpu;

	pgdm_policy_in_force = &pgdm_policy_flag;
	for (cpu = 0; cpu < 2; cpu++)
		world_switch(w, cpu, 0);
	world_switch(w, 2, 1);
	world_write(w, 0, 0, 3, ENTRY(3));
	CHECK(w->cache[0]->loaded->flag);
	CHECK(w->cache[1]->loaded->flag);
	CHECK(!w->cache[2]->loaded->flag);
	world_kick(w, 1);
	CHECK_EQUAL(w->sync[1].at, PGDM_AT_KICK);
	CHECK_EQUAL(w->sync[1].copied.kind, PGDM_FULL);
	CHECK(!w->cache[1]->loaded->flag);
	CHECK(w->cache[0]->loaded->flag);
	world_kick(w, 1);
	CHECK_EQUAL(w->sync[1].copied.kind, PGDM_CLEAN);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK(!w->cache[0]->loaded->flag);
	/* Another's flag stays behind with the mirror, and means nothing. */
	world_write(w, 0, 0, 3, 0);
	world_switch(w, 0, 1);
	world_switch(w, 0, 0);
	CHECK(!w->cache[0]->loaded->flag);
	world_destroy(w);
	return true;
}

/* Everywhere at once, both pages; cached mirrors too, other mms' not. */
static bool eager_stores_everywhere(void)
{
	struct world *w = world_create(3, 3, 2, 2);
	unsigned int cpu;

	pgdm_policy_in_force = &pgdm_policy_eager;
	for (cpu = 0; cpu < 3; cpu++) {
		world_switch(w, cpu, 1);
		world_switch(w, cpu, 0);
	}
	world_switch(w, 1, 1);
	world_write(w, 0, 0, 3, ENTRY(3));
	for (cpu = 0; cpu < 3; cpu++) {
		CHECK_EQUAL(world_differences(world_mirror(w, cpu, 0),
					      w->primary[0]), 0);
		CHECK_EQUAL(world_mirror(w, cpu, 1)->page[0][3], 0);
	}
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_write_throughs), 2 * 3);
	CHECK_EQUAL(world_stat(w, 0, PGDM_STAT_entries_copied),
		    2 * 2 * KERNEL_ENTRIES);
	world_write(w, 2, 0, 3, 0);
	CHECK_EQUAL(world_find_reaching(w->primary[0], 0x3000), -1);
	world_destroy(w);
	return true;
}

/* Nothing may lag, so a difference has no excuse, whatever was published. */
static bool eager_is_audited_strictly(void)
{
	struct world *w = world_create(2, 2, 1, 1);
	struct pgdm_mirror *m = world_switch(w, 0, 0);
	struct pgdm_audit found;

	world_write(w, 1, 0, 3, ENTRY(3));
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 1);
	/* Not at once: the mirror is still to be copied. */
	pgdm_policy_change(&pgdm_policy_eager);
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	world_flush(w, 0);
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	world_write(w, 1, 0, 4, ENTRY(4));
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	CHECK_EQUAL(found.stale, 0);
	m->page[0][4] = 0;
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_VIOLATION);
	world_destroy(w);
	return true;
}

/* The faults that never end, but for the guard. */
static bool flush_only_needs_the_guard(void)
{
	struct world *w = world_create(2, 2, 1, 2);
	struct pgdm_mirror *m = world_switch(w, 1, 0);
	unsigned int i;

	pgdm_policy_in_force = &pgdm_policy_flush_only;
	world_add(w, 0, 0, 3, ENTRY(3));
	for (i = 1; i < PGDM_GUARD_FAULTS; i++) {
		world_fault(w, 1, 3);
		CHECK(!pgdm_cache_guard(w->cache[1], 3, 0x1000));
	}
	CHECK(pgdm_mirror_lacks(m, w->primary[0], 3));
	world_fault(w, 1, 3);
	CHECK(pgdm_cache_guard(w->cache[1], 3, 0x1000));
	CHECK(!pgdm_mirror_lacks(m, w->primary[0], 3));
	CHECK_EQUAL(world_stat(w, 1, PGDM_STAT_livelocks_broken), 1);
	CHECK_EQUAL(world_stat(w, 1, PGDM_STAT_faults_fixed),
		    PGDM_GUARD_FAULTS);
	world_destroy(w);
	return true;
}

/*
 * From each to each: one full copy of each mirror at its next sync point, and
 * no more; then the new policy is right by itself.
 */
static bool change(const struct pgdm_policy *from, const struct pgdm_policy *to)
{
	struct world *w = world_create(3, 2, 1, 2);
	struct pgdm_primary *p = w->primary[0];
	struct pgdm_audit found;
	struct pgdm_mirror *m;

	pgdm_policy_in_force = from;
	m = world_switch(w, 0, 0);
	world_write(w, 1, 0, 3, ENTRY(3));
	pgdm_policy_change(to);
	CHECK(pgdm_policy_now() == to);
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	world_write(w, 1, 0, 4, ENTRY(4));
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK_EQUAL(w->sync[0].copied.words, 2 * PGDM_ENTRIES);
	CHECK(!w->sync[0].copied.missed);
	CHECK_EQUAL(world_differences(m, p), 0);
	CHECK_EQUAL(w->epoch & PGDM_EPOCH_MISSES, 0);
	world_write(w, 1, 0, 5, ENTRY(5));
	world_flush(w, 0);
	CHECK(is_expected_of_flush(to, true, w->sync[0].copied.kind));
	CHECK_EQUAL(world_differences(m, p), 0);
	world_flush(w, 0);
	CHECK(is_expected_of_flush(to, false, w->sync[0].copied.kind));
	CHECK_EQUAL(world_audit(w, 0, &found), PGDM_AUDIT_OK);
	world_destroy(w);
	return true;
}

static bool change_from_each_to_each(void)
{
	unsigned int i, j;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		for (j = 0; j < PGDM_NR_POLICIES; j++) {
			if (i != j && !change(pgdm_policies[i],
					      pgdm_policies[j])) {
				unit_note("from %s to %s",
					  pgdm_policies[i]->name,
					  pgdm_policies[j]->name);
				return false;
			}
		}
	}
	return true;
}

/* The fault after a change brings everything, or there was nothing to bring. */
static bool fault_after_a_change(void)
{
	struct world *w = world_create(2, 2, 1, 1);
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	world_write(w, 1, 0, 3, ENTRY(3));
	pgdm_policy_change(&pgdm_policy_eager);
	world_fault(w, 0, 4);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	world_fault(w, 0, 3);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	world_destroy(w);
	return true;
}

/* H1: a change does not make full copies count before a missed write is stored. */
static bool change_with_a_missed_write_to_come(void)
{
	struct world *w = world_create(2, 2, 1, 1);
	struct pgdm_mirror *m = world_switch(w, 0, 0);

	w->epoch++;
	pgdm_policy_change(&pgdm_policy_flag);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_FULL);
	CHECK(w->sync[0].copied.missed);
	w->primary[0]->page[0][9] = ENTRY(9);
	world_flush(w, 0);
	CHECK_EQUAL(world_differences(m, w->primary[0]), 0);
	/* The thread that waits for the write completes both epochs. */
	pgdm_epoch.complete = w->epoch;
	world_flush(w, 0);
	world_flush(w, 0);
	CHECK_EQUAL(w->sync[0].copied.kind, PGDM_CLEAN);
	world_destroy(w);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(table_is_consistent),
	UNIT_TEST(names_are_exact),
	UNIT_TEST(always_copies_all_at_every_point),
	UNIT_TEST(dirty_copies_nothing_twice),
	UNIT_TEST(every_policy_syncs),
	UNIT_TEST(each_copies_what_it_says),
	UNIT_TEST(each_finds_what_happened_while_it_was_away),
	UNIT_TEST(additions_while_another_cpu_runs),
	UNIT_TEST(user_returns_are_points_of_some),
	UNIT_TEST(flags_are_raised_and_lowered),
	UNIT_TEST(eager_stores_everywhere),
	UNIT_TEST(eager_is_audited_strictly),
	UNIT_TEST(flush_only_needs_the_guard),
	UNIT_TEST(change_from_each_to_each),
	UNIT_TEST(fault_after_a_change),
	UNIT_TEST(change_with_a_missed_write_to_come),
};

UNIT_SUITE(policy);
