// SPDX-License-Identifier: GPL-2.0
/*
 * A reference for the core, see ref.h.
 */
#include "ref.h"

#include <stdlib.h>

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

static void mark_all(const struct ref *r, struct marks *marks,
		     const struct table *table)
{
	unsigned int i;

	for (i = 0; i < PGDM_USER_ENTRIES; i++)
		marks->entry[i] |= ref_has(r, table, i);
}

bool ref_same_misses(const struct ref *r, unsigned long epoch)
{
	return (epoch & PGDM_EPOCH_MISSES) == (r->w->epoch & PGDM_EPOCH_MISSES);
}

static bool is_marked(const struct ref *r, const struct ref_mirror *m)
{
	return r->policy->sparse && m->epoch == r->w->epoch &&
	       ref_same_misses(r, r->marked[m->of]);
}

u64 ref_agreed(const struct ref *r)
{
	return r->agreed == r->kernel_writes &&
	       ref_same_misses(r, r->agreed_epoch) ? r->agreed : 0;
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
		m->marks.entry[i] &= ref_has(r, &m->table, i) ||
				     r->marks[which].entry[i];
}

static u64 full_sync(struct ref *r, struct ref_cpu *c, struct ref_mirror *m)
{
	bring(r, m);
	m->epoch = pgdm_epoch.complete;
	m->flag = false;
	m->kernel_seen = ref_agreed(r);
	if (r->policy->sparse) {
		if (!r->policy->stores)
			memset(&m->marks, 0, sizeof(m->marks));
		mark_all(r, &m->marks, &m->table);
		if (!ref_same_misses(r, r->marked[m->of])) {
			mark_all(r, &r->marks[m->of], &r->primary[m->of]);
			r->marked[m->of] = pgdm_epoch.complete;
		}
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
		m->kernel_seen = ref_agreed(r);
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
		m->marks.entry[i] = ref_has(r, table, i);
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

void ref_switch(struct ref *r, struct ref_cpu *c, int which)
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

void ref_flush(struct ref *r, struct ref_cpu *c)
{
	if (!loaded(c))
		return;
	c->count[PGDM_STAT_flush_receipts]++;
	sync(r, c, loaded(c), PGDM_AT_FLUSH, false);
}

void ref_user_return(struct ref *r, struct ref_cpu *c)
{
	if (!loaded(c) || !r->policy->at[PGDM_AT_USER_RETURN])
		return;
	c->count[PGDM_STAT_user_returns]++;
	sync(r, c, loaded(c), PGDM_AT_USER_RETURN, false);
}

void ref_kick(struct ref *r, struct ref_cpu *c)
{
	if (loaded(c) && r->policy->at[PGDM_AT_KICK])
		sync(r, c, loaded(c), PGDM_AT_KICK, false);
}

void ref_fault(struct ref *r, struct ref_cpu *c, unsigned int index)
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
		m->marks.entry[index] |= ref_has(r, primary, index);
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
	m->marks.entry[index] = ref_has(r, &m->table, index);
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

void ref_write(struct ref *r, struct ref_cpu *c, int which, unsigned int index,
	       u64 value, unsigned int page)
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
		r->marks[which].entry[index] =
			ref_has(r, &r->primary[which], index);
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
