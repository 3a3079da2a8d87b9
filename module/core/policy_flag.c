// SPDX-License-Identifier: GPL-2.0
/*
 * Policy "flag": a flag a mirror, raised by the writer; a full copy where it is
 * found raised, and at every switch.
 *
 * Xen's XPTI as merged. Xen raises the flag of another CPU in the handler of
 * an IPI, so that no CPU writes the state of another. Here the writer is in a
 * hook where it cannot wait for an IPI (I1), and an IPI that it does not wait for
 * may come after the flush that it should precede. So the writer raises the flags
 * in memory, and the IPI, which is sent when an addition is complete, only
 * makes the CPU look. No IPI is sent when this CPU alone uses the mm.
 *
 *	writer				owner
 *	store the entry			lower the flag, full barrier
 *	seq++, full barrier		read the entries
 *	raise the flags of p's mirrors
 *
 * If the owner lowers the flag that this writer has raised, it reads the new
 * entry afterwards; otherwise the flag stays raised. A mirror that the writer
 * does not find was announced after the store, and is copied after that.
 *
 * The owner lowers it in pgdm_sync_full(), sync_whole.c; kick.c sends the IPI.
 *
 * The writer's scan costs more the more CPUs there are (W2): a baseline.
 */
#include "mirror.h"
#include "mirrors.h"
#include "policy.h"
#include "sync.h"

static void raise(struct pgdm_primary *p, const struct pgdm_write *w,
		  struct pgdm_stats *stats)
{
	pgdm_mirrors_raise(p);
}

static void all_if_raised(struct pgdm_mirror *m, struct pgdm_primary *p,
			  unsigned int index, struct pgdm_copied *done)
{
	if (READ_ONCE(m->flag))
		pgdm_sync_full(m, p, done);
}

/* S4: the entry may be stored and the flag not raised yet. */
static void all_if_raised_or_lacking(struct pgdm_mirror *m,
				     struct pgdm_primary *p,
				     unsigned int index,
				     struct pgdm_copied *done)
{
	if (READ_ONCE(m->flag) || pgdm_mirror_lacks(m, p, index))
		pgdm_sync_full(m, p, done);
}

/* A switch copies as if the flag were raised: CR3 has changed. */
const struct pgdm_policy pgdm_policy_flag = {
	.name = "flag",
	.number = PGDM_POLICY_flag,
	.kick = PGDM_KICK_IPI,
	.publish = raise,
	.at = {
		[PGDM_AT_SWITCH] = pgdm_sync_all,
		[PGDM_AT_FLUSH] = all_if_raised,
		[PGDM_AT_FAULT] = all_if_raised_or_lacking,
		[PGDM_AT_KICK] = all_if_raised,
	},
};
