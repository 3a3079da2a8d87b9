// SPDX-License-Identifier: GPL-2.0
/*
 * The events of several CPUs in the order in which they took effect.
 *
 * Each CPU's events are in order. Between CPUs times do not say which of two came first:
 * clocks differ a little, and an event is recorded some time after what it tells of.
 * Sequences do:
 * - changes of an mm took effect in the order of their sequences;
 * - a sync after which the mirror holds sequence s came after change s;
 * - and before change s + 1, if it has looked at the sequence (struct event, strict).
 * An mm's events lie between the one that tracks it and the one that ends that. Among
 * the CPUs whose next event may come by these rules, the earliest time decides.
 *
 * Where no event may come, some were lost or are damaged: the earliest is taken, and
 * reported.
 */
#include "order.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct mark - a sequence of an mm that events wait for
 * @mm: the mm
 * @seq: the sequence
 * @left: events with it that were not taken yet
 * @line: of the first of them
 */
struct mark {
	uint32_t mm;
	uint32_t left;
	uint32_t line;
	uint64_t seq;
};

/**
 * struct marks - of all mms, by mm and sequence
 * @mark: sorted
 * @nr: how many
 * @first: by mm, the first one with events left
 * @end: by mm, behind its last one
 */
struct marks {
	struct mark *mark;
	size_t nr;
	size_t *first;
	size_t *end;
};

/**
 * struct sorter - the work
 * @all: the events
 * @changes: user-half changes
 * @looks: syncs that have looked at the sequence
 * @left: by mm, events that were not taken yet
 * @untracked: by mm, events that track it and were not taken yet
 * @queue: by CPU, the place of its next event in @of_cpu
 * @end: by CPU, behind its last one
 * @of_cpu: places of events, CPU by CPU
 */
struct sorter {
	struct events *all;
	struct marks changes;
	struct marks looks;
	uint32_t *left;
	uint32_t *untracked;
	size_t *queue;
	size_t *end;
	uint32_t *of_cpu;
};

/* --- numbers of mms ------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int number_mms(struct events *all, uint32_t *mms)
{
	uint64_t *ids = calloc(all->nr + 1, sizeof(*ids)), *found;
	size_t i, nr = 0, unique = 0;

	if (!ids)
		return -1;
	for (i = 0; i < all->nr; i++)
		if (all->event[i].id)
			ids[nr++] = all->event[i].id;
	qsort(ids, nr, sizeof(*ids), compare_ids);
	for (i = 0; i < nr; i++)
		if (!i || ids[i] != ids[i - 1])
			ids[unique++] = ids[i];
	for (i = 0; i < all->nr; i++) {
		struct event *e = &all->event[i];

		if (!e->id)
			continue;
		found = bsearch(&e->id, ids, unique, sizeof(*ids), compare_ids);
		e->mm = found - ids + 1;
	}
	free(ids);
	*mms = unique;
	return 0;
}

/* --- sequences that events wait for --------------------------------------- */

static int compare_marks(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->mm != y->mm)
		return (x->mm > y->mm) - (x->mm < y->mm);
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static bool is_change(const struct event *e)
{
	return e->kind == REPLAY_PUBLISH && e->index < 256;
}

static bool is_look(const struct event *e)
{
	return e->strict;
}

static int marks_init(struct marks *m, const struct events *all, uint32_t mms,
		      bool (*is_one)(const struct event *e))
{
	size_t i, nr = 0, unique = 0;

	m->mark = calloc(all->nr + 1, sizeof(*m->mark));
	m->first = calloc(mms + 1, sizeof(*m->first));
	m->end = calloc(mms + 1, sizeof(*m->end));
	if (!m->mark || !m->first || !m->end)
		return -1;
	for (i = 0; i < all->nr; i++) {
		const struct event *e = &all->event[i];

		if (is_one(e))
			m->mark[nr++] = (struct mark){ e->mm, 1, e->line, e->seq };
	}
	qsort(m->mark, nr, sizeof(*m->mark), compare_marks);
	for (i = 0; i < nr; i++) {
		if (unique && !compare_marks(&m->mark[i], &m->mark[unique - 1])) {
			m->mark[unique - 1].left++;
			continue;
		}
		m->mark[unique] = m->mark[i];
		if (!unique || m->mark[unique - 1].mm != m->mark[unique].mm)
			m->first[m->mark[unique].mm] = unique;
		m->end[m->mark[unique].mm] = unique + 1;
		unique++;
	}
	m->nr = unique;
	return 0;
}

static void marks_free(struct marks *m)
{
	free(m->mark);
	free(m->first);
	free(m->end);
}

/* The lowest sequence of an mm with events left, or the highest number there is. */
static uint64_t marks_lowest(const struct marks *m, uint32_t mm)
{
	return m->first[mm] < m->end[mm] ? m->mark[m->first[mm]].seq : UINT64_MAX;
}

static void marks_take(struct marks *m, const struct event *e)
{
	struct mark key = { .mm = e->mm, .seq = e->seq };
	struct mark *found = bsearch(&key, m->mark, m->nr, sizeof(key), compare_marks);

	found->left--;
	while (m->first[e->mm] < m->end[e->mm] && !m->mark[m->first[e->mm]].left)
		m->first[e->mm]++;
}

/* --- taking one after the other ------------------------------------------- */

static bool may_come(const struct sorter *s, const struct event *e)
{
	if (!e->mm)
		return true;
	if (e->kind == REPLAY_TRACK)
		return true;
	if (s->untracked[e->mm])
		return false;
	if (e->kind == REPLAY_UNTRACK)
		return s->left[e->mm] == 1;
	if (is_change(e))
		return marks_lowest(&s->changes, e->mm) == e->seq &&
		       marks_lowest(&s->looks, e->mm) >= e->seq;
	if (e->flags & REPLAY_KNOWN)
		return marks_lowest(&s->changes, e->mm) > e->seq;
	return true;
}

