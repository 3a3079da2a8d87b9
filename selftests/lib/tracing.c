// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "files.h"
#include "tracing.h"

#define GROUP "pgdm"

static void write_or_die(const char *path, const char *text)
{
	int err = pgdm_write_path(path, text);

	if (err)
		pgdm_die("'%s' to %s: %s", text, path, strerror(err));
}

static void enable(const char *name, const char *on)
{
	char path[128];

	snprintf(path, sizeof(path), PGDM_TRACING "events/" GROUP "/%s/enable",
		 name);
	write_or_die(path, on);
}

void pgdm_probe_add(const char *name, const char *function)
{
	char text[128];

	snprintf(text, sizeof(text), "p:" GROUP "/%s %s", name, function);
	write_or_die(PGDM_TRACING "kprobe_events", text);
	enable(name, "1");
}

struct pgdm_calls pgdm_probe_calls(const char *name)
{
	struct pgdm_calls calls;
	const char *line;
	char word[64];

	/* Lines are "  NAME  HITS  MISSES". */
	snprintf(word, sizeof(word), " %s ", name);
	line = strstr(pgdm_read_path(PGDM_TRACING "kprobe_profile"), word);
	if (!line || sscanf(line + strlen(word), "%lu %lu", &calls.hits,
			    &calls.misses) != 2)
		pgdm_die("no counts of the probe %s", name);
	return calls;
}

void pgdm_probe_remove(const char *name)
{
	char text[64];

	enable(name, "0");
	snprintf(text, sizeof(text), "-:" GROUP "/%s", name);
	write_or_die(PGDM_TRACING "kprobe_events", text);
}
