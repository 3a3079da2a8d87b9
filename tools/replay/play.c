// SPDX-License-Identifier: GPL-2.0
/*
 * Replaying: each record becomes the call of the core that the module's hook makes.
 *
 * The copies of a trace take turns: CHUNK records of one, then the same of the next. A
 * copy's CPUs are simulated CPUs that it may share with others. Where a record is of a
 * CPU that has another address space loaded than the record's, that CPU switches first.
 */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>

#include "cache_point.h"
#include "clock.h"
#include "common.h"
#include "fast.h"
#include "mirrors.h"
#include "policies.h"
#include "write.h"

#define CHUNK		256
#define COLD_MOST	200000	/* operations: flushing takes long */

/* An interruption of this CPU is no cost of the core. */
#define CYCLES_MOST	100000

bool pgdm_timing;

/**
 * struct player - a replay under way
 * @setup: how
 * @result: what was found so far
 * @machine: the simulated one
 * @place: by copy and CPU of the trace, the simulated CPU of its latest switch
 * @recorded: the policy that replays ran when the trace was recorded
 * @overhead: cycles of taking the time
 */
struct player {
	const struct play_setup *setup;
	struct play_result *result;
	struct machine machine;
	unsigned int *place;
	bool recorded;
	u64 overhead;
};

/* --- cycles --------------------------------------------------------------- */

static void cool(const struct player *y, const struct pgdm_cache *c, struct pgdm_primary *p)
{
	const struct pgdm_mirror *m;
	size_t table = PGDM_ENTRIES * PGDM_ENTRY_BYTES;

	m = pgdm_cache_find((struct pgdm_cache *)c, p);
	if (m) {
		clock_flush(m->page[PGDM_KERNEL_PAGE], table * y->machine.pages);
		clock_flush(m, sizeof(*m));
	}
	clock_flush(p->page[PGDM_KERNEL_PAGE], table * y->machine.pages);
	clock_flush(p, sizeof(*p));
	clock_flush(c, sizeof(*c));
}

static u64 start(const struct player *y, const struct play_cost *cost,
		 const struct pgdm_cache *c, struct pgdm_primary *p)
{
	if (y->setup->cycles == PLAY_COUNT)
		return 0;
	if (y->setup->cycles == PLAY_COLD && cost->ops < COLD_MOST)
		cool(y, c, p);
	return clock_begin();
}

static void stop(const struct player *y, struct play_cost *cost, u64 since)
{
	u64 took;

	if (y->setup->cycles == PLAY_COUNT)
		return;
	if (y->setup->cycles == PLAY_COLD && cost->ops >= COLD_MOST)
		return;
	took = clock_end() - since;
	took = took > y->overhead ? took - y->overhead : 0;
	if (took > CYCLES_MOST)
		return;
	cost->ops++;
	cost->cycles += took;
}

/* --- sync points ---------------------------------------------------------- */

/* What sync_points.c does at a switch where no sync is watched. */
static void switch_untraced(struct pgdm_cache *c, struct pgdm_primary *p)
{
	unsigned long root = (unsigned long)p->page[PGDM_KERNEL_PAGE];
	struct pgdm_primary *found;
	struct pgdm_mirror *m;
	struct pgdm_sync sync;

	if (!pgdm_fast_find(c, root, &m, &found) &&
	    !pgdm_fast_search(c, root, &m, &found)) {
		pgdm_cache_switch_absent(c, p, &sync);
		return;
	}
	if (!pgdm_fast_switch(c, m, found) && !pgdm_fast_switch_changes(c, m, found))
		pgdm_cache_switch(c, p, &sync);
}

static void point_untraced(struct pgdm_cache *c, enum pgdm_point at, unsigned int index)
{
	struct pgdm_sync sync;

	if (at == PGDM_AT_FAULT) {
		if (!pgdm_fast_fault(c, index))
			pgdm_cache_fault(c, index, &sync);
	} else if (at != PGDM_AT_FLUSH || !pgdm_fast_flush(c)) {
		pgdm_cache_point(c, at, &sync);
	}
}

