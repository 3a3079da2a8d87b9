// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of a line: CPU, time, name of the event, fields.
 */
#include "line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/**
 * line_skip_spaces() - where the next word begins
 * @s: text
 */
const char *line_skip_spaces(const char *s)
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
	l->name = (char *)line_skip_spaces(after);
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
	s = (char *)line_skip_spaces(end + 1);
	if (read_event(l, s))
		return true;
	word = strpbrk(s, " \t");
	return word && read_event(l, (char *)line_skip_spaces(word));
}

/**
 * line_split() - find the parts of a line
 * @l: filled in, but for the number
 * @text: the line; is changed
 *
 * Return: is it one with an event?
 */
bool line_split(struct line *l, char *text)
{
	char *s;

	for (s = strchr(text, '['); s; s = strchr(s + 1, '['))
		if (isdigit((unsigned char)s[1]) && read_cpu(l, s))
			return true;
	return false;
}

/**
 * line_field() - where the value of a field begins
 * @l: the line
 * @name: of the field
 *
 * Return: the place behind " NAME=", or NULL.
 */
const char *line_field(const struct line *l, const char *name)
{
	size_t length = strlen(name);
	const char *s;

	for (s = strstr(l->fields, name); s; s = strstr(s + 1, name))
		if (s > l->fields && isspace((unsigned char)s[-1]) && s[length] == '=')
			return s + length + 1;
	return NULL;
}

/**
 * line_number() - the value of a field
 * @l: the line
 * @name: of the field
 * @most: that it may be
 * @value: set to it
 *
 * tracefs pads some numbers with zeros, and those are not octal.
 *
 * Return: is there one?
 */
bool line_number(const struct line *l, const char *name, uint64_t most, uint64_t *value)
{
	const char *s = line_field(l, name);
	char *end;

	if (!s || !isdigit((unsigned char)*s))
		return false;
	*value = strtoull(s, &end, s[0] == '0' && s[1] == 'x' ? 16 : 10);
	return (!*end || isspace((unsigned char)*end)) && *value <= most;
}

/**
 * line_has() - has a field this value?
 * @l: the line
 * @name: of the field
 * @word: the value
 */
bool line_has(const struct line *l, const char *name, const char *word)
{
	const char *s = line_field(l, name);
	size_t length = strlen(word);

	return s && !strncmp(s, word, length) &&
	       (!s[length] || isspace((unsigned char)s[length]));
}

/**
 * line_event() - an event of that line
 * @all: the recording, to which it is added
 * @l: the line
 * @kind: enum replay_kind
 *
 * Return: the event, until the next one; or NULL: no memory.
 */
struct event *line_event(struct events *all, const struct line *l, enum replay_kind kind)
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

/**
 * line_event_of_mm() - the same, of an event that has an mm
 * @all: the recording, to which it is added
 * @l: the line
 * @kind: enum replay_kind
 * @id: of the mm
 */
enum line_result line_event_of_mm(struct events *all, const struct line *l,
				  enum replay_kind kind, uint64_t id)
{
	struct event *e = line_event(all, l, kind);

	if (!e)
		return LINE_NO_MEMORY;
	e->id = id;
	return LINE_READ;
}
