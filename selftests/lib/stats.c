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

static unsigned int column_of(const char *header, const char *name)
{
	size_t len = strlen(name), n;
	unsigned int column;

	for (column = 0; ; column++, header += n) {
		header += strspn(header, " ");
		n = strcspn(header, "\n ");
		if (!n)
			pgdm_die("stats_percpu has no %s", name);
		if (n == len && !strncmp(header, name, len))
			return column;
	}
}

static uint64_t value_in(const char *line, unsigned int column)
{
	uint64_t value;
	char *rest;

	do {
		value = strtoull(line, &rest, 10);
		line = rest;
	} while (column--);
	return value;
}

/* The first line names the columns, the first column the CPU. */
void pgdm_cpu_stats(unsigned int cpu, unsigned int nr, const char *const *names,
		    uint64_t *values)
{
	const char *header = pgdm_read("stats_percpu"), *line = header;
	unsigned int i;

	memset(values, 0, nr * sizeof(*values));
	while ((line = strchr(line, '\n')) && *++line) {
		if (value_in(line, 0) != cpu)
			continue;
		for (i = 0; i < nr; i++)
			values[i] = value_in(line, column_of(header, names[i]));
	}
}

uint64_t pgdm_cpu_stat(unsigned int cpu, const char *name)
{
	uint64_t value;

	pgdm_cpu_stats(cpu, 1, &name, &value);
	return value;
}
