// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "module.h"
#include "paths.h"

bool pgdm_is_loaded(void)
{
	return !access("/sys/module/pgd_mirror", F_OK);
}

/* Where the module is: told, built beside the tests, or installed. */
bool pgdm_find_module(bool seeded, char *path, size_t size)
{
	const char *env = getenv(seeded ? "PGDM_SEEDED_KO" : "PGDM_KO");
	struct utsname u;
	int major, minor;
	FILE *f;

	if (env && *env) {
		snprintf(path, size, "%s", env);
		return !access(path, R_OK);
	}
	uname(&u);
	if (sscanf(u.release, "%d.%d", &major, &minor) != 2)
		return false;
	snprintf(path, size, "%s/../module/%d.%d%s/pgd_mirror.ko",
		 pgdm_program_dir(), major, minor, seeded ? "-seeded" : "");
	if (!access(path, R_OK))
		return true;
	if (seeded)
		return false;
	f = popen("modinfo -n pgd_mirror 2>/dev/null", "re");
	if (!f || !fgets(path, (int)size, f))
		*path = '\0';
	path[strcspn(path, "\n")] = '\0';
	if (f)
		pclose(f);
	return !access(path, R_OK);
}

int pgdm_load_build(const char *params, bool seeded)
{
	char path[4200], all[512];
	const char *more = getenv("PGDM_PARAMS");
	int fd, err = 0;

	if (!pgdm_find_module(seeded, path, sizeof(path)))
		return ENOENT;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	/* The later of two values counts. */
	snprintf(all, sizeof(all), "%s %s", more ? more : "",
		 params ? params : "");
	if (syscall(SYS_finit_module, fd, all, 0))
		err = errno;
	close(fd);
	return err;
}

int pgdm_unload(void)
{
	return syscall(SYS_delete_module, "pgd_mirror", O_NONBLOCK) ? errno : 0;
}