/* The long way, as the module goes it while a trace is made. */
static void point_traced(struct pgdm_cache *c, struct pgdm_primary *p, enum pgdm_point at,
			 unsigned int index, struct pgdm_sync *sync)
{
	if (at == PGDM_AT_SWITCH)
		pgdm_cache_switch(c, p, sync);
	else if (at == PGDM_AT_FAULT)
		pgdm_cache_fault(c, index, sync);
	else
		pgdm_cache_point(c, at, sync);
}

static void compare(struct player *y, const struct replay_record *r,
		    const struct pgdm_sync *sync)
{
	struct play_result *result = y->result;

	if (!(r->flags & REPLAY_KNOWN))
		return;
	result->compared++;
	if (sync->synced && sync->copied.kind == REPLAY_SYNC(r->data) &&
	    sync->copied.words == REPLAY_WORDS(r->data) &&
	    (r->kind != REPLAY_FAULT || sync->fixed == !!(r->flags & REPLAY_FIXED)))
		return;
	if (!result->different++)
		result->first_different = r - y->setup->trace->record;
}

static void sync_point(struct player *y, struct pgdm_cache *c, struct pgdm_primary *p,
		       enum pgdm_point at, unsigned int index,
		       const struct replay_record *r)
{
	struct pgdm_sync sync;
	u64 since;

	if (y->setup->compare) {
		point_traced(c, p, at, index, &sync);
		if (r)
			compare(y, r, &sync);
		return;
	}
	since = start(y, &y->result->sync, c, p);
	if (at == PGDM_AT_SWITCH)
		switch_untraced(c, p);
	else
		point_untraced(c, at, index);
	/* What is no sync point of the policy is not in the mean. */
	if (at == PGDM_AT_SWITCH || y->setup->policy->at[at])
		stop(y, &y->result->sync, since);
}

/* --- root writes ---------------------------------------------------------- */

static bool is_on(const struct pgdm_cache *c, const struct pgdm_primary *p)
{
	return c->loaded && c->loaded->primary == p;
}

/*
 * The kick of an addition under a policy that did not run: to the CPUs that the mm is
 * loaded on, which is its mm_cpumask, and at once.
 */
static void kick(struct player *y, struct pgdm_cache *writer, struct pgdm_primary *p)
{
	enum pgdm_kick kind = y->setup->policy->kick;
	unsigned int others = 0;
	int cpu;

	pgdm_for_each_sharer(cpu, &p->sharers) {
		struct pgdm_cache *c = y->machine.cache[cpu];

		if (!is_on(c, p))
			continue;
		others += c != writer;
		sync_point(y, c, p,
			   kind == PGDM_KICK_IPI ? PGDM_AT_KICK : PGDM_AT_FLUSH, 0, NULL);
	}
	pgdm_stat_add(&writer->stats, PGDM_STAT_ipis, others);
}

static u64 value_of(const struct replay_record *r)
{
	u64 number = r->data >> REPLAY_VALUE_SHIFT;

	return number ? number << 12 | PGDM_ENTRY_PRESENT | PGDM_ENTRY_USER | BIT(1) : 0;
}

static void write_entry(struct player *y, struct pgdm_cache *c, struct pgdm_primary *p,
			const struct replay_record *r)
{
	unsigned int index = REPLAY_INDEX(r->data);
	bool added, pair = y->machine.pages > 1;
	struct pgdm_write w;
	u64 since;

	pgdm_write_init(&w, index, value_of(r), pair, pair && (r->data & REPLAY_USER_PAGE),
			true);
	w.own = c->loaded;
	added = !pgdm_index_is_kernel(index) && pgdm_write_adds(&w);
	since = start(y, &y->result->publish, c, p);
	pgdm_write_publish(p, &w, &c->stats);
	stop(y, &y->result->publish, since);
	if (added && y->setup->policy->kick != PGDM_KICK_NONE && !y->recorded)
		kick(y, c, p);
}

