// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "files.h"
#include "machine.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

bool pgdm_cpu_has(const char *flag)
{
	const char *flags = strstr(pgdm_read_path("/proc/cpuinfo"), "\nflags");
	size_t len = strlen(flag), line = flags ? strcspn(flags + 1, "\n") : 0;
	const char *at = flags;

	while (at && (at = strstr(at + 1, flag)) && at < flags + line)
		if (at[-1] == ' ' && (at[len] == ' ' || at[len] == '\n'))
			return true;
	return false;
}

bool pgdm_has_pti(void)
{
	static int has = -1;

	if (has < 0)
		has = pgdm_cpu_has("pti");
	return has;
}

unsigned int pgdm_pages(void)
{
	return pgdm_has_pti() ? 2 : 1;
}

unsigned int pgdm_nr_cpus(void)
{
	return (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}

static bool has_5_levels;

/*
 * With five levels a program that asks for an address of more than 47 bits gets it.
 * Before there are threads: two that try at once would disturb each other.
 */
static void __attribute__((constructor)) find_levels(void)
{
	void *want = (void *)(1ul << 48);
	void *page = mmap(want, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				  MAP_FIXED_NOREPLACE,
			  -1, 0);

	has_5_levels = page == want;
	if (page != MAP_FAILED)
		munmap(page, 4096);
}

bool pgdm_has_5_levels(void)
{
	return has_5_levels;
}

void pgdm_pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		pgdm_die("cannot run on CPU %u: %s", cpu, strerror(errno));
}
