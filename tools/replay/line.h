/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a line: CPU, time, name of the event, fields.
 */
#ifndef LINE_H
#define LINE_H

#include "event.h"

/**
 * enum line_result - what reading a line comes to
 * @LINE_READ: it was taken in, or is of no interest
 * @LINE_NO_MEMORY: there is no memory
 * @LINE_BROKEN: its fields cannot be read, or do not fit the events before it
 * @LINE_EARLY: its time is before that of a line above it, and that matters
 * @LINE_MIXED: the recording has the module's events, and is one made without it
 */
enum line_result {
	LINE_READ,
	LINE_NO_MEMORY,
	LINE_BROKEN,
	LINE_EARLY,
	LINE_MIXED,
};

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

/**
 * struct line_reader - what reads the lines of an event
 * @name: of the event, without the system; NULL: the table ends
 * @read: takes the line in
 */
struct line_reader {
	const char *name;
	enum line_result (*read)(struct events *all, const struct line *l);
};

const char *line_skip_spaces(const char *s);
bool line_split(struct line *l, char *text);
const char *line_field(const struct line *l, const char *name);
bool line_number(const struct line *l, const char *name, uint64_t most, uint64_t *value);
bool line_has(const struct line *l, const char *name, const char *word);
struct event *line_event(struct events *all, const struct line *l, enum replay_kind kind);
enum line_result line_event_of_mm(struct events *all, const struct line *l,
				  enum replay_kind kind, uint64_t id);

#endif
