// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "files.h"
#include "stats.h"

uint64_t pgdm_stat(const char *name)
{
	const char *line = pgdm_read("stats");
	size_t len = strlen(name);

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
	}
	pgdm_die("stats has no %s", name);
}

/* The first line names the columns, the first column the CPU. */
uint64_t pgdm_cpu_stat(unsigned int cpu, const char *name)
{
	char *text = (char *)pgdm_read("stats_percpu");
	char *save, *line = strtok_r(text, "\n", &save), *word, *rest;
	unsigned int column = 0, i;

	for (word = strtok_r(line, " ", &rest); word && strcmp(word, name);
	     word = strtok_r(NULL, " ", &rest))
		column++;
	if (!word)
		pgdm_die("stats_percpu has no %s", name);
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (strtoul(line, &word, 10) != cpu)
			continue;
		for (i = 1; i < column; i++)
			strtoull(word, &word, 10);
		return strtoull(word, NULL, 10);
	}
	return 0;
}
