// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cr3.h"
#include "die.h"
#include "files.h"

static bool parse(const char *text, struct pgdm_cr3 *l)
{
	return sscanf(text, " cr3 %16" SCNx64 " mirror %15s id %" SCNu64 " mm %16" SCNx64
			    " root %16" SCNx64 " pid %d comm %63s",
		      &l->cr3, l->mirror, &l->id, &l->mm, &l->root, &l->pid,
		      l->comm) == 7;
}

struct pgdm_cr3 pgdm_cr3(unsigned int cpu)
{
	const char *text = pgdm_read("cr3"), *at;
	struct pgdm_cr3 l = { 0 };
	char begin[32];

	snprintf(begin, sizeof(begin), "cpu %u ", cpu);
	at = strncmp(text, begin, strlen(begin)) ? strstr(text, begin) : text;
	if (!at || !parse(at + strlen(begin) - 1, &l))
		pgdm_die("no line of CPU %u in: %s", cpu, text);
	return l;
}

uint64_t pgdm_cr3_address(uint64_t cr3)
{
	return cr3 & 0x000ffffffffff000;
}

uint64_t pgdm_cr3_mirror(unsigned int cpu, const struct pgdm_cr3 *line)
{
	uint64_t phys = 0;
	const char *at;
	char begin[64];

	snprintf(begin, sizeof(begin), "cpu %u slot %s loaded id %" PRIu64 " ", cpu,
		 line->mirror, line->id);
	at = strstr(pgdm_read("mirrors"), begin);
	at = at ? strstr(at, " phys ") : NULL;
	if (at && sscanf(at, " phys %" SCNx64, &phys) != 1)
		pgdm_die("no address after '%s'", begin);
	return phys;
}