/* It was there before, so there is nothing to publish. */
static void set_entry(struct player *y, struct pgdm_primary *p,
		      const struct replay_record *r)
{
	struct pgdm_write w;

	if (pgdm_primary_has(p, REPLAY_INDEX(r->data)))
		return;
	pgdm_write_init(&w, REPLAY_INDEX(r->data), value_of(r), y->machine.pages > 1, false,
			true);
	pgdm_primary_mark(p, &w);
	pgdm_primary_store(p, &w);
}

/* --- records -------------------------------------------------------------- */

/* The n-th CPU of the trace, of the @copy-th copy. */
static unsigned int *place_of(struct player *y, unsigned int copy, unsigned int cpu)
{
	return &y->place[(size_t)copy * y->setup->trace->header.cpus + cpu];
}

static bool is_spread(const struct player *y)
{
	return y->machine.cpus > y->setup->trace->header.cpus;
}

/*
 * On a machine with more CPUs than were traced, an mm that is switched in comes to
 * another CPU each time; the one that it has left is without it.
 */
static struct pgdm_cache *move_on(struct player *y, unsigned int copy,
				  const struct replay_record *r)
{
	unsigned int *place = place_of(y, copy, r->cpu);

	if (is_spread(y)) {
		pgdm_cache_unload(y->machine.cache[*place]);
		*place = (*place + y->setup->trace->header.cpus) % y->machine.cpus;
	}
	return y->machine.cache[*place];
}

static int live_or_die(struct player *y, unsigned long number, bool live)
{
	struct machine *m = &y->machine;

	/* A number that is in use already was not untracked for want of the event. */
	if (m->mm[number])
		machine_mm_destroy(m, number);
	else if (!live)
		y->result->strays++;
	return live && !machine_mm_create(m, number) ? -1 : 0;
}

static const struct {
	enum pgdm_point at;
	bool is_point;
} points[REPLAY_KINDS] = {
	[REPLAY_FLUSH] = { PGDM_AT_FLUSH, true },
	[REPLAY_FAULT] = { PGDM_AT_FAULT, true },
	[REPLAY_RETURN] = { PGDM_AT_USER_RETURN, true },
	[REPLAY_KICK] = { PGDM_AT_KICK, true },
};

/* So many faults at one address bring the guard in: whichever the address was. */
static void guard(struct player *y, struct pgdm_cache *c, const struct replay_record *r)
{
	unsigned int i, index = REPLAY_FAULT_INDEX(r->data);

	for (i = 0; y->recorded && i < PGDM_GUARD_FAULTS; i++)
		if (pgdm_cache_guard(c, index, index))
			return;
}

static void apply_to_mm(struct player *y, unsigned int copy, struct pgdm_primary *p,
			const struct replay_record *r)
{
	struct pgdm_cache *c = y->machine.cache[*place_of(y, copy, r->cpu)];

	switch (r->kind) {
	case REPLAY_PUBLISH:
		write_entry(y, c, p, r);
		return;
	case REPLAY_ENTRY:
		set_entry(y, p, r);
		return;
	case REPLAY_SEND:
		if (y->recorded)
			pgdm_stat_add(&c->stats, PGDM_STAT_ipis, r->data);
		return;
	case REPLAY_GUARD:
		guard(y, c, r);
		return;
	case REPLAY_SWITCH:
		sync_point(y, move_on(y, copy, r), p, PGDM_AT_SWITCH, 0, r);
		return;
	}
	/* What the other policy's kick has caused this one has not. */
	if (r->kind == REPLAY_KICK && !y->recorded)
		return;
	if (!is_on(c, p))
		sync_point(y, c, p, PGDM_AT_SWITCH, 0, NULL);
	sync_point(y, c, p, points[r->kind].at, REPLAY_FAULT_INDEX(r->data), r);
}

