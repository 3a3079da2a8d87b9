// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations, compared after each with a reference that is too simple
 * to be wrong: it has no ring, no concurrency, and copies whole tables.
 */
#include "random.h"
#include "unit.h"
#include "world.h"

#include <stdlib.h>

#define CPUS		3
#define PRIMARIES	9
#define MIRRORS_MAX	6
#define NOBODY		(-1)

#ifdef __SANITIZE_THREAD__
#define STEPS		3000	/* slow, and there is but one thread */
#else
#define STEPS		12000
#endif

struct table {
	u64 word[PGDM_PAGES][PGDM_ENTRIES];
};

struct ref_mirror {
	int of;
	bool flag;
	u64 seen;
	unsigned long epoch;
	struct table table;
};

struct ref_cpu {
	struct ref_mirror mirror[MIRRORS_MAX];
	int loaded;
	unsigned int next;
	u64 count[PGDM_NR_STATS];
};

struct ref {
	struct world *w;
	struct random random;
	const struct pgdm_policy *policy;
	struct table primary[PRIMARIES];
	u64 seq[PRIMARIES];
	u64 last_id;
	struct ref_cpu cpu[CPUS];
};

static bool differs(const struct ref *r, const struct ref_mirror *m,
		    unsigned int index)
{
	unsigned int page;

	for (page = 0; page < r->w->pages; page++)
		if ((m->table.word[page][index] ^
		     r->primary[m->of].word[page][index]) &
		    ~PGDM_ENTRY_ACCESSED)
			return true;
	return false;
}

static void count_sync(struct ref *r, struct ref_cpu *c, enum pgdm_stat kind,
		       u64 entries)
{
	c->count[kind]++;
	c->count[PGDM_STAT_entries_copied] += entries * r->w->pages;
	c->count[PGDM_STAT_bytes_copied] += entries * r->w->pages * 8;
}

static void bring(struct ref *r, struct ref_mirror *m)
{
	m->table = r->primary[m->of];
	m->seen = r->seq[m->of];
}

static void full_sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m)
{
	bring(r, m);
	m->epoch = pgdm_epoch.complete;
	m->flag = false;
	count_sync(r, c, PGDM_STAT_syncs_full, PGDM_ENTRIES);
}

/*
 * What each verb does, by simpler means. Verbs that are not in sync.h are a policy's
 * own.
 */
static bool wants_full(const struct ref *r, const struct ref_mirror *m,
		       pgdm_verb_t *verb, enum pgdm_point point, bool lacks)
{
	const struct pgdm_policy *policy = r->policy;
	bool behind = r->seq[m->of] != m->seen;

	if (verb == pgdm_sync_all)
		return true;
	if (verb == pgdm_sync_nothing || verb == pgdm_sync_changes)
		return false;
	if (verb == pgdm_sync_entry_if_lacking)
		return lacks && policy->stores;
	if (verb == pgdm_sync_all_if_lacking)
		return lacks;
	if (verb == pgdm_sync_all_if_behind)
		return behind;
	if (policy == &pgdm_policy_flag)
		return m->flag || (point == PGDM_AT_FAULT && lacks);
	if (policy == &pgdm_policy_flag_mm)
		return behind || (point == PGDM_AT_FAULT && lacks);
	abort();
}

static bool wants_changes(const struct ref *r, pgdm_verb_t *verb, bool lacks)
{
	return verb == pgdm_sync_changes ||
	       (verb == pgdm_sync_entry_if_lacking && lacks &&
		!r->policy->stores);
}

static void sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m,
		 enum pgdm_point point, bool lacks)
{
	pgdm_verb_t *verb = r->policy->at[point];
	bool changes = wants_changes(r, verb, lacks);
	u64 behind = r->seq[m->of] - m->seen;

	if ((m->epoch != r->w->epoch && (point != PGDM_AT_FAULT || lacks)) ||
	    wants_full(r, m, verb, point, lacks) ||
	    (changes && behind > PGDM_RING)) {
		full_sync(r, c, m);
		return;
	}
	if (!changes) {
		count_sync(r, c, PGDM_STAT_syncs_clean, 0);
		return;
	}
	bring(r, m);
	count_sync(r, c, behind ? PGDM_STAT_syncs_dirty : PGDM_STAT_syncs_clean,
		   behind);
}

static struct ref_mirror *loaded(struct ref_cpu *c)
{
	if (c->loaded == NOBODY || c->mirror[c->loaded].of == NOBODY)
		return NULL;
	return &c->mirror[c->loaded];
}

static void ref_switch(struct ref *r, struct ref_cpu *c, int which)
{
	int leaving = c->loaded, i, n = r->w->mirrors;

	c->loaded = NOBODY;
	if (which == NOBODY)
		return;
	c->count[PGDM_STAT_switches]++;
	for (i = 0; i < n; i++) {
		if (c->mirror[i].of == which) {
			sync(r, c, &c->mirror[i], PGDM_AT_SWITCH, false);
			c->loaded = i;
			return;
		}
	}
	/* The first free one that is not being left; or else in turn. */
	for (i = 0; i < n; i++)
		if (c->mirror[i].of == NOBODY && i != leaving)
			break;
	if (i == n) {
		if ((int)c->next == leaving)
			c->next = (c->next + 1) % n;
		i = c->next;
		c->next = (c->next + 1) % n;
	}
	if (c->mirror[i].of != NOBODY)
		c->count[PGDM_STAT_evictions]++;
	c->mirror[i].of = which;
	c->count[PGDM_STAT_attaches]++;
	full_sync(r, c, &c->mirror[i]);
	c->loaded = i;
}

