// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of perf script, trace-cmd report and of tracefs become events.
 *
 * All three print a line an event, which has the CPU in brackets, maybe flags, the time,
 * a colon, the event's name (perf: with the system before it), a colon, and the fields
 * by the event's own format, NAME=VALUE:
 *
 *	comm  123 [001]  12.345678: pgd_mirror:publish: id=5 seq=7 ...
 *	comm-123  [001] d..2.  12.345678: publish: id=5 seq=7 ...
 *
 * What is before the CPU is not looked at: a comm may have any characters.
 */
#include "lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct line - the parts of a line
 * @number: of the line
 * @cpu: in brackets
 * @time: nanoseconds
 * @name: of the event, without the system
 * @fields: what follows
 */
struct line {
	unsigned long number;
	unsigned int cpu;
	uint64_t time;
	char *name;
	char *fields;
};

/* --- parts of lines ------------------------------------------------------- */

static const char *skip_spaces(const char *s)
{
	return s + strspn(s, " \t");
}

/* Seconds with a fraction become nanoseconds; a clock that counts has none. */
static const char *read_time(const char *s, uint64_t *time)
{
	unsigned int digits = 0;
	char *end;

	if (!isdigit((unsigned char)*s))
		return NULL;
	*time = strtoull(s, &end, 10);
	if (*end == '.') {
		for (end++; isdigit((unsigned char)*end) && digits < 9; end++, digits++)
			*time = *time * 10 + (*end - '0');
		if (!digits)
			return NULL;
		for (; digits < 9; digits++)
			*time *= 10;
	}
	return *end == ':' ? end + 1 : NULL;
}

/* "123.456: NAME:" or, by perf, "123.456: SYSTEM:NAME:". */
static bool read_event(struct line *l, char *s)
{
	const char *after = read_time(s, &l->time);
	char *end, *colon;

	if (!after)
		return false;
	l->name = (char *)skip_spaces(after);
	end = strpbrk(l->name, " \t");
	colon = end ? end - 1 : l->name + strlen(l->name) - 1;
	if (colon <= l->name || *colon != ':')
		return false;
	*colon = 0;
	l->fields = end ? end : colon;
	return true;
}

/* From the bracket of the CPU on; flags may come between it and the time. */
static bool read_cpu(struct line *l, char *bracket)
{
	char *end, *s, *word;

	l->cpu = strtoul(bracket + 1, &end, 10);
	if (end == bracket + 1 || *end != ']' || !isspace((unsigned char)end[1]))
		return false;
	s = (char *)skip_spaces(end + 1);
	if (read_event(l, s))
		return true;
	word = strpbrk(s, " \t");
	return word && read_event(l, (char *)skip_spaces(word));
}

static bool read_line(struct line *l, char *text)
{
	char *s;

	for (s = strchr(text, '['); s; s = strchr(s + 1, '['))
		if (isdigit((unsigned char)s[1]) && read_cpu(l, s))
			return true;
	return false;
}

/* " NAME=VALUE": where VALUE begins. */
static const char *find_field(const struct line *l, const char *name)
{
	size_t length = strlen(name);
	const char *s;

	for (s = strstr(l->fields, name); s; s = strstr(s + 1, name))
		if (s > l->fields && isspace((unsigned char)s[-1]) && s[length] == '=')
			return s + length + 1;
	return NULL;
}

/* tracefs pads some numbers with zeros, and those are not octal. */
static bool get_number(const struct line *l, const char *name, uint64_t most,
		       uint64_t *value)
{
	const char *s = find_field(l, name);
	char *end;

	if (!s || !isdigit((unsigned char)*s))
		return false;
	*value = strtoull(s, &end, s[0] == '0' && s[1] == 'x' ? 16 : 10);
	return (!*end || isspace((unsigned char)*end)) && *value <= most;
}

static bool field_is(const struct line *l, const char *name, const char *word)
{
	const char *s = find_field(l, name);
	size_t length = strlen(word);

	return s && !strncmp(s, word, length) &&
	       (!s[length] || isspace((unsigned char)s[length]));
}

/* --- events --------------------------------------------------------------- */

static struct event *add(struct events *all, const struct line *l, enum replay_kind kind)
{
	struct event *e = events_add(all);

	if (!e)
		return NULL;
	e->kind = kind;
	e->time = l->time;
	e->cpu = l->cpu;
	e->line = l->number;
	all->last[l->cpu] = all->nr;
	if (l->cpu >= all->header.cpus)
		all->header.cpus = l->cpu + 1;
	return e;
}

/* What each reader returns. */
enum {
	READ,
	NO_MEMORY = -1,
	BROKEN = -2,
};

