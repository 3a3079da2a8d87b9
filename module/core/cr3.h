/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CR3's fields (C1). Kept apart from the instruction that writes it, because
 * emulated CPUs lack PCIDs, and only a unit test can show that these are kept.
 */
#ifndef _PGDM_CR3_H
#define _PGDM_CR3_H

#include "bug.h"

#define PGDM_CR3_NOFLUSH	BIT_ULL(63)

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
	return (cr3 & ~mask) | phys | (pcide ? PGDM_CR3_NOFLUSH : 0);
}

#endif
