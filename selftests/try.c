// SPDX-License-Identifier: GPL-2.0
/*
 * One system call for a shell test, and how it ended: "ok", or the name of
 * the errno.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/files.h"
#include "lib/module.h"

static void usage(void)
{
	fputs("usage: try load [PARAMETERS] | try load-seeded [PARAMETERS]\n"
	      "       try unload\n"
	      "       try write FILE TEXT\n", stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	int err;

	if (!strcmp(verb, "load") && argc <= 3)
		err = pgdm_load_build(argv[2], false);
	else if (!strcmp(verb, "load-seeded") && argc <= 3)
		err = pgdm_load_build(argv[2], true);
	else if (!strcmp(verb, "unload") && argc == 2)
		err = pgdm_unload();
	else if (!strcmp(verb, "write") && argc == 4)
		err = pgdm_write_path(argv[2], argv[3]);
	else
		usage();
	puts(err ? strerrorname_np(err) : "ok");
	return 0;
}
