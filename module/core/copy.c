// SPDX-License-Identifier: GPL-2.0
/*
 * Copying words of a primary into a mirror.
 *
 * The owner copies, with IRQs off. Meanwhile other CPUs write the primary, and
 * writers store into the mirror: into its kernel half under every policy (W3),
 * into its user half under "eager". Where they may, words are exchanged.
 */
#include "copy.h"
#include "primary.h"

/* Four words a turn: faster, and words all the same (W4). */
static void copy_plainly(u64 *to, const u64 *from, unsigned int first,
			 unsigned int end)
{
	unsigned int i;

	for (i = first; i < end; i += 4) {
		pgdm_entry_set(&to[i], READ_ONCE(from[i]));
		pgdm_entry_set(&to[i + 1], READ_ONCE(from[i + 1]));
		pgdm_entry_set(&to[i + 2], READ_ONCE(from[i + 2]));
		pgdm_entry_set(&to[i + 3], READ_ONCE(from[i + 3]));
	}
}

/*
 * W3: the mirror's word is read before the primary's. If a writer stores the
 * mirror's word in between, the exchange fails and the newer word stays; if
 * it had stored it before, the primary's word that we read is no older.
 *
 * L4: the CPU stores too, when it sets an Accessed bit in a live mirror. An
 * exchange that failed for that reason must not be given up, so it is tried
 * again; each failure is the store of a writer or of the page walker, and no CPU
 * is waited for. And a difference in that bit alone is left as it is.
 */
static void exchange(u64 *to, const u64 *from)
{
	u64 seen, value;

	do {
		seen = READ_ONCE(*to);
		smp_rmb(); /* mirror before primary, see above */
		value = READ_ONCE(*from);
		if (pgdm_entry_same(seen, value))
			return;
		if (pgdm_bug(no_kernel_repeat))
			pgdm_bug_pause();
	} while (!pgdm_entry_replace(to, seen, value));
}

/*
 * The usual case, four entries at once: nothing differs, nothing is stored.
 * Each of the mirror's words is read before the primary's, as above.
 */
static bool four_are_same(const u64 *to, const u64 *from)
{
	u64 a = READ_ONCE(to[0]), b = READ_ONCE(to[1]);
	u64 c = READ_ONCE(to[2]), d = READ_ONCE(to[3]);

	smp_rmb(); /* mirror before primary, see above */
	a ^= READ_ONCE(from[0]);
	b ^= READ_ONCE(from[1]);
	c ^= READ_ONCE(from[2]);
	d ^= READ_ONCE(from[3]);
	return pgdm_entry_same(a | b | c | d, 0);
}

static void copy_by_exchange(u64 *to, const u64 *from, unsigned int first,
			     unsigned int end)
{
	unsigned int i, j;

	for (i = first; i < end; i += 4)
		if (!four_are_same(&to[i], &from[i]))
			for (j = i; j < i + 4; j++)
				exchange(&to[j], &from[j]);
}

/**
 * pgdm_copy_all() - copy every entry
 * @m: a mirror of @p, owned by this CPU
 * @p: its primary
 * @contended: may writers be storing into the user half of @m, too? Into the
 *	kernel half they may always (W3)
 *
 * Context: IRQs off; NMIs may come in between.
 */
void pgdm_copy_all(struct pgdm_mirror *m, const struct pgdm_primary *p,
		   bool contended)
{
	unsigned int page;

	for (page = 0; page < pgdm_copy_pages(p); page++) {
		u64 *to = m->page[page];
		const u64 *from = p->page[page];

		if (contended)
			copy_by_exchange(to, from, 0, PGDM_USER_ENTRIES);
		else
			copy_plainly(to, from, 0, PGDM_USER_ENTRIES);
		copy_by_exchange(to, from, PGDM_USER_ENTRIES, PGDM_ENTRIES);
	}
}