/* H1: all writes are stored by the time that the next record is replayed. */
static void miss(void)
{
	pgdm_epoch_set_complete(pgdm_epoch_begin(1));
}

static int apply(struct player *y, unsigned int copy, const struct replay_record *r)
{
	unsigned long number = (unsigned long)r->mm * y->setup->copies + copy;
	struct machine_mm *mm;

	y->result->events++;
	switch (r->kind) {
	case REPLAY_TRACK:
		return live_or_die(y, number, true);
	case REPLAY_UNTRACK:
		return live_or_die(y, number, false);
	case REPLAY_LEAVE:
		pgdm_cache_unload(y->machine.cache[*place_of(y, copy, r->cpu)]);
		return 0;
	case REPLAY_MISS:
		if (!copy)
			miss();
		return 0;
	case REPLAY_LOST:
		return 0;
	}
	mm = y->machine.mm[number];
	if (mm)
		apply_to_mm(y, copy, &mm->primary, r);
	else
		y->result->strays++;
	return 0;
}

static int apply_all(struct player *y)
{
	const struct trace_file *t = y->setup->trace;
	u64 first, last, i;
	unsigned int copy;

	for (first = 0; first < t->header.records; first = last) {
		last = first + CHUNK;
		if (last > t->header.records)
			last = t->header.records;
		for (copy = 0; copy < y->setup->copies; copy++)
			for (i = first; i < last; i++)
				if (apply(y, copy, &t->record[i]))
					return -1;
	}
	return 0;
}

/* What the trace has left there; the mirrors keep what they hold. */
static void end_all(struct player *y)
{
	unsigned long number;
	unsigned int cpu;

	for (number = 0; number < y->machine.nr_mms; number++)
		if (y->machine.mm[number])
			machine_mm_destroy(&y->machine, number);
	for (cpu = 0; cpu < y->machine.cpus; cpu++)
		memset(&y->machine.cache[cpu]->stats, 0, sizeof(struct pgdm_stats));
	memset(y->result, 0, sizeof(*y->result));
}

static int warm_up(struct player *y)
{
	unsigned int i;

	for (i = 0; i < y->setup->warm; i++) {
		if (apply_all(y))
			return -1;
		end_all(y);
	}
	return 0;
}

static int place_all(struct player *y)
{
	unsigned int traced = y->setup->trace->header.cpus;
	size_t i, nr = (size_t)traced * y->setup->copies;

	y->place = calloc(nr, sizeof(*y->place));
	for (i = 0; y->place && i < nr; i++)
		y->place[i] = i % y->machine.cpus;
	return y->place ? 0 : -1;
}

/**
 * play() - replay a trace
 * @setup: how
 * @result: what was found
 *
 * Return: 0, or -1: no memory.
 */
int play(const struct play_setup *setup, struct play_result *result)
{
	const struct replay_header *h = &setup->trace->header;
	struct player y = { .setup = setup, .result = result };
	int ret;

	memset(result, 0, sizeof(*result));
	if (machine_init(&y.machine, setup->cpus ? setup->cpus : h->cpus,
			 setup->mirrors ? setup->mirrors : h->mirrors, h->pages,
			 (unsigned long)h->mms * setup->copies))
		return -1;
	y.recorded = !strcmp(h->policy, setup->policy->name);
	y.overhead = setup->cycles == PLAY_COUNT ? 0 : clock_overhead();
	pgdm_policy_change(setup->policy);
	pgdm_common_agree(pgdm_common_writes(), pgdm_epoch_complete());
	ret = place_all(&y);
	if (!ret)
		ret = warm_up(&y);
	result->seconds = clock_seconds();
	if (!ret)
		ret = apply_all(&y);
	result->seconds = clock_seconds() - result->seconds;
	machine_sum(&y.machine, &result->stats);
	result->most_live = y.machine.most;
	free(y.place);
	machine_exit(&y.machine);
	return ret;
}
