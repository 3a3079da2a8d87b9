// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations, compared after each with a reference that is too simple
 * to be wrong: it has no concurrency, and copies whole tables. Which entries are marked,
 * and which kernel halves agree, it knows by the rules (M1 to M3), entry by entry.
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
static const unsigned int exercises;
#else
#define STEPS		12000
static const unsigned int exercises = 2;
#endif

struct table {
	u64 word[PGDM_PAGES][PGDM_ENTRIES];
};

/* M1, M2: entries that may be non-zero. */
struct marks {
	bool entry[PGDM_USER_ENTRIES];
};

struct ref_mirror {
	int of;
	bool flag;
	u64 seen;
	unsigned long epoch;
	u64 kernel_seen;
	struct marks marks;
	struct table table;
};

struct ref_cpu {
	struct ref_mirror mirror[MIRRORS_MAX];
	int loaded;
	unsigned int next;
	u64 count[PGDM_NR_STATS];
};

/* What must have come up, so that the comparison is no empty exercise. */
enum exercise {
	KERNEL_HALF_LEFT_OUT,
	KERNEL_HALF_COMPARED,
	LEFTOVER,
	BEHIND_BY_MARKS,
	FULL_WHERE_SPARSE,
	OWN_CLEAN,
	OWN_BEHIND,
	CAME_AND_WENT,
	NR_EXERCISES,
};

struct ref {
	unsigned int exercised[NR_EXERCISES];
	struct world *w;
	struct random random;
	const struct pgdm_policy *policy;
	struct table primary[PRIMARIES];
	struct marks marks[PRIMARIES];
	unsigned long marked[PRIMARIES];
	u64 kernel_writes;
	u64 agreed;
	unsigned long agreed_epoch;
	u64 seq[PRIMARIES];
	unsigned char changed[PRIMARIES][PGDM_RING];
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

static bool has(const struct ref *r, const struct table *table,
		unsigned int index)
{
	return table->word[0][index] ||
	       (r->w->pages == 2 && table->word[1][index]);
}

static void mark_all(const struct ref *r, struct marks *marks,
		     const struct table *table)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		marks->entry[i] |= has(r, table, i);
}

static bool same_misses(const struct ref *r, unsigned long epoch)
{
	return (epoch & PGDM_EPOCH_MISSES) == (r->w->epoch & PGDM_EPOCH_MISSES);
}

static bool is_marked(const struct ref *r, const struct ref_mirror *m)
{
	return r->policy->sparse && m->epoch == r->w->epoch &&
	       same_misses(r, r->marked[m->of]);
}

/* M3: the number to keep with a kernel half that was compared in full. */
static u64 agreed(const struct ref *r)
{
	return r->agreed == r->kernel_writes &&
	       same_misses(r, r->agreed_epoch) ? r->agreed : 0;
}

static u64 count_words(struct ref *r, struct ref_cpu *c, enum pgdm_stat kind,
		       u64 words)
{
	c->count[kind]++;
	c->count[PGDM_STAT_entries_copied] += words;
	c->count[PGDM_STAT_bytes_copied] += words * 8;
	return words;
}

static u64 count_sync(struct ref *r, struct ref_cpu *c, enum pgdm_stat kind,
		      u64 entries)
{
	return count_words(r, c, kind, entries * r->w->pages);
}

static void bring(struct ref *r, struct ref_mirror *m)
{
	m->table = r->primary[m->of];
	m->seen = r->seq[m->of];
}

/* M2: what is zero, and not marked in the primary either, loses its mark. */
static void trim(const struct ref *r, struct ref_mirror *m, int which)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		m->marks.entry[i] &= has(r, &m->table, i) ||
				     r->marks[which].entry[i];
}

static u64 full_sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m)
{
	bring(r, m);
	m->epoch = pgdm_epoch.complete;
	m->flag = false;
	m->kernel_seen = agreed(r);
	if (r->policy->sparse) {
		mark_all(r, &m->marks, &m->table);
		if (!same_misses(r, r->marked[m->of])) {
			mark_all(r, &r->marks[m->of], &r->primary[m->of]);
			r->marked[m->of] = pgdm_epoch.complete;
		}
		if (!r->policy->stores)
			trim(r, m, m->of);
	}
	return count_sync(r, c, PGDM_STAT_syncs_full, PGDM_ENTRIES);
}

/* M2, M3: how many entries it would have taken; then all are brought. */
static u64 sparse_sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m,
		       bool first)
{
	const struct marks *theirs = &r->marks[m->of];
	unsigned int i;
	u64 entries = 0;

	for (i = 0; i < PGDM_USER_ENTRIES; i++) {
		if (first && m->marks.entry[i] && !theirs->entry[i])
			r->exercised[LEFTOVER]++;
		m->marks.entry[i] |= theirs->entry[i];
		entries += m->marks.entry[i];
	}
	if (first && m->kernel_seen == r->kernel_writes) {
		entries += 1;	/* OWN */
		r->exercised[KERNEL_HALF_LEFT_OUT]++;
	} else if (first) {
		entries += KERNEL_ENTRIES;
		m->kernel_seen = agreed(r);
		r->exercised[KERNEL_HALF_COMPARED]++;
	} else {
		r->exercised[BEHIND_BY_MARKS]++;
	}
	bring(r, m);
	if (!r->policy->stores)
		trim(r, m, m->of);
	c->count[PGDM_STAT_syncs_sparse]++;
	return count_sync(r, c, PGDM_STAT_syncs_dirty, entries);
}

