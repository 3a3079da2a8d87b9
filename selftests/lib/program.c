// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "machine.h"
#include "module.h"
#include "program.h"

#define EXIT_SKIP 4

static struct pgdm_needs needs;
static pid_t owner;

int pgdm_load(const char *params)
{
	return pgdm_load_build(params, needs.seeded);
}

static void __attribute__((noreturn, format(printf, 1, 2)))
skip(const char *fmt, ...)
{
	va_list ap;

	printf("TAP version 13\n1..0 # SKIP ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	exit(EXIT_SKIP);
}

/* At exit of the process that began: the tests are its children. */
static void end(void)
{
	bool bad = false;
	int err;

	if (getpid() != owner)
		return;
	err = pgdm_is_loaded() ? pgdm_unload() : 0;
	if (err) {
		printf("# cannot unload the module: %s\n", strerror(err));
		bad = true;
	}
	if (pgdm_log_scan())
		bad = true;
	fflush(stdout);
	if (bad)
		_exit(1);
}

bool pgdm_is_alone(void)
{
	return needs.alone || pgdm_nr_cpus() == 1;
}

void pgdm_begin(const struct pgdm_needs *n)
{
	char path[4200];
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	needs = *n;
	if (geteuid())
		skip("needs root");
	if (pgdm_is_loaded())
		skip("the module is loaded already: unload it first");
	if (needs.pti && !pgdm_has_pti())
		skip("needs page table isolation (pti=on)");
	if (needs.cpu_flag && !pgdm_cpu_has(needs.cpu_flag))
		skip("needs a CPU with %s", needs.cpu_flag);
	if (needs.path && access(needs.path, F_OK))
		skip("needs %s", needs.path);
	if (pgdm_nr_cpus() < needs.cpus)
		skip("needs %u CPUs", needs.cpus);
	if (!pgdm_find_module(needs.seeded, path, sizeof(path)))
		skip("no module %s(set %s)",
		     needs.seeded ? "with seeded bugs " : "",
		     needs.seeded ? "PGDM_SEEDED_KO" : "PGDM_KO");
	if (access("/sys/kernel/debug", X_OK))
		skip("needs debugfs in /sys/kernel/debug");
	pgdm_log_watch();
	pgdm_log_mark();
	err = needs.unloaded ? 0 : pgdm_load(needs.params);
	if (err) {
		printf("# cannot load %s %s: %s\n", path,
		       needs.params ? needs.params : "", strerror(err));
		exit(1);
	}
	owner = getpid();
	atexit(end);
}