static void take(struct sorter *s, const struct event *e)
{
	if (!e->mm)
		return;
	s->left[e->mm]--;
	if (e->kind == REPLAY_TRACK)
		s->untracked[e->mm]--;
	if (is_change(e))
		marks_take(&s->changes, e);
	if (is_look(e))
		marks_take(&s->looks, e);
}

static const struct event *head(const struct sorter *s, unsigned int cpu)
{
	return s->queue[cpu] < s->end[cpu] ? &s->all->event[s->of_cpu[s->queue[cpu]]] : NULL;
}

static bool is_before(const struct event *a, const struct event *b)
{
	return !b || a->time < b->time || (a->time == b->time && a->line < b->line);
}

/* The CPU whose event is next; *forced: it may not come, but none may. */
static unsigned int choose(const struct sorter *s, bool *forced)
{
	const struct event *best = NULL, *earliest = NULL, *e;
	unsigned int cpu, chosen = 0, first = 0;

	for (cpu = 0; cpu < s->all->header.cpus; cpu++) {
		e = head(s, cpu);
		if (!e)
			continue;
		if (is_before(e, earliest)) {
			earliest = e;
			first = cpu;
		}
		if (is_before(e, best) && may_come(s, e)) {
			best = e;
			chosen = cpu;
		}
	}
	*forced = !best;
	return best ? chosen : first;
}

static void merge(struct sorter *s, struct order *order)
{
	while (order->nr < s->all->nr) {
		const struct event *e;
		unsigned int cpu;
		bool forced;

		cpu = choose(s, &forced);
		e = head(s, cpu);
		if (forced) {
			order->forced++;
			events_tell(s->all, e->line,
				    "cannot be put in order with other CPUs' events: some are missing, or wrong");
		}
		take(s, e);
		order->next[order->nr++] = s->of_cpu[s->queue[cpu]++];
	}
}

/* Events by CPU, in the order of lines. */
static int queues_init(struct sorter *s)
{
	unsigned int cpu, cpus = s->all->header.cpus;
	size_t i, at = 0;

	s->queue = calloc(cpus + 1, sizeof(*s->queue));
	s->end = calloc(cpus + 1, sizeof(*s->end));
	s->of_cpu = calloc(s->all->nr + 1, sizeof(*s->of_cpu));
	if (!s->queue || !s->end || !s->of_cpu)
		return -1;
	for (i = 0; i < s->all->nr; i++)
		s->end[s->all->event[i].cpu]++;
	for (cpu = 0; cpu < cpus; cpu++) {
		s->queue[cpu] = at;
		at += s->end[cpu];
		s->end[cpu] = s->queue[cpu];
	}
	for (i = 0; i < s->all->nr; i++)
		s->of_cpu[s->end[s->all->event[i].cpu]++] = i;
	return 0;
}

/* What is wrong without regard to other CPUs. */
static void report_gaps(struct sorter *s)
{
	const struct marks *m = &s->changes;
	uint64_t last[REPLAY_CPUS_MAX] = { };
	size_t i;

	for (i = 1; i < m->nr; i++)
		if (m->mark[i].mm == m->mark[i - 1].mm &&
		    m->mark[i].seq != m->mark[i - 1].seq + 1)
			events_tell(s->all, m->mark[i].line,
				    "changes %llu to %llu of this mm are missing",
				    (unsigned long long)m->mark[i - 1].seq + 1,
				    (unsigned long long)m->mark[i].seq - 1);
	for (i = 0; i < s->all->nr; i++) {
		const struct event *e = &s->all->event[i];

		if (e->time < last[e->cpu])
			events_tell(s->all, e->line, "time goes backwards on CPU %u",
				    e->cpu);
		last[e->cpu] = e->time;
	}
}

static int count_events(struct sorter *s, uint32_t mms)
{
	size_t i;

	s->left = calloc(mms + 1, sizeof(*s->left));
	s->untracked = calloc(mms + 1, sizeof(*s->untracked));
	if (!s->left || !s->untracked)
		return -1;
	for (i = 0; i < s->all->nr; i++) {
		s->left[s->all->event[i].mm]++;
		if (s->all->event[i].kind == REPLAY_TRACK)
			s->untracked[s->all->event[i].mm]++;
	}
	return 0;
}

/**
 * order_events() - put a recording in order
 * @all: the recording; the numbers of mms are filled in
 * @order: filled in
 *
 * Return: 0, or -1: no memory.
 */
int order_events(struct events *all, struct order *order)
{
	struct sorter s = { .all = all };
	int ret = -1;

	memset(order, 0, sizeof(*order));
	order->next = calloc(all->nr + 1, sizeof(*order->next));
	if (!order->next || number_mms(all, &order->mms))
		goto out;
	if (marks_init(&s.changes, all, order->mms, is_change) ||
	    marks_init(&s.looks, all, order->mms, is_look) ||
	    count_events(&s, order->mms) || queues_init(&s))
		goto out;
	report_gaps(&s);
	merge(&s, order);
	ret = 0;
out:
	marks_free(&s.changes);
	marks_free(&s.looks);
	free(s.left);
	free(s.untracked);
	free(s.queue);
	free(s.end);
	free(s.of_cpu);
	if (ret)
		order_free(order);
	return ret;
}

/**
 * order_free() - give the memory back
 * @order: what was filled in
 */
void order_free(struct order *order)
{
	free(order->next);
	order->next = NULL;
}
