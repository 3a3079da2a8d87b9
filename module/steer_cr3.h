/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Live mode: making the CPU walk the mirrors.
 */
#ifndef _PGDM_STEER_CR3_H
#define _PGDM_STEER_CR3_H

#include <linux/jump_label.h>
#include <asm/cpufeature.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>

#include "core/cr3.h"
#include "cpus.h"
#include "steer_check.h"

struct pgdm_primary;

DECLARE_STATIC_KEY_FALSE(pgdm_steer_key);

/* CR3_ADDR_MASK, which takes several instructions to compute, and the other bits. */
extern unsigned long pgdm_steer_mask, pgdm_steer_rest;

/**
 * pgdm_steer_is_live() - does CR3 hold mirrors?
 */
static inline bool pgdm_steer_is_live(void)
{
	return static_branch_unlikely(&pgdm_steer_key);
}

/**
 * pgdm_steer_write() - write another root into CR3 (C1)
 * @m: the mirror that CR3 leads to, or is to lead to
 * @cr3: what CR3 holds
 * @phys: physical address of the root: that of @m or of its primary
 *
 * No other function of the module writes CR3. (Builds for tests judge each value.)
 *
 * Context: IRQs off.
 */
static __always_inline void pgdm_steer_write(const struct pgdm_mirror *m,
					     unsigned long cr3, u64 phys)
{
	u64 value = pgdm_cr3_with_root(cr3, ~pgdm_steer_rest, phys,
				       cpu_feature_enabled(X86_FEATURE_PCID));

	native_write_cr3(pgdm_steer_check(m, value));
}

/**
 * pgdm_steer_load() - point CR3 at a mirror
 * @c: this CPU's cache
 * @m: its loaded mirror, just synced with the primary that CR3 holds
 * @cr3: what CR3 holds
 *
 * Context: IRQs off.
 */
static __always_inline void pgdm_steer_load(struct pgdm_cache *c,
					    const struct pgdm_mirror *m,
					    unsigned long cr3)
{
	pgdm_steer_write(m, cr3, m->phys);
	pgdm_stat_inc(&c->stats, PGDM_STAT_steered);
}

/**
 * enum pgdm_place - what a CPU has in CR3
 * @PGDM_PLACE_OK: its loaded mirror, or what the kernel has put there
 * @PGDM_PLACE_PRIMARY: what the kernel has put there, though live, and with a mirror
 *	loaded
 * @PGDM_PLACE_STRANDED: a mirror that it does not have loaded
 * @PGDM_PLACE_FOREIGN: something else
 */
enum pgdm_place {
	PGDM_PLACE_OK,
	PGDM_PLACE_PRIMARY,
	PGDM_PLACE_STRANDED,
	PGDM_PLACE_FOREIGN,
};

void pgdm_steer_init(void);
void pgdm_steer_release_cpu(struct pgdm_cache *c,
			    const struct pgdm_primary *only);
void pgdm_steer_release(const struct pgdm_primary *only);
enum pgdm_place pgdm_steer_place(const struct pgdm_cache *c);

#endif
