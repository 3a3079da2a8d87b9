// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "track.h"

/* "pid P comm NAME id I ctx_id C root R seq S entries E STATE" */
static bool parse_tracked(const char *line, struct pgdm_tracked *t)
{
	return sscanf(line, "pid %d comm %63s id %" SCNu64
			    " ctx_id %*u root %*x seq %" SCNu64
			    " entries %u %15s",
		      &t->pid, t->comm, &t->id, &t->seq, &t->entries,
		      t->state) == 6;
}

/*
 * The next line that names a tracked mm. The first line is the mode's, and
 * there may be lines of mms that were taken out of "all".
 */
static bool next_tracked(const char **text, struct pgdm_tracked *t)
{
	while (**text) {
		char line[256];
		size_t len = strcspn(*text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, *text);
		*text += len + ((*text)[len] == '\n');
		if (parse_tracked(line, t) && strcmp(t->state, "excluded"))
			return true;
	}
	return false;
}

bool pgdm_tracked(pid_t pid, struct pgdm_tracked *found)
{
	const char *line = pgdm_read("track");

	while (next_tracked(&line, found))
		if (found->pid == pid)
			return true;
	return false;
}

uint64_t pgdm_id(pid_t pid)
{
	struct pgdm_tracked t;

	return pgdm_tracked(pid, &t) ? t.id : 0;
}

unsigned int pgdm_nr_tracked(void)
{
	const char *line = pgdm_read("track");
	struct pgdm_tracked t;
	unsigned int n = 0;

	while (next_tracked(&line, &t))
		n++;
	return n;
}

unsigned int pgdm_mirrors(int cpu, uint64_t id, const char *state)
{
	const char *line = pgdm_read("mirrors");
	unsigned int n = 0, c, slot;
	uint64_t i;
	char s[16];

	for (; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "cpu %u slot %u %15s id %" SCNu64, &c, &slot,
			   s, &i) != 4)
			continue;
		if ((cpu < 0 || c == (unsigned int)cpu) && i == id &&
		    (!state || !strcmp(s, state)))
			n++;
	}
	return n;
}
