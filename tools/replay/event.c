// SPDX-License-Identifier: GPL-2.0
/*
 * The events of a recording: memory, and messages about them.
 */
#include "event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain_lines.h"

#define TELL_MOST	20	/* messages: a recording may be all garbage */

/**
 * events_add() - one more event, zeroed
 * @all: the recording
 *
 * Return: the event, until the next call; or NULL: no memory.
 */
struct event *events_add(struct events *all)
{
	struct event *more;

	if (all->nr == all->room) {
		size_t room = all->room ? 2 * all->room : 4096;

		more = realloc(all->event, room * sizeof(*more));
		if (!more)
			return NULL;
		all->event = more;
		all->room = room;
	}
	return memset(&all->event[all->nr++], 0, sizeof(*more));
}

/**
 * events_free() - give the memory back
 * @all: the recording
 */
void events_free(struct events *all)
{
	free(all->event);
	all->event = NULL;
	all->nr = 0;
	all->room = 0;
	plain_lines_free(all);
}

/**
 * events_tell() - say what is wrong, and where
 * @all: the recording
 * @line: of it
 * @format: as printf()
 */
void events_tell(struct events *all, unsigned long line, const char *format, ...)
{
	va_list arguments;

	if (all->told++ >= TELL_MOST) {
		if (all->told == TELL_MOST + 1)
			fprintf(stderr, "import: %s: further messages are left out\n",
				all->name);
		return;
	}
	fprintf(stderr, "import: %s:%lu: ", all->name, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}
