// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of the module's own events become events.
 */
#include "module_lines.h"

#include <string.h>

/* --- events --------------------------------------------------------------- */

static enum line_result read_of_mm(struct events *all, const struct line *l, enum replay_kind kind)
{
	uint64_t id;

	if (!line_number(l, "id", UINT64_MAX, &id) || !id)
		return LINE_BROKEN;
	return line_event_of_mm(all, l, kind, id);
}

static enum line_result read_track(struct events *all, const struct line *l)
{
	return read_of_mm(all, l, REPLAY_TRACK);
}

static enum line_result read_untrack(struct events *all, const struct line *l)
{
	return read_of_mm(all, l, REPLAY_UNTRACK);
}

/* A mirror may have lost its mm by then: whose it was does not matter. */
static enum line_result read_leave(struct events *all, const struct line *l)
{
	return line_event(all, l, REPLAY_LEAVE) ? LINE_READ : LINE_NO_MEMORY;
}

static enum line_result read_write(struct events *all, const struct line *l,
				   enum replay_kind kind, uint64_t most)
{
	uint64_t index, value, seq = 0, user_page = 0;
	struct event *e;
	enum line_result ret;

	if (!line_number(l, "index", most, &index) ||
	    !line_number(l, "value", UINT64_MAX, &value))
		return LINE_BROKEN;
	if (kind == REPLAY_PUBLISH && (!line_number(l, "seq", UINT64_MAX, &seq) ||
				       !line_number(l, "user_page", 1, &user_page)))
		return LINE_BROKEN;
	ret = read_of_mm(all, l, kind);
	if (ret)
		return ret;
	e = &all->event[all->nr - 1];
	e->index = index;
	e->value = value;
	e->seq = seq;
	e->user_page = user_page;
	return LINE_READ;
}

static enum line_result read_publish(struct events *all, const struct line *l)
{
	return read_write(all, l, REPLAY_PUBLISH, 511);
}

static enum line_result read_entry(struct events *all, const struct line *l)
{
	return read_write(all, l, REPLAY_ENTRY, 255);
}

static enum line_result read_fault_of(struct events *all, const struct line *l,
				      enum replay_kind kind)
{
	uint64_t index, fixed = 0;
	struct event *e;

	if (!line_number(l, "index", 255, &index))
		return LINE_BROKEN;
	if (kind == REPLAY_FAULT) {
		enum line_result ret;

		if (!line_number(l, "fixed", 1, &fixed))
			return LINE_BROKEN;
		ret = read_of_mm(all, l, kind);
		if (ret)
			return ret;
	} else if (!line_event(all, l, kind)) {
		return LINE_NO_MEMORY;
	}
	e = &all->event[all->nr - 1];
	e->index = index;
	e->flags = fixed ? REPLAY_FIXED : 0;
	return LINE_READ;
}

static enum line_result read_fault(struct events *all, const struct line *l)
{
	return read_fault_of(all, l, REPLAY_FAULT);
}

/* It names no mm: that of the fault which came just before it. */
static enum line_result read_livelock(struct events *all, const struct line *l)
{
	size_t last = all->last[l->cpu];
	uint64_t id = last ? all->event[last - 1].id : 0;
	enum line_result ret;

	if (!id || all->event[last - 1].kind != REPLAY_FAULT)
		return LINE_BROKEN;
	ret = read_fault_of(all, l, REPLAY_GUARD);
	if (!ret)
		all->event[all->nr - 1].id = id;
	return ret;
}

static enum line_result read_kick(struct events *all, const struct line *l)
{
	uint64_t cpus;
	enum line_result ret;

	if (!line_number(l, "cpus", REPLAY_CPUS_MAX, &cpus))
		return LINE_BROKEN;
	ret = read_of_mm(all, l, REPLAY_SEND);
	if (!ret)
		all->event[all->nr - 1].value = cpus;
	return ret;
}

/* Each sync that finds a miss says so: what counts is how often it was. */
static enum line_result read_miss(struct events *all, const struct line *l)
{
	uint64_t missed;

	if (!line_number(l, "missed", UINT64_MAX, &missed))
		return LINE_BROKEN;
	if (missed == all->last_miss)
		return LINE_READ;
	all->last_miss = missed;
	return line_event(all, l, REPLAY_MISS) ? LINE_READ : LINE_NO_MEMORY;
}

