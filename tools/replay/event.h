/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events of a recording, as they were read.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"

/**
 * struct event - one event
 * @time: nanoseconds, or a number that counts
 * @id: the module's number of the mm; 0: none
 * @seq: of PUBLISH the sequence, 0 in the kernel half; of a sync point the sequence that
 *	the mirror holds after it
 * @value: of PUBLISH and ENTRY what was written; of SEND and LOST how many
 * @line: of the recording
 * @mm: place of @id in events.mm (order.c); 0: none
 * @cpu: where it happened
 * @index: of PUBLISH, ENTRY, FAULT and GUARD
 * @words: of sync points: copied
 * @kind: enum replay_kind
 * @sync: of sync points: clean, dirty or full
 * @flags: REPLAY_KNOWN, REPLAY_FIXED
 * @user_page: the user table of a pair was written
 * @strict: the sync point has looked at the sequence: @seq was the latest
 */
struct event {
	uint64_t time;
	uint64_t id;
	uint64_t seq;
	uint64_t value;
	uint32_t line;
	uint32_t mm;
	uint16_t cpu;
	uint16_t index;
	uint16_t words;
	uint8_t kind;
	uint8_t sync;
	uint8_t flags;
	bool user_page;
	bool strict;
};

struct plain;

/**
 * struct events - a recording
 * @name: of its file, for messages
 * @event: in the order of lines
 * @nr: how many
 * @room: of @event
 * @header: what was found out so far
 * @last: by CPU, the place of its latest event in @event, plus 1; 0: none
 * @last_miss: count of the latest hook_miss
 * @plain: of a recording made without the module, what plain_lines.c knows; else NULL
 * @of_module: it has events of the module
 * @broken: lines that could not be read
 * @told: messages about this recording so far
 */
struct events {
	const char *name;
	struct event *event;
	size_t nr;
	size_t room;
	struct replay_header header;
	size_t last[REPLAY_CPUS_MAX];
	uint64_t last_miss;
	struct plain *plain;
	bool of_module;
	unsigned long broken;
	unsigned long told;
};

struct event *events_add(struct events *all);
void events_free(struct events *all);
void events_tell(struct events *all, unsigned long line, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

#endif
