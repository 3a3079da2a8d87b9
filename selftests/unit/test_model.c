// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations, compared after each with the reference (ref.h).
 */
#include "ref.h"
#include "unit.h"

#include <stdlib.h>

#ifdef __SANITIZE_THREAD__
#define STEPS		3000	/* slow, and there is but one thread */
static const unsigned int exercises;
#else
#define STEPS		12000
static const unsigned int exercises = 2;
#endif

#define USER_BYTES	(PGDM_USER_ENTRIES * PGDM_ENTRY_BYTES)

/* The newborn's kernel half is what the other roots have. */
static void forget(struct ref *r, int which)
{
	struct pgdm_primary *p = r->w->primary[which];
	unsigned int cpu, i, page;

	pgdm_mirrors_forget(p);
	for (page = 0; page < r->w->pages; page++) {
		memset(p->page[page], 0, USER_BYTES);
		p->page[page][OWN] = 0;
		memset(r->primary[which].word[page], 0, USER_BYTES);
		r->primary[which].word[page][OWN] = 0;
	}
	world_bear(r->w, which, ++r->last_id);
	r->marked[which] = pgdm_epoch.complete;
	if (random_below(&r->random, 2)) {
		pgdm_primary_empty(p);
		r->marked[which] = r->w->epoch;
	}
	memset(&r->marks[which], 0, sizeof(r->marks[which]));
	r->seq[which] = 0;
	for (cpu = 0; cpu < CPUS; cpu++)
		for (i = 0; i < r->w->mirrors; i++)
			if (r->cpu[cpu].mirror[i].of == which)
				r->cpu[cpu].mirror[i].of = NOBODY;
}

/* L4: the walker sets Accessed bits in the loaded mirror. */
static void walk(struct ref *r, unsigned int cpu, unsigned int index)
{
	struct pgdm_mirror *m = r->w->cache[cpu]->loaded;

	if (m && m->page[0][index] & PGDM_ENTRY_PRESENT)
		m->page[0][index] |= PGDM_ENTRY_ACCESSED;
}

static unsigned int find_present(const struct ref *r, int which,
				 unsigned int index)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++, index = (index + 1) % 256)
		if (ref_has(r, &r->primary[which], index))
			break;
	return index;
}

/*
 * H1: the hook is missed; a grace period comes at some later step. An addition has no
 * mark, and a removal leaves one behind.
 */
static void missed_write(struct ref *r, int which, unsigned int index)
{
	u64 value = random_below(&r->random, 3) ?
			    ENTRY(random_below(&r->random, 1 << 20)) : 0;

	if (!value)
		index = find_present(r, which, index);
	r->w->epoch++;
	r->w->primary[which]->page[0][index] = value;
	r->primary[which].word[0][index] = value;
}

static u64 random_value(struct ref *r)
{
	static const u64 flags[] = { 0x67, 0x63, 0x7, 0x66 };

	if (!random_below(&r->random, 3))
		return 0;
	return (u64)random_below(&r->random, 1 << 20) << 12 |
	       flags[random_below(&r->random, 4)];
}

static void write_both(struct ref *r, unsigned int cpu, int which,
		       unsigned int index, u64 value)
{
	ref_write(r, &r->cpu[cpu], which, index, value, PGDM_KERNEL_PAGE);
	world_write(r->w, cpu, which, index, value);
}

/* The kernel gives an entry of its own half to all roots, one by one. */
static void write_all_roots(struct ref *r, unsigned int cpu, unsigned int index,
			    u64 value)
{
	int which;

	for (which = 0; which < PRIMARIES; which++)
		if (r->primary[which].word[0][index] != value)
			write_both(r, cpu, which, index, value);
}

/* The LDT of one mm, in either table of a pair. */
static void write_own_entry(struct ref *r, unsigned int cpu, int which,
			    u64 value)
{
	if (r->w->pages == 1 || random_below(&r->random, 2)) {
		write_both(r, cpu, which, OWN, value);
		return;
	}
	ref_write(r, &r->cpu[cpu], which, OWN, value, PGDM_USER_PAGE);
	world_write_user_page(r->w, cpu, which, OWN, value);
}