static void ref_flush(struct ref *r, struct ref_cpu *c)
{
	if (!loaded(c))
		return;
	c->count[PGDM_STAT_flush_receipts]++;
	sync(r, c, loaded(c), PGDM_AT_FLUSH, false);
}

static void ref_user_return(struct ref *r, struct ref_cpu *c)
{
	if (!loaded(c) || !r->policy->at[PGDM_AT_USER_RETURN])
		return;
	c->count[PGDM_STAT_user_returns]++;
	sync(r, c, loaded(c), PGDM_AT_USER_RETURN, false);
}

static void ref_kick(struct ref *r, struct ref_cpu *c)
{
	if (loaded(c) && r->policy->at[PGDM_AT_KICK])
		sync(r, c, loaded(c), PGDM_AT_KICK, false);
}

static void ref_fault(struct ref *r, struct ref_cpu *c, unsigned int index)
{
	struct ref_mirror *m = loaded(c);
	bool lacks;

	if (!m)
		return;
	lacks = differs(r, m, index);
	c->count[PGDM_STAT_faults_seen]++;
	c->count[PGDM_STAT_faults_fixed] += lacks;
	sync(r, c, m, PGDM_AT_FAULT, lacks);
}

/* To every mirror of a primary: a word, and on both pages if there are two. */
static void ref_store(struct ref *r, struct ref_cpu *c, int which,
		      unsigned int index, unsigned int pages)
{
	unsigned int cpu, i, page;

	for (cpu = 0; cpu < CPUS; cpu++) {
		for (i = 0; i < r->w->mirrors; i++) {
			struct ref_mirror *m = &r->cpu[cpu].mirror[i];

			if (m->of != which)
				continue;
			for (page = 0; page < pages; page++)
				m->table.word[page][index] =
					r->primary[which].word[page][index];
			c->count[PGDM_STAT_write_throughs] += pages;
		}
	}
}

static void ref_raise(struct ref *r, int which)
{
	unsigned int cpu, i;

	for (cpu = 0; cpu < CPUS; cpu++)
		for (i = 0; i < r->w->mirrors; i++)
			if (r->cpu[cpu].mirror[i].of == which)
				r->cpu[cpu].mirror[i].flag = true;
}

static void ref_write(struct ref *r, struct ref_cpu *c, int which,
		      unsigned int index, u64 value)
{
	u64 (*word)[PGDM_ENTRIES] = r->primary[which].word;
	bool pair = r->w->pages == 2;

	c->count[PGDM_STAT_publishes]++;
	word[0][index] = value;
	if (index < 256) {
		if (pair) {
			word[1][index] = value;
			if ((value & 5) == 5)
				word[0][index] |= 1ULL << 63;
		}
		r->seq[which]++;
		if (r->policy == &pgdm_policy_flag)
			ref_raise(r, which);
		if (r->policy->stores)
			ref_store(r, c, which, index, r->w->pages);
		return;
	}
	ref_store(r, c, which, index, 1);
}

static void forget(struct ref *r, int which)
{
	struct pgdm_primary *p = r->w->primary[which];
	unsigned int cpu, i, page;

	pgdm_mirrors_forget(p);
	for (page = 0; page < r->w->pages; page++)
		memset(p->page[page], 0, PGDM_ENTRIES * PGDM_ENTRY_BYTES);
	world_bear(r->w, which, ++r->last_id);

	memset(&r->primary[which], 0, sizeof(r->primary[which]));
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

/* H1: the hook is missed; a grace period comes at some later step. */
static void missed_write(struct ref *r, int which, unsigned int index)
{
	u64 value = ENTRY(random_below(&r->random, 1 << 20));

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

static void act(struct ref *r)
{
	struct random *random = &r->random;
	unsigned int cpu = random_below(random, CPUS);
	unsigned int index = random_below(random, 256);
	int which = random_below(random, PRIMARIES);
	struct ref_cpu *c = &r->cpu[cpu];
	unsigned int n, what = random_below(random, 1000);

	if (what < 400) {
		/* Now and then many, so that the ring overruns. */
		n = random_below(random, 50) ? 1 : random_below(random, 80);
		while (n--) {
			u64 value = random_value(r);

			index = random_below(random, 256);
			ref_write(r, c, which, index, value);
			world_write(r->w, cpu, which, index, value);
		}
	} else if (what < 450) {
		u64 value = random_value(r);

		ref_write(r, c, which, index + 256, value);
		world_write(r->w, cpu, which, index + 256, value);
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
		r->policy = pgdm_policies[random_below(random,
						       PGDM_NR_POLICIES)];
		pgdm_policy_change(r->policy);
	} else if (what < 993) {
		missed_write(r, which, index);
	} else {
		pgdm_epoch.complete = r->w->epoch;
	}
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

	for (cpu = 0; cpu < CPUS; cpu++) {
		struct pgdm_cache *c = r->w->cache[cpu];
		struct ref_cpu *ref = &r->cpu[cpu];
		struct pgdm_audit found;

		CHECK_EQUAL(c->loaded ? c->loaded - c->mirror : NOBODY,
			    ref->loaded);
		for (i = 0; i < r->w->mirrors; i++)
			CHECK(same_mirror(r, &c->mirror[i], &ref->mirror[i]));
		CHECK_EQUAL(world_audit(r->w, cpu, &found), PGDM_AUDIT_OK);
		CHECK_EQUAL(found.stale, count_stale(r, ref));
		for (s = 0; s < PGDM_NR_STATS; s++)
			if (s != PGDM_STAT_cycles_sync &&
			    s != PGDM_STAT_cycles_publish)
				CHECK_EQUAL(c->stats.value[s], ref->count[s]);
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
