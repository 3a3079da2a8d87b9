/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Live mode: making the CPU walk the mirrors.
 */
#ifndef _PGDM_STEER_H
#define _PGDM_STEER_H

#include <linux/jump_label.h>

struct pgdm_cache;
struct pgdm_mirror;
struct pgdm_primary;

DECLARE_STATIC_KEY_FALSE(pgdm_steer_key);

/**
 * pgdm_steer_is_live() - does CR3 hold mirrors?
 */
static inline bool pgdm_steer_is_live(void)
{
	return static_branch_unlikely(&pgdm_steer_key);
}

int pgdm_steer_init(void);
void pgdm_steer_exit(void);
int pgdm_steer_set(bool live);
void pgdm_steer_load(struct pgdm_cache *c, const struct pgdm_mirror *m);
void pgdm_steer_release_cpu(struct pgdm_cache *c,
			    const struct pgdm_primary *only);
void pgdm_steer_release(const struct pgdm_primary *only);

#endif
