// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "die.h"
#include "files.h"

void pgdm_bug(const char *names)
{
	int err = pgdm_write_path(PGDM_PARAMS "bug", names);

	if (err)
		pgdm_die("bug=%s: %s", names, strerror(err));
}

static void set_bug_param(const char *path, int value)
{
	char text[16];
	int err;

	snprintf(text, sizeof(text), "%d", value);
	err = pgdm_write_path(path, text);
	if (err)
		pgdm_die("%s: %s", path, strerror(err));
}

void pgdm_bug_pause_ms(unsigned int ms)
{
	set_bug_param(PGDM_PARAMS "bug_pause_ms", (int)ms);
}

void pgdm_bug_pause_cpu(int cpu)
{
	set_bug_param(PGDM_PARAMS "bug_pause_cpu", cpu);
}

unsigned int pgdm_bug_pauses(void)
{
	const char *text = pgdm_read_path(PGDM_PARAMS "bug_pauses");

	return (unsigned int)strtoul(text, NULL, 10);
}