static int read_of_mm(struct events *all, const struct line *l, enum replay_kind kind)
{
	struct event *e;
	uint64_t id;

	if (!get_number(l, "id", UINT64_MAX, &id) || !id)
		return BROKEN;
	e = add(all, l, kind);
	if (!e)
		return NO_MEMORY;
	e->id = id;
	return READ;
}

static int read_track(struct events *all, const struct line *l)
{
	return read_of_mm(all, l, REPLAY_TRACK);
}

static int read_untrack(struct events *all, const struct line *l)
{
	return read_of_mm(all, l, REPLAY_UNTRACK);
}

/* A mirror may have lost its mm by then: whose it was does not matter. */
static int read_leave(struct events *all, const struct line *l)
{
	return add(all, l, REPLAY_LEAVE) ? READ : NO_MEMORY;
}

static int read_write(struct events *all, const struct line *l, enum replay_kind kind,
		      uint64_t most)
{
	uint64_t index, value, seq = 0, user_page = 0;
	struct event *e;
	int ret;

	if (!get_number(l, "index", most, &index) ||
	    !get_number(l, "value", UINT64_MAX, &value))
		return BROKEN;
	if (kind == REPLAY_PUBLISH && (!get_number(l, "seq", UINT64_MAX, &seq) ||
				       !get_number(l, "user_page", 1, &user_page)))
		return BROKEN;
	ret = read_of_mm(all, l, kind);
	if (ret)
		return ret;
	e = &all->event[all->nr - 1];
	e->index = index;
	e->value = value;
	e->seq = seq;
	e->user_page = user_page;
	return READ;
}

static int read_publish(struct events *all, const struct line *l)
{
	return read_write(all, l, REPLAY_PUBLISH, 511);
}

static int read_entry(struct events *all, const struct line *l)
{
	return read_write(all, l, REPLAY_ENTRY, 255);
}

static int read_fault_of(struct events *all, const struct line *l, enum replay_kind kind)
{
	uint64_t index, fixed = 0;
	struct event *e;

	if (!get_number(l, "index", 255, &index))
		return BROKEN;
	if (kind == REPLAY_FAULT) {
		int ret;

		if (!get_number(l, "fixed", 1, &fixed))
			return BROKEN;
		ret = read_of_mm(all, l, kind);
		if (ret)
			return ret;
	} else if (!add(all, l, kind)) {
		return NO_MEMORY;
	}
	e = &all->event[all->nr - 1];
	e->index = index;
	e->flags = fixed ? REPLAY_FIXED : 0;
	return READ;
}

static int read_fault(struct events *all, const struct line *l)
{
	return read_fault_of(all, l, REPLAY_FAULT);
}

/* It names no mm: that of the fault which came just before it. */
static int read_livelock(struct events *all, const struct line *l)
{
	size_t last = all->last[l->cpu];
	uint64_t id = last ? all->event[last - 1].id : 0;
	int ret;

	if (!id || all->event[last - 1].kind != REPLAY_FAULT)
		return BROKEN;
	ret = read_fault_of(all, l, REPLAY_GUARD);
	if (!ret)
		all->event[all->nr - 1].id = id;
	return ret;
}

static int read_kick(struct events *all, const struct line *l)
{
	uint64_t cpus;
	int ret;

	if (!get_number(l, "cpus", REPLAY_CPUS_MAX, &cpus))
		return BROKEN;
	ret = read_of_mm(all, l, REPLAY_SEND);
	if (!ret)
		all->event[all->nr - 1].value = cpus;
	return ret;
}

/* Each sync that finds a miss says so: what counts is how often it was. */
static int read_miss(struct events *all, const struct line *l)
{
	uint64_t missed;

	if (!get_number(l, "missed", UINT64_MAX, &missed))
		return BROKEN;
	if (missed == all->last_miss)
		return READ;
	all->last_miss = missed;
	return add(all, l, REPLAY_MISS) ? READ : NO_MEMORY;
}