static enum line_result read_ignored(struct events *all, const struct line *l)
{
	(void)all;
	(void)l;
	return LINE_READ;
}

/* --- syncs ---------------------------------------------------------------- */

static const struct {
	const char *reason;
	enum replay_kind kind;
} reasons[] = {
	{ "switch", REPLAY_SWITCH },
	{ "attach", REPLAY_SWITCH },
	{ "flush", REPLAY_FLUSH },
	{ "fault", REPLAY_FAULT },
	{ "user_return", REPLAY_RETURN },
	{ "kick", REPLAY_KICK },
};

static const char *const sync_kinds[] = { "clean", "dirty", "full" };

static bool get_sync(const struct line *l, struct event *e)
{
	uint64_t words;
	unsigned int i;

	for (i = 0; i < 6 && !line_has(l, "reason", reasons[i].reason); i++)
		;
	if (i == 6)
		return false;
	e->kind = reasons[i].kind;
	for (i = 0; i < 3 && !line_has(l, "kind", sync_kinds[i]); i++)
		;
	if (i == 3 || !line_number(l, "id", UINT64_MAX, &e->id) || !e->id ||
	    !line_number(l, "seq", UINT64_MAX, &e->seq) ||
	    !line_number(l, "entries", 2047, &words))
		return false;
	e->sync = i;
	e->words = words;
	return true;
}

/*
 * Did the sync look at the sequence? One that copied did. One that found nothing to copy
 * did unless the policy's verb looks at the entry alone, or at nothing (core/policy_*.c).
 */
static bool is_strict(const struct events *all, const struct event *e)
{
	const char *policy = all->header.policy;

	if (e->sync)
		return true;
	if (!strcmp(policy, "eager"))
		return false;
	return e->kind != REPLAY_FAULT || !strcmp(policy, "flag") ||
	       !strcmp(policy, "flag-mm");
}

static bool take_policy(struct events *all, const struct line *l)
{
	const char *s = line_field(l, "policy");
	size_t length = s ? strcspn(s, " \t") : 0;
	char name[REPLAY_POLICY_SIZE] = "";

	if (!length || length >= sizeof(name))
		return false;
	memcpy(name, s, length);
	if (!*all->header.policy)
		memcpy(all->header.policy, name, sizeof(name));
	else if (strcmp(all->header.policy, name))
		return false;
	return true;
}

/* A fault's sync completes the event of the fault, which came just before it. */
static struct event *fault_of(struct events *all, const struct event *sync, unsigned int cpu)
{
	struct event *e = all->last[cpu] ? &all->event[all->last[cpu] - 1] : NULL;

	return e && e->kind == REPLAY_FAULT && e->id == sync->id &&
	       !(e->flags & REPLAY_KNOWN) ? e : NULL;
}

static enum line_result read_sync(struct events *all, const struct line *l)
{
	struct event *e, sync = { };

	if (!take_policy(all, l) || !get_sync(l, &sync))
		return LINE_BROKEN;
	if (sync.kind == REPLAY_FAULT)
		e = fault_of(all, &sync, l->cpu);
	else
		e = line_event(all, l, sync.kind);
	if (!e)
		return sync.kind == REPLAY_FAULT ? LINE_BROKEN : LINE_NO_MEMORY;
	e->id = sync.id;
	e->seq = sync.seq;
	e->sync = sync.sync;
	e->words = sync.words;
	e->strict = is_strict(all, e);
	e->flags |= REPLAY_KNOWN;
	if (sync.kind == REPLAY_RETURN)
		all->header.flags |= REPLAY_RETURNS;
	if (sync.sync == 2 && all->header.pages < 2)
		all->header.pages = sync.words % 1024 ? 1 : 2;
	return LINE_READ;
}

const struct line_reader module_lines[] = {
	{ "sync", read_sync },
	{ "publish", read_publish },
	{ "fault", read_fault },
	{ "track", read_track },
	{ "entry", read_entry },
	{ "untrack", read_untrack },
	{ "leave", read_leave },
	{ "kick", read_kick },
	{ "livelock", read_livelock },
	{ "hook_miss", read_miss },
	{ "evict", read_ignored },	/* follows from the switch */
	{ }
};
