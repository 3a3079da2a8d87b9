/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failures on demand, in builds with PGDM_SEEDED_BUGS only: allocations that
 * fail, symbols that are missing, probes that follow few tasks, conditions of
 * loading or of live mode that are not met. (The seeded bugs are in core/bug.h.)
 */
#ifndef _PGDM_INJECT_H
#define _PGDM_INJECT_H

#include <linux/types.h>
#include <asm/page.h>

#ifdef PGDM_SEEDED_BUGS

bool pgdm_inject_failure(void);
int pgdm_inject_instances(int usual);
bool pgdm_inject_hidden(const char *symbol);
bool pgdm_inject_deaf(const char *symbol);
bool pgdm_inject_unmet(const char *check);
u64 pgdm_inject_root(u64 *root);
void pgdm_inject_exit(void);

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

static inline u64 pgdm_inject_root(u64 *root)
{
	return __pa(root);
}

static inline void pgdm_inject_exit(void)
{
}

#endif

#endif