static void write_kernel_half(struct ref *r, unsigned int cpu, int which,
			      unsigned int index)
{
	u64 value = random_value(r);

	switch (random_below(&r->random, 5)) {
	case 0:
		if (index != OWN)
			write_both(r, cpu, which, index, value);
		break;
	case 1:
	case 2:
		write_own_entry(r, cpu, which, value);
		break;
	default:
		if (index != OWN)
			write_all_roots(r, cpu, index, value);
	}
}

/* What the worker does: no writer is under way here. */
static void find_agreement(struct ref *r)
{
	bool differs = false;
	unsigned int i;
	int which;

	for (which = 1; which < PRIMARIES; which++)
		for (i = PGDM_USER_ENTRIES; i < PGDM_ENTRIES; i++)
			differs |= i != OWN &&
				   r->primary[which].word[0][i] !=
				   r->primary[0].word[0][i];
	r->kernel_writes += differs;
	r->agreed = differs ? 0 : r->kernel_writes;
	r->agreed_epoch = pgdm_epoch.complete;
	if (differs)
		pgdm_common_disagree();
	else
		pgdm_common_agree(pgdm_common_writes(), pgdm_epoch_complete());
}

static void level_roots(struct ref *r, unsigned int cpu)
{
	unsigned int i;

	for (i = PGDM_USER_ENTRIES; i < PGDM_ENTRIES; i++)
		if (i != OWN)
			write_all_roots(r, cpu, i, r->primary[0].word[0][i]);
}

/* Half of the time dirty, which has the most to it. */
static void change_policy(struct ref *r)
{
	struct random *random = &r->random;

	r->policy = &pgdm_policy_dirty;
	if (random_below(random, 2))
		r->policy = pgdm_policies[random_below(random,
						       PGDM_NR_POLICIES)];
	pgdm_policy_change(r->policy);
}

static void act(struct ref *r)
{
	struct random *random = &r->random;
	unsigned int cpu = random_below(random, CPUS);
	unsigned int index = random_below(random, 256);
	int which = random_below(random, PRIMARIES);
	struct ref_cpu *c = &r->cpu[cpu];
	unsigned int n, what = random_below(random, 1060);

	if (what < 400) {
		/* Now and then many, so that the ring overruns. */
		n = random_below(random, 30) ? 1 : random_below(random, 120);
		while (n--)
			write_both(r, cpu, which, random_below(random, 256),
				   random_value(r));
	} else if (what < 450) {
		write_kernel_half(r, cpu, which, index + 256);
	} else if (what < 700) {
		if (!random_below(random, 10))
			which = NOBODY;
		ref_switch(r, c, which);
		world_switch(r->w, cpu, which);
	} else if (what < 760) {
		ref_user_return(r, c);
		world_user_return(r->w, cpu);
	} else if (what < 780) {
		ref_kick(r, c);
		world_kick(r->w, cpu);
	} else if (what < 840) {
		ref_flush(r, c);
		world_flush(r->w, cpu);
	} else if (what < 940) {
		ref_fault(r, c, index);
		world_fault(r->w, cpu, index);
	} else if (what < 960) {
		walk(r, cpu, random_below(random, PGDM_ENTRIES));
	} else if (what < 980) {
		forget(r, which);
	} else if (what < 990) {
		change_policy(r);
	} else if (what < 993) {
		missed_write(r, which, index);
	} else if (what < 1000) {
		pgdm_epoch.complete = r->w->epoch;
	} else {
		if (what < 1020)
			level_roots(r, cpu);
		find_agreement(r);
	}
}

static bool same_marks(const unsigned long *marks, const struct marks *ref)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		if (pgdm_marks_have(marks, i) != ref->entry[i])
			return false;
	return true;
}

static bool same_mirror(const struct ref *r, const struct pgdm_mirror *m,
			const struct ref_mirror *ref)
{
	unsigned int page, i;

	if (ref->of == NOBODY)
		return !m->primary;
	if (m->primary != r->w->primary[ref->of])
		return false;
	for (page = 0; page < r->w->pages; page++)
		for (i = 0; i < PGDM_ENTRIES; i++)
			if ((m->page[page][i] ^ ref->table.word[page][i]) &
			    ~PGDM_ENTRY_ACCESSED)
				return false;
	return true;
}