static int read_ignored(struct events *all, const struct line *l)
{
	(void)all;
	(void)l;
	return READ;
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

	for (i = 0; i < 6 && !field_is(l, "reason", reasons[i].reason); i++)
		;
	if (i == 6)
		return false;
	e->kind = reasons[i].kind;
	for (i = 0; i < 3 && !field_is(l, "kind", sync_kinds[i]); i++)
		;
	if (i == 3 || !get_number(l, "id", UINT64_MAX, &e->id) || !e->id ||
	    !get_number(l, "seq", UINT64_MAX, &e->seq) ||
	    !get_number(l, "entries", 2047, &words))
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
	const char *s = find_field(l, "policy");
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

static int read_sync(struct events *all, const struct line *l)
{
	struct event *e, sync = { };

	if (!take_policy(all, l) || !get_sync(l, &sync))
		return BROKEN;
	if (sync.kind == REPLAY_FAULT)
		e = fault_of(all, &sync, l->cpu);
	else
		e = add(all, l, sync.kind);
	if (!e)
		return sync.kind == REPLAY_FAULT ? BROKEN : NO_MEMORY;
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
	return READ;
}

static const struct {
	const char *name;
	int (*read)(struct events *all, const struct line *l);
} readers[] = {
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
};

/* --- what is no event ----------------------------------------------------- */

/* "CPU:1 [LOST 5 EVENTS]", "CPU:1 [5 EVENTS DROPPED]", "PERF_RECORD_LOST lost 5". */
static bool is_lost(const char *text, uint64_t *lost)
{
	static const char *const before[] = { "[LOST ", "PERF_RECORD_LOST lost ", "[" };
	unsigned int i;

	if (!strstr(text, "LOST") && !strstr(text, "EVENTS DROPPED"))
		return false;
	*lost = 1;
	for (i = 0; i < 3; i++) {
		const char *s = strstr(text, before[i]);

		if (s && isdigit((unsigned char)s[strlen(before[i])])) {
			*lost = strtoull(s + strlen(before[i]), NULL, 10);
			break;
		}
	}
	return true;
}

static int read_lost(struct events *all, struct line *l, const char *text, uint64_t lost)
{
	const char *cpu = strstr(text, "CPU:");
	struct event *e;

	l->cpu = cpu ? strtoul(cpu + 4, NULL, 10) : 0;
	if (l->cpu >= REPLAY_CPUS_MAX)
		l->cpu = 0;
	l->time = all->nr ? all->event[all->nr - 1].time : 0;
	e = add(all, l, REPLAY_LOST);
	if (!e)
		return NO_MEMORY;
	e->value = lost;
	all->header.lost += lost;
	events_tell(all, l->number, "the recorder lost %llu events",
		    (unsigned long long)lost);
	return READ;
}

/* "# pgd-mirror: mirrors=6 pages=1 live=0": of the script that made the recording. */
static void read_comment(struct events *all, const char *text)
{
	struct line l = { .fields = (char *)text };
	uint64_t value;

	if (!strstr(text, "pgd-mirror:"))
		return;
	if (get_number(&l, "mirrors", 64, &value))
		all->header.mirrors = value;
	if (get_number(&l, "pages", 2, &value))
		all->header.pages = value;
	if (get_number(&l, "live", 1, &value) && value)
		all->header.flags |= REPLAY_LIVE;
}

/* A line of a call chain: an address, and what is there. */
static bool is_chain(const char *text)
{
	const char *s = skip_spaces(text);
	size_t digits = strspn(s, "0123456789abcdef");

	return s > text && digits >= 8 && (!s[digits] || isspace((unsigned char)s[digits]));
}

static int broken(struct events *all, unsigned long line, const char *why)
{
	all->broken++;
	events_tell(all, line, "%s", why);
	return 0;
}

/* The module's event, if it is one; tracefs does not print the system. */
static const char *name_of(const struct line *l)
{
	static const char system[] = "pgd_mirror:";
	size_t length = sizeof(system) - 1;

	return strncmp(l->name, system, length) ? l->name : l->name + length;
}

static int read_module_event(struct events *all, const struct line *l)
{
	const char *name = name_of(l);
	unsigned int i;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (!strcmp(name, readers[i].name))
			return readers[i].read(all, l);
	return name == l->name ? READ : BROKEN;
}

/**
 * lines_read() - take a line in
 * @all: the recording
 * @line: its number
 * @text: it, without the newline; is changed
 *
 * What cannot be read is reported and counted, and passed over.
 *
 * Return: 0, or -1: no memory.
 */
int lines_read(struct events *all, unsigned long line, char *text)
{
	struct line l = { .number = line };
	uint64_t lost;
	int ret;

	if (*text == '#') {
		read_comment(all, text);
		return 0;
	}
	if (!*skip_spaces(text) || is_chain(text))
		return 0;
	if (is_lost(text, &lost))
		return read_lost(all, &l, text, lost);
	if (!read_line(&l, text))
		return broken(all, line, "no line of perf script, trace-cmd report or tracefs");
	if (l.cpu >= REPLAY_CPUS_MAX)
		return broken(all, line, "the number of the CPU is too large");
	ret = read_module_event(all, &l);
	if (ret == BROKEN)
		return broken(all, line,
			      "an event of the module whose fields cannot be read, or do not fit the events before it");
	return ret;
}

/**
 * lines_end() - the last line was taken in
 * @all: the recording
 *
 * What was not said is as the module has it by default.
 */
void lines_end(struct events *all)
{
	struct replay_header *h = &all->header;

	if (!h->mirrors)
		h->mirrors = 6;
	if (!h->pages)
		h->pages = 1;
	if (!h->cpus)
		h->cpus = 1;
}
