/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A switch by the fast paths, as the module's sync_points.c takes them.
 */
#ifndef POINT_H
#define POINT_H

#include "fast.h"

static noinline bool point_unclean(struct pgdm_cache *c, struct pgdm_mirror *m,
				   const struct pgdm_primary *p)
{
	return pgdm_fast_switch_changes(c, m, p);
}

static noinline bool point_unfound(struct pgdm_cache *c, unsigned long root)
{
	struct pgdm_primary *p;
	struct pgdm_mirror *m;

	return pgdm_fast_search(c, root, &m, &p) &&
	       (pgdm_fast_switch(c, m, p) || point_unclean(c, m, p));
}

/* False: the long way is to be gone. */
static __always_inline bool point_switch(struct pgdm_cache *c,
					 unsigned long root)
{
	struct pgdm_primary *p;
	struct pgdm_mirror *m;

	if (unlikely(!pgdm_fast_find(c, root, &m, &p)))
		return point_unfound(c, root);
	return likely(pgdm_fast_switch(c, m, p)) || point_unclean(c, m, p);
}

#endif
