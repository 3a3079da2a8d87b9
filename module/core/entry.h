/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One entry of a root table: its encoding, and the only two functions that
 * write one into a mirror.
 *
 * W4: entries are written as aligned 8-byte words and never pass through
 * zero, because a page walker may read a word at any moment. (The manuals
 * promise atomicity for an aligned 8-byte access only; rep movsb and memcpy()
 * make no such promise.)
 */
#ifndef _PGDM_ENTRY_H
#define _PGDM_ENTRY_H

#include <port.h>

#include "bug.h"

/* A root table: 512 words of 8 bytes on 4-level and on 5-level paging. */
#define PGDM_ENTRIES		512
#define PGDM_USER_ENTRIES	256	/* indices below map user addresses */
#define PGDM_ENTRY_BYTES	8

/* The two pages of a PTI pair; without PTI only the first exists. */
#define PGDM_KERNEL_PAGE	0
#define PGDM_USER_PAGE		1
#define PGDM_PAGES		2

#define PGDM_ENTRY_PRESENT	BIT_ULL(0)
#define PGDM_ENTRY_USER		BIT_ULL(2)
#define PGDM_ENTRY_ACCESSED	BIT_ULL(5)
#define PGDM_ENTRY_NX		BIT_ULL(63)
#define PGDM_ENTRY_ADDR		0x000ffffffffff000ULL

/**
 * pgdm_index_is_kernel() - does an entry map kernel addresses?
 * @index: 0..511
 */
static inline bool pgdm_index_is_kernel(unsigned int index)
{
	return index >= PGDM_USER_ENTRIES;
}

/**
 * pgdm_entry_same() - compare two entries as the protocol does
 * @a: an entry
 * @b: another
 *
 * L4: the CPU sets Accessed bits in the table that it walks, so that bit
 * says nothing about whether a mirror follows its primary.
 *
 * Return: true when nothing but the Accessed bit differs.
 */
static inline bool pgdm_entry_same(u64 a, u64 b)
{
	return !((a ^ b) & ~PGDM_ENTRY_ACCESSED);
}

/**
 * pgdm_entry_maps() - does an entry lead to a given lower table?
 * @entry: an entry
 * @phys: physical address of the table, 4 KiB aligned
 */
static inline bool pgdm_entry_maps(u64 entry, u64 phys)
{
	return (entry & PGDM_ENTRY_PRESENT) &&
	       (entry & PGDM_ENTRY_ADDR) == phys;
}

/**
 * pgdm_entry_set() - write one entry of a table (W4)
 * @word: the word, 8-byte aligned
 * @value: the new entry
 *
 * Context: any, NMI included.
 */
static inline void pgdm_entry_set(u64 *word, u64 value)
{
	if (pgdm_bug(through_zero)) {
		WRITE_ONCE(*word, 0);
		pgdm_bug_pause();
	}
	WRITE_ONCE(*word, value);
}

/**
 * pgdm_entry_replace() - write one entry unless it has changed since (W4)
 * @word: the word, 8-byte aligned
 * @seen: what the caller read there, before it read @value from the primary
 * @value: the new entry
 *
 * For words that remote writers store, too, of the kernel half (W3) and under eager, and
 * for the second copy of W5: a value that was read earlier must not overwrite one that was
 * written later.
 *
 * Return: was it written?
 */
static inline bool pgdm_entry_replace(u64 *word, u64 seen, u64 value)
{
	return cmpxchg(word, seen, value) == seen;
}

#endif