static unsigned int count_stale(const struct ref *r, const struct ref_cpu *c)
{
	unsigned int i, page, index, n = 0;

	for (i = 0; i < r->w->mirrors; i++) {
		const struct ref_mirror *m = &c->mirror[i];

		if (m->of == NOBODY)
			continue;
		for (page = 0; page < r->w->pages; page++)
			for (index = 0; index < PGDM_ENTRIES; index++)
				n += !!((m->table.word[page][index] ^
					 r->primary[m->of].word[page][index]) &
					~PGDM_ENTRY_ACCESSED);
	}
	return n;
}

/* Everything that can be seen is as the reference says. */
static bool compare(struct ref *r)
{
	unsigned int cpu, i, s;

	CHECK_EQUAL(pgdm_common_writes(), r->kernel_writes);
	CHECK_EQUAL(pgdm_common_agreed(), ref_agreed(r));
	for (i = 0; i < PRIMARIES; i++) {
		const struct pgdm_primary *p = r->w->primary[i];

		CHECK(same_marks(p->marks, &r->marks[i]));
		CHECK_EQUAL(pgdm_primary_is_marked(p),
			    ref_same_misses(r, r->marked[i]));
	}
	for (cpu = 0; cpu < CPUS; cpu++) {
		struct pgdm_cache *c = r->w->cache[cpu];
		struct ref_cpu *ref = &r->cpu[cpu];
		struct pgdm_audit found;

		CHECK_EQUAL(c->loaded ? c->loaded - c->mirror : NOBODY,
			    ref->loaded);
		for (i = 0; i < r->w->mirrors; i++) {
			CHECK(same_mirror(r, &c->mirror[i], &ref->mirror[i]));
			CHECK(same_marks(c->mirror[i].marks,
					 &ref->mirror[i].marks));
			CHECK_EQUAL(c->mirror[i].kernel_seen,
				    ref->mirror[i].kernel_seen);
		}
		CHECK_EQUAL(world_audit(r->w, cpu, &found), PGDM_AUDIT_OK);
		CHECK_EQUAL(found.stale, count_stale(r, ref));
		for (s = 0; s < PGDM_NR_STATS; s++)
			if (s != PGDM_STAT_cycles_sync &&
			    s != PGDM_STAT_cycles_publish)
				CHECK_EQUAL(c->stats.value[s], ref->count[s]);
	}
	return true;
}

static bool was_exercised(const struct ref *r)
{
	unsigned int i;

	for (i = 0; i < NR_EXERCISES; i++)
		if (r->exercised[i] < exercises) {
			unit_note("exercise %u: %u times", i, r->exercised[i]);
			return false;
		}
	return true;
}

static bool run(unsigned int mirrors, unsigned int pages, bool fast, u64 seed)
{
	struct ref *r = calloc(1, sizeof(*r));
	unsigned int step, cpu, i;
	bool ok = true;

	if (!r)
		abort();
	r->w = world_create(CPUS, mirrors, PRIMARIES, pages);
	r->w->fast = fast;
	r->policy = pgdm_policy_now();
	r->last_id = PRIMARIES;
	r->kernel_writes = 1;
	r->agreed = 1;
	random_init(&r->random, seed);
	for (cpu = 0; cpu < CPUS; cpu++) {
		r->cpu[cpu].loaded = NOBODY;
		for (i = 0; i < MIRRORS_MAX; i++)
			r->cpu[cpu].mirror[i].of = NOBODY;
	}
	for (step = 0; ok && step < STEPS; step++) {
		act(r);
		ok = compare(r);
	}
	ok = ok && was_exercised(r);
	if (!ok)
		unit_note("step %u, %u mirrors, %u pages, seed %llu", step,
			  mirrors, pages, seed);
	world_destroy(r->w);
	free(r);
	return ok;
}

static bool two_mirrors(void)
{
	return run(2, 1, true, 1);
}

static bool three_mirrors_with_pti(void)
{
	return run(3, 2, false, 2);
}

static bool six_mirrors(void)
{
	return run(6, 1, false, 3);
}

static bool six_mirrors_with_pti(void)
{
	return run(6, 2, true, 4);
}

static const struct unit_test tests[] = {
	UNIT_TEST(two_mirrors),
	UNIT_TEST(three_mirrors_with_pti),
	UNIT_TEST(six_mirrors),
	UNIT_TEST(six_mirrors_with_pti),
};

UNIT_SUITE(model);
