// SPDX-License-Identifier: GPL-2.0
/*
 * Events in order become records: mms and values get small numbers.
 */
#include "records.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct values - numbers of the values of entries, from 1
 * @value: a hash table; 0: free
 * @number: of each
 * @room: of the tables, a power of two
 * @nr: how many values there are
 */
struct values {
	uint64_t *value;
	uint32_t *number;
	size_t room;
	size_t nr;
};

/**
 * struct writer - the work
 * @r: the trace
 * @room: of its records
 * @values: of entries
 * @number: by mm, its number now; 0: none
 * @ended: by mm
 * @spare: numbers of mms that have ended
 * @nr_spare: how many
 * @time: of the latest record
 */
struct writer {
	struct records *r;
	size_t room;
	struct values values;
	uint32_t *number;
	bool *ended;
	uint32_t *spare;
	size_t nr_spare;
	uint64_t time;
};

/* As many as there can be different ones, twice over: the table is never full. */
static int values_init(struct values *v, size_t most)
{
	for (v->room = 64; v->room < 2 * most; v->room *= 2)
		;
	v->value = calloc(v->room, sizeof(*v->value));
	v->number = calloc(v->room, sizeof(*v->number));
	return v->value && v->number ? 0 : -1;
}

static uint32_t values_number(struct values *v, uint64_t value)
{
	size_t i = (value * 0x9e3779b97f4a7c15ULL >> 20) & (v->room - 1);

	if (!value)
		return 0;
	while (v->value[i] && v->value[i] != value)
		i = (i + 1) & (v->room - 1);
	if (!v->value[i]) {
		v->value[i] = value;
		/* After four million values numbers are used again. */
		v->number[i] = v->nr++ % REPLAY_VALUE_MAX + 1;
	}
	return v->number[i];
}

static struct replay_record *put(struct writer *w, const struct event *e,
				 enum replay_kind kind)
{
	struct replay_record *out = &w->r->record[w->r->header.records++];
	uint64_t delay = e->time > w->time && w->time ? e->time - w->time : 0;

	out->delay = delay < UINT32_MAX ? delay : UINT32_MAX;
	if (e->time > w->time)
		w->time = e->time;
	out->mm = w->number[e->mm];
	out->cpu = e->cpu;
	out->kind = kind;
	out->flags = e->flags;
	return out;
}

/* The smallest numbers again and again: what replays them needs a table of all. */
static void begin_mm(struct writer *w, const struct event *e)
{
	w->number[e->mm] = w->nr_spare ? w->spare[--w->nr_spare] : w->r->header.mms++;
	put(w, e, REPLAY_TRACK)->flags = 0;
}

static uint32_t data_of(struct writer *w, const struct event *e)
{
	uint32_t data = e->words | (uint32_t)e->sync << REPLAY_SYNC_SHIFT;

	switch (e->kind) {
	case REPLAY_PUBLISH:
	case REPLAY_ENTRY:
		return e->index | (e->user_page ? REPLAY_USER_PAGE : 0) |
		       values_number(&w->values, e->value) << REPLAY_VALUE_SHIFT;
	case REPLAY_SEND:
	case REPLAY_LOST:
		return e->value < UINT32_MAX ? e->value : UINT32_MAX;
	case REPLAY_FAULT:
	case REPLAY_GUARD:
		return data | (uint32_t)e->index << REPLAY_FAULT_SHIFT;
	}
	return data;
}

static void write_event(struct writer *w, const struct event *e)
{
	struct replay_record *out;

	if (e->mm && (w->ended[e->mm] || (e->kind == REPLAY_TRACK && w->number[e->mm])))
		return;
	if (e->kind == REPLAY_TRACK) {
		begin_mm(w, e);
		return;
	}
	if (e->mm && !w->number[e->mm]) {
		w->r->untracked++;
		begin_mm(w, e);
	}
	out = put(w, e, e->kind);
	out->data = data_of(w, e);
	if (e->kind == REPLAY_UNTRACK) {
		w->spare[w->nr_spare++] = w->number[e->mm];
		w->ended[e->mm] = true;
	}
}

/**
 * records_make() - make the compact trace
 * @r: filled in
 * @all: the events
 * @order: their order
 *
 * Return: 0, or -1: no memory.
 */
int records_make(struct records *r, const struct events *all, const struct order *order)
{
	struct writer w = { .r = r };
	size_t i, mms = order->mms + 1;
	int ret = -1;

	memset(r, 0, sizeof(*r));
	r->header = all->header;
	memcpy(r->header.magic, REPLAY_MAGIC, sizeof(r->header.magic));
	r->header.version = REPLAY_VERSION;
	r->header.record_bytes = sizeof(*r->record);
	r->header.mms = 1;
	/* An event that begins an mm whose beginning is missing makes two records. */
	r->record = calloc(all->nr + mms, sizeof(*r->record));
	w.number = calloc(mms, sizeof(*w.number));
	w.ended = calloc(mms, sizeof(*w.ended));
	w.spare = calloc(mms, sizeof(*w.spare));
	if (r->record && w.number && w.ended && w.spare && !values_init(&w.values, all->nr)) {
		for (i = 0; i < order->nr; i++)
			write_event(&w, &all->event[order->next[i]]);
		ret = 0;
	}
	free(w.number);
	free(w.ended);
	free(w.spare);
	free(w.values.value);
	free(w.values.number);
	if (ret)
		records_free(r);
	return ret;
}

/**
 * records_free() - give the memory back
 * @r: what was filled in
 */
void records_free(struct records *r)
{
	free(r->record);
	r->record = NULL;
}
