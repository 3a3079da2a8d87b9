/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds for tests: each value that the module writes into CR3 is judged before.
 */
#ifndef _PGDM_STEER_CHECK_H
#define _PGDM_STEER_CHECK_H

#include <linux/types.h>

struct pgdm_mirror;

#ifdef PGDM_SEEDED_BUGS

void pgdm_steer_check_init(void);
u64 pgdm_steer_check(const struct pgdm_mirror *m, u64 value);

#else

static inline void pgdm_steer_check_init(void)
{
}

static __always_inline u64 pgdm_steer_check(const struct pgdm_mirror *m,
					    u64 value)
{
	return value;
}

#endif

#endif
