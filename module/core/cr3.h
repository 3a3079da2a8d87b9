/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CR3's fields (C1): the value that leads to another root, and the judgement of a value
 * that is about to be written. Both are kept apart from the instruction, as most
 * emulated CPUs lack PCIDs, and a unit test can show all cases.
 */
#ifndef _PGDM_CR3_H
#define _PGDM_CR3_H

#include "bug.h"

#define PGDM_CR3_CACHE		(BIT_ULL(3) | BIT_ULL(4))	/* PWT, PCD */
#define PGDM_CR3_PCID		0xfffULL
/* Under PTI the kernel sets these when it returns to user mode, and only then. */
#define PGDM_CR3_USER_PCID	BIT_ULL(11)
#define PGDM_CR3_USER_PAGE	BIT_ULL(12)
#define PGDM_CR3_NOFLUSH	BIT_ULL(63)

/* C1: whether bit 63 is written depends on CR4 alone. */
static __always_inline u64 pgdm_cr3_noflush(bool pcide)
{
	if (pgdm_bug(noflush_bit))
		pcide = !pcide;
	return pcide ? PGDM_CR3_NOFLUSH : 0;
}

/**
 * pgdm_cr3_with_root() - the value that leads to another root, and no more
 * @cr3: what CR3 holds
 * @mask: the bits of its address field
 * @phys: physical address of the new root, within @mask
 * @pcide: is CR4.PCIDE on?
 *
 * C1. The PCID, the cache bits and LAM's stay as they are. Bit 63 never reads
 * back: without it the write would flush the PCID's translations, and with
 * PCIDE off it faults.
 */
static __always_inline u64 pgdm_cr3_with_root(u64 cr3, u64 mask, u64 phys,
					      bool pcide)
{
	if (pgdm_bug(whole_cr3))
		return phys;
	return (cr3 & ~mask) | phys | pgdm_cr3_noflush(pcide);
}

/**
 * struct pgdm_cr3_step - a write of CR3, for its judgement
 * @from: what CR3 holds
 * @to: what is to be written
 * @kernel: what the kernel takes CR3 to hold; 0 where it has no answer
 * @mask: the bits of the address field
 * @mirror: physical address of the mirror that the step is about
 * @primary: the same of that mirror's primary
 * @pair: is a root a pair of tables (PTI)?
 * @pcide: is CR4.PCIDE on?
 */
struct pgdm_cr3_step {
	u64 from;
	u64 to;
	u64 kernel;
	u64 mask;
	u64 mirror;
	u64 primary;
	bool pair;
	bool pcide;
};

/* What may be wrong with a step, a bit each. */
#define PGDM_CR3_WRONG_ROOT	BIT(0)	/* not between a mirror and its primary */
#define PGDM_CR3_WRONG_PAGE	BIT(1)	/* PTI: the user table */
#define PGDM_CR3_WRONG_PCID	BIT(2)	/* one that the kernel gives to no mm */
#define PGDM_CR3_WRONG_REST	BIT(3)	/* a bit outside the address has changed */
#define PGDM_CR3_WRONG_NOFLUSH	BIT(4)	/* bit 63 lacks, or faults */
#define PGDM_CR3_WRONG_KERNEL	BIT(5)	/* not what the kernel relies on */

static inline bool pgdm_cr3_root_is_right(const struct pgdm_cr3_step *s)
{
	u64 from = s->from & s->mask, to = s->to & s->mask;

	return (from == s->primary && to == s->mirror) ||
	       (from == s->mirror && to == s->primary);
}

/*
 * The kernel's PCIDs begin at 1: 0 is that of the boot and of no mm. With PCIDE off the
 * field has the cache bits, and the others are reserved.
 */
static inline bool pgdm_cr3_pcid_is_right(const struct pgdm_cr3_step *s)
{
	u64 pcid = s->to & PGDM_CR3_PCID;

	if (!s->pcide)
		return !(pcid & ~PGDM_CR3_CACHE);
	return pcid && !(s->pair && (pcid & PGDM_CR3_USER_PCID));
}

/**
 * pgdm_cr3_judge() - what is wrong with a write of CR3 that is about to be made?
 * @s: the step
 *
 * C1, L2, L3. That all reserved bits are zero follows: those outside the address are
 * as the CPU has let them be loaded, and the address is that of a table.
 *
 * Return: bits PGDM_CR3_WRONG_*; 0 if nothing is.
 */
static inline unsigned int pgdm_cr3_judge(const struct pgdm_cr3_step *s)
{
	const u64 to = s->to & ~PGDM_CR3_NOFLUSH;
	unsigned int wrong = 0;

	if (!pgdm_cr3_root_is_right(s))
		wrong |= PGDM_CR3_WRONG_ROOT;
	if (s->pair && (to & PGDM_CR3_USER_PAGE))
		wrong |= PGDM_CR3_WRONG_PAGE;
	if (!pgdm_cr3_pcid_is_right(s))
		wrong |= PGDM_CR3_WRONG_PCID;
	if ((to ^ s->from) & ~s->mask)
		wrong |= PGDM_CR3_WRONG_REST;
	if (!(s->to & PGDM_CR3_NOFLUSH) == s->pcide)
		wrong |= PGDM_CR3_WRONG_NOFLUSH;
	if (s->kernel && (to & ~s->mask) != (s->kernel & ~s->mask))
		wrong |= PGDM_CR3_WRONG_KERNEL;
	if (s->kernel && (s->kernel & s->mask) != s->primary)
		wrong |= PGDM_CR3_WRONG_KERNEL;
	return wrong;
}

#endif