/* What cannot be done by records. */
static u64 whole_sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m,
		      bool first)
{
	if (is_marked(r, m))
		return sparse_sync(r, c, m, first);
	if (r->policy->sparse)
		r->exercised[FULL_WHERE_SPARSE]++;
	return full_sync(r, c, m);
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

/*
 * What the records name is stored where it differs. Returns the number of words. An
 * entry that has not changed has its mark already, or is zero.
 */
static u64 copy_changed(struct ref *r, struct ref_mirror *m)
{
	const struct table *table = &r->primary[m->of];
	unsigned int i, page;
	u64 s, words = 0;

	for (s = m->seen + 1; s <= r->seq[m->of]; s++) {
		i = r->changed[m->of][s % PGDM_RING];
		for (page = 0; page < r->w->pages; page++) {
			words += m->table.word[page][i] != table->word[page][i];
			m->table.word[page][i] = table->word[page][i];
		}
		m->marks.entry[i] = has(r, table, i);
	}
	return words;
}

static void sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m,
		 enum pgdm_point point, bool lacks)
{
	pgdm_verb_t *verb = r->policy->at[point];
	bool changes = wants_changes(r, verb, lacks);
	u64 behind = r->seq[m->of] - m->seen, words;

	if ((m->epoch != r->w->epoch && (point != PGDM_AT_FAULT || lacks)) ||
	    wants_full(r, m, verb, point, lacks)) {
		full_sync(r, c, m);
		return;
	}
	if (changes && behind > PGDM_RING) {
		whole_sync(r, c, m, false);
		return;
	}
	if (!changes) {
		count_sync(r, c, PGDM_STAT_syncs_clean, 0);
		return;
	}
	words = copy_changed(r, m);
	r->exercised[CAME_AND_WENT] += behind && !words;
	bring(r, m);
	count_words(r, c, words ? PGDM_STAT_syncs_dirty : PGDM_STAT_syncs_clean,
		    words);
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
	if (r->policy->stores)
		trim(r, &c->mirror[i], which);
	c->mirror[i].of = which;
	c->count[PGDM_STAT_attaches]++;
	c->count[PGDM_STAT_entries_first] += whole_sync(r, c, &c->mirror[i],
							true);
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

/* An entry, in the tables that were written: a bit each. */
static void store_in(struct ref *r, struct ref_cpu *c, struct ref_mirror *m,
		     unsigned int index, unsigned int pages,
		     enum pgdm_stat counted)
{
	const struct table *primary = &r->primary[m->of];
	unsigned int page;

	for (page = 0; page < PGDM_PAGES; page++) {
		if (!(pages & BIT(page)))
			continue;
		m->table.word[page][index] = primary->word[page][index];
		c->count[counted]++;
	}
	if (index < PGDM_USER_ENTRIES)
		m->marks.entry[index] |= has(r, primary, index);
}

/* To every mirror of a primary. */
static void ref_store(struct ref *r, struct ref_cpu *c, int which,
		      unsigned int index, unsigned int pages)
{
	unsigned int cpu, i;

	for (cpu = 0; cpu < CPUS; cpu++) {
		for (i = 0; i < r->w->mirrors; i++) {
			struct ref_mirror *m = &r->cpu[cpu].mirror[i];

			if (m->of == which)
				store_in(r, c, m, index, pages,
					 PGDM_STAT_write_throughs);
		}
	}
}

/* O1: into the mirror that the writing CPU has loaded. */
static void ref_store_own(struct ref *r, struct ref_cpu *c, int which,
			  unsigned int index)
{
	struct ref_mirror *m = loaded(c);

	if (!m || m->of != which)
		return;
	store_in(r, c, m, index, r->w->pages == 2 ? 3 : 1,
		 PGDM_STAT_own_stores);
	m->marks.entry[index] = has(r, &m->table, index);
	if (m->seen == r->seq[which] - 1) {
		m->seen++;
		r->exercised[OWN_CLEAN]++;
	} else {
		r->exercised[OWN_BEHIND]++;
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
		      unsigned int index, u64 value, unsigned int page)
{
	u64 (*word)[PGDM_ENTRIES] = r->primary[which].word;
	bool pair = r->w->pages == 2;

	c->count[PGDM_STAT_publishes]++;
	word[page][index] = value;
	if (index < 256) {
		if (pair) {
			word[1][index] = value;
			if ((value & 5) == 5)
				word[0][index] |= 1ULL << 63;
		}
		r->seq[which]++;
		r->changed[which][r->seq[which] % PGDM_RING] = index;
		r->marks[which].entry[index] = has(r, &r->primary[which],
						   index);
		if (r->policy == &pgdm_policy_flag)
			ref_raise(r, which);
		if (r->policy == &pgdm_policy_dirty)
			ref_store_own(r, c, which, index);
		if (r->policy->stores)
			ref_store(r, c, which, index, pair ? 3 : 1);
		return;
	}
	r->kernel_writes += index != OWN;
	ref_store(r, c, which, index, BIT(page));
}

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
		if (has(r, &r->primary[which], index))
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
	CHECK_EQUAL(pgdm_common_agreed(), agreed(r));
	for (i = 0; i < PRIMARIES; i++) {
		const struct pgdm_primary *p = r->w->primary[i];

		CHECK(same_marks(p->marks, &r->marks[i]));
		CHECK_EQUAL(pgdm_primary_is_marked(p),
			    same_misses(r, r->marked[i]));
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
