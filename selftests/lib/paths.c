// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "paths.h"

const char *pgdm_program_dir(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		pgdm_die("readlink: %s", strerror(errno));
	path[n] = '\0';
	*strrchr(path, '/') = '\0';
	return path;
}
