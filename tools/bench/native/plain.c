// SPDX-License-Identifier: GPL-2.0
/*
 * An empty call, and copies of 4 KiB.
 */
#include "plain.h"

/**
 * plain_empty() - a call that does nothing, with a sync's arguments
 * @m: a mirror
 * @p: its primary
 * @done: untouched
 */
void plain_empty(struct pgdm_mirror *m, struct pgdm_primary *p,
		 struct pgdm_copied *done)
{
	barrier();
}

/**
 * plain_rep_movsq() - copy a table as memcpy_orig's microcode would
 * @to: 4 KiB
 * @from: 4 KiB
 */
void plain_rep_movsq(u64 *to, const u64 *from)
{
	unsigned long n = PGDM_ENTRIES;

	asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

/**
 * plain_words() - copy a table word by word, one a turn (W4)
 * @to: 4 KiB
 * @from: 4 KiB
 */
void plain_words(u64 *to, const u64 *from)
{
	unsigned int i;

	for (i = 0; i < PGDM_ENTRIES; i++)
		pgdm_entry_set(&to[i], READ_ONCE(from[i]));
}
