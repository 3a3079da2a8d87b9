/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failures on demand, in builds with PGDM_SEEDED_BUGS only: allocations that
 * fail, and symbols that are missing. (The seeded bugs are in core/bug.h.)
 */
#ifndef _PGDM_INJECT_H
#define _PGDM_INJECT_H

#include <linux/types.h>

#ifdef PGDM_SEEDED_BUGS

bool pgdm_inject_failure(void);
bool pgdm_inject_hidden(const char *symbol);

#else

static inline bool pgdm_inject_failure(void)
{
	return false;
}

static inline bool pgdm_inject_hidden(const char *symbol)
{
	return false;
}

#endif

#endif
