/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failures on demand, in builds with PGDM_SEEDED_BUGS only: allocations that
 * fail, symbols that are missing, probes that follow few tasks, conditions of
 * loading or of live mode that are not met. (The seeded bugs are in core/bug.h.)
 */
#ifndef _PGDM_INJECT_H
#define _PGDM_INJECT_H

#include <linux/types.h>

#ifdef PGDM_SEEDED_BUGS

bool pgdm_inject_failure(void);
int pgdm_inject_instances(int usual);
bool pgdm_inject_hidden(const char *symbol);
bool pgdm_inject_deaf(const char *symbol);
bool pgdm_inject_unmet(const char *check);

#else

static inline bool pgdm_inject_failure(void)
{
	return false;
}

static inline int pgdm_inject_instances(int usual)
{
	return usual;
}

static inline bool pgdm_inject_hidden(const char *symbol)
{
	return false;
}

static inline bool pgdm_inject_deaf(const char *symbol)
{
	return false;
}

static inline bool pgdm_inject_unmet(const char *check)
{
	return false;
}

#endif

#endif
