// SPDX-License-Identifier: GPL-2.0
/* Kinds of machine, by what the module hooks there. */
#include "kinds.h"

#include <string.h>

#include "die.h"
#include "files.h"
#include "machine.h"
#include "module.h"
#include "program.h"

#define LEVELS	(PGDM_4_LEVELS | PGDM_5_LEVELS)
#define HOOKS	(PGDM_BY_SET_PGD | PGDM_BY_PTI | PGDM_BY_TABLES)

static unsigned int back_end(void)
{
	const char *text = pgdm_read("preflight");

	if (strstr(text, " hooks=set_pgd\n"))
		return PGDM_BY_SET_PGD;
	if (strstr(text, " hooks=pti\n"))
		return PGDM_BY_PTI;
	if (strstr(text, " hooks=tables\n"))
		return PGDM_BY_TABLES;
	pgdm_die("preflight does not name the back end");
}

unsigned int pgdm_kinds_here(void)
{
	unsigned int here = pgdm_has_5_levels() ? PGDM_5_LEVELS : PGDM_4_LEVELS;
	const bool loaded = pgdm_is_loaded();

	if (!loaded && pgdm_load(NULL))
		pgdm_die("cannot load the module");
	here |= back_end();
	if (!loaded && pgdm_unload())
		pgdm_die("cannot unload the module");
	return here;
}

bool pgdm_is_kind(unsigned int here, unsigned int where)
{
	return (!(where & LEVELS) || where & here & LEVELS) &&
	       (!(where & HOOKS) || where & here & HOOKS);
}
