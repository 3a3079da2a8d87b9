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

/*
 * Is a module built beside the tests, for the running kernel? It has a directory with the
 * name of the kernel; tools/vm/run tells it, else it is the version, such as 6.1.
 */
static bool is_beside(char *path, size_t size, const char *variant,
		      const char *name)
{
	const char *kernel = getenv("PGDM_KERNEL");
	char of_release[32];
	struct utsname u;
	int major, minor;

	if (!kernel || !*kernel) {
		uname(&u);
		if (sscanf(u.release, "%d.%d", &major, &minor) != 2)
			return false;
		snprintf(of_release, sizeof(of_release), "%d.%d", major, minor);
		kernel = of_release;
	}
	snprintf(path, size, "%s/../module/%s%s/%s.ko", pgdm_program_dir(),
		 kernel, variant, name);
	return !access(path, R_OK);
}

/* Where the module is: told, built beside the tests, or installed. */
bool pgdm_find_module(bool seeded, char *path, size_t size)
{
	const char *env = getenv(seeded ? "PGDM_SEEDED_KO" : "PGDM_KO");
	FILE *f;

	if (env && *env) {
		snprintf(path, size, "%s", env);
		return !access(path, R_OK);
	}
	if (is_beside(path, size, seeded ? "-seeded" : "", "pgd_mirror"))
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

static int load(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, params, 0))
		err = errno;
	close(fd);
	return err;
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

int pgdm_load_build(const char *params, bool seeded)
{
	char path[4200], all[512];
	const char *more = getenv("PGDM_PARAMS");

	if (!pgdm_find_module(seeded, path, sizeof(path)))
		return ENOENT;
	/* The later of two values counts. */
	snprintf(all, sizeof(all), "%s %s", more ? more : "",
		 params ? params : "");
	return load(path, all);
}

int pgdm_unload(void)
{
	return unload("pgd_mirror");
}

int pgdm_load_helper(const char *name)
{
	char path[4200];

	if (!is_beside(path, sizeof(path), "-selftests", name))
		return ENOENT;
	return load(path, "");
}

int pgdm_unload_helper(const char *name)
{
	return unload(name);
}
