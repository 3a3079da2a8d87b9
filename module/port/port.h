/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the portable core needs from the kernel.
 *
 * The core includes this header and its own, nothing else. Programs in user
 * space put their own port.h (same guard) first on the include path, so that
 * the core needs no #ifdef to be compiled there.
 */
#ifndef _PGDM_PORT_H
#define _PGDM_PORT_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/timex.h>
#include <linux/types.h>
#include <asm/local64.h>

/* One instruction, so that an NMI that counts in between is not lost. */
static inline void pgdm_count_add(u64 *count, u64 n)
{
	local64_add(n, (local64_t *)count);
}

DECLARE_STATIC_KEY_FALSE(pgdm_timing_key);

/*
 * Cycles of the local CPU's time stamp counter; never used to decide. Reading
 * it costs more than a clean sync, so that is a choice (timing=1); otherwise 0.
 */
static inline u64 pgdm_cycles(void)
{
	return static_branch_unlikely(&pgdm_timing_key) ? get_cycles() : 0;
}

#endif
