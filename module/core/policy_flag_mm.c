// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "flag-mm": one flag a mm, raised by the writer, no IPI; a full copy
 * where it is found raised, and at every switch.
 *
 * The mail thread's last question. One boolean a mm is not enough: the CPU that
 * copies first must not lower it, since the other CPUs have not copied yet, and no
 * CPU can find out when the last of them has. What works is a flag that each CPU
 * lowers for itself: the primary's sequence, raised when it is not the one that
 * the mirror has seen.
 */
#include "bug.h"
#include "mirror.h"
#include "policy.h"
#include "sync.h"

/* The bug: the CPU that finds it raised lowers it for all CPUs, and copies. */
static u64 lowered_at;

static bool lower_for_all(u64 seq)
{
	u64 old = READ_ONCE(lowered_at);

	return old != seq && cmpxchg(&lowered_at, old, seq) == old;
}

static bool is_behind(const struct pgdm_mirror *m, struct pgdm_primary *p)
{
	u64 seq = pgdm_primary_seq(p);

	return pgdm_bug(shared_flag) ? lower_for_all(seq) : seq != m->seen;
}

static void all_if_behind(struct pgdm_mirror *m, struct pgdm_primary *p,
			  unsigned int index, struct pgdm_copied *done)
{
	if (is_behind(m, p))
		pgdm_sync_full(m, p, done);
}

/* S4: the entry may be stored and not published yet. */
static void all_if_behind_or_lacking(struct pgdm_mirror *m,
				     struct pgdm_primary *p,
				     unsigned int index,
				     struct pgdm_copied *done)
{
	if (is_behind(m, p) || pgdm_mirror_lacks(m, p, index))
		pgdm_sync_full(m, p, done);
}

const struct pgdm_policy pgdm_policy_flag_mm = {
	.name = "flag-mm",
	.number = PGDM_POLICY_flag_mm,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_all,
		[PGDM_AT_FLUSH] = all_if_behind,
		[PGDM_AT_FAULT] = all_if_behind_or_lacking,
	},
};
