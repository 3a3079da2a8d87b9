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

#include "line.h"
#include "module_lines.h"
#include "plain_lines.h"

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

static enum line_result read_lost(struct events *all, struct line *l, const char *text,
				  uint64_t lost)
{
	const char *cpu = strstr(text, "CPU:");
	struct event *e;

	l->cpu = cpu ? strtoul(cpu + 4, NULL, 10) : 0;
	if (l->cpu >= REPLAY_CPUS_MAX)
		l->cpu = 0;
	l->time = all->nr ? all->event[all->nr - 1].time : 0;
	e = line_event(all, l, REPLAY_LOST);
	if (!e)
		return LINE_NO_MEMORY;
	e->value = lost;
	all->header.lost += lost;
	events_tell(all, l->number, "the recorder lost %llu events",
		    (unsigned long long)lost);
	return LINE_READ;
}

/* "# pgd-mirror: mirrors=6 pages=1 live=0": of the script that made the recording. */
static void read_comment(struct events *all, const char *text)
{
	struct line l = { .fields = (char *)text };
	uint64_t value;

	if (!strstr(text, "pgd-mirror:"))
		return;
	if (line_number(&l, "mirrors", 64, &value))
		all->header.mirrors = value;
	if (line_number(&l, "pages", 2, &value))
		all->header.pages = value;
	if (line_number(&l, "live", 1, &value) && value)
		all->header.flags |= REPLAY_LIVE;
}

/* A line of a call chain: an address, and what is there. */
static bool is_chain(const char *text)
{
	const char *s = line_skip_spaces(text);
	size_t digits = strspn(s, "0123456789abcdef");

	return s > text && digits >= 8 && (!s[digits] || isspace((unsigned char)s[digits]));
}

/* --- events --------------------------------------------------------------- */

/* perf prints the system before the name, tracefs and trace-cmd do not. */
static const struct {
	const char *name;
	const struct line_reader *readers;
} systems[] = {
	{ "pgd_mirror:", module_lines },
	{ "pgd_mirror_plain:", plain_lines },
	{ "tlb:", plain_lines },
	{ "exceptions:", plain_lines },
};

static const struct line_reader *find_reader(const struct line_reader *r, const char *name)
{
	for (; r->name; r++)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}

/* The kernel's own events may stand among the module's, and are not looked at then. */
static enum line_result take(struct events *all, const struct line *l,
			     const struct line_reader *readers, const struct line_reader *r)
{
	enum line_result ret;

	if (readers == module_lines)
		all->of_module = true;
	ret = r->read(all, l);
	return all->of_module && all->plain ? LINE_MIXED : ret;
}

static enum line_result read_event(struct events *all, const struct line *l)
{
	const char *colon = strchr(l->name, ':');
	const struct line_reader *r;
	unsigned int i;

	for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		size_t length = colon ? strlen(systems[i].name) : 0;

		if (strncmp(l->name, systems[i].name, length))
			continue;
		r = find_reader(systems[i].readers, l->name + length);
		if (r)
			return take(all, l, systems[i].readers, r);
		if (colon && systems[i].readers == module_lines)
			return LINE_BROKEN;
	}
	return LINE_READ;
}

static const char *const faults[] = {
	[LINE_BROKEN] = "an event whose fields cannot be read, or do not fit the events before it",
	[LINE_EARLY] = "an event that is earlier than one before it",
	[LINE_MIXED] = "events of the module and of a recording without it: one of them at a time",
};

static void broken(struct events *all, unsigned long line, const char *why)
{
	all->broken++;
	events_tell(all, line, "%s", why);
}

static enum line_result read_line(struct events *all, struct line *l, char *text)
{
	uint64_t lost;

	if (is_lost(text, &lost))
		return read_lost(all, l, text, lost);
	if (!line_split(l, text))
		broken(all, l->number, "no line of perf script, trace-cmd report or tracefs");
	else if (l->cpu >= REPLAY_CPUS_MAX)
		broken(all, l->number, "the number of the CPU is too large");
	else
		return read_event(all, l);
	return LINE_READ;
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
	enum line_result ret;

	if (*text == '#') {
		read_comment(all, text);
		return 0;
	}
	if (!*line_skip_spaces(text) || is_chain(text))
		return 0;
	ret = read_line(all, &l, text);
	if (ret == LINE_NO_MEMORY)
		return -1;
	if (ret != LINE_READ)
		broken(all, line, faults[ret]);
	return 0;
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
	plain_lines_end(all);
}
