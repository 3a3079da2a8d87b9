// SPDX-License-Identifier: GPL-2.0
/*
 * The policy in force, and going from one to another.
 */
#include "policy.h"
#include "bug.h"
#include "epoch.h"

/* For the hooks that are in before a policy was chosen: nothing is tracked then. */
const struct pgdm_policy pgdm_policy_none = { .name = "none" };

const struct pgdm_policy *pgdm_policy_in_force __read_mostly = &pgdm_policy_none;

/*
 * Lets full copies count again, unless missed writes still have to be waited
 * for: the thread that waits for them lets this change count, too.
 */
static void complete_change(unsigned long epoch)
{
	if (!((epoch ^ READ_ONCE(pgdm_epoch.complete)) & PGDM_EPOCH_MISSES))
		pgdm_epoch_set_complete(epoch);
}

/**
 * pgdm_policy_change() - put another policy in force
 * @policy: which
 *
 * A writer under the old policy may not have raised the flag, or not have
 * stored into the mirror, that the new one relies on. So every mirror is copied
 * in full once more, by a copy that began when the new policy was in force:
 *
 *	changer			writer			sync point
 *	a new epoch					all full, and once more
 *	policy = new		store, publish
 *	full barrier		full barrier
 *	it is complete		read the policy		read complete, copy
 *
 * No thread is waited for. A writer reads the policy after it has published: if
 * it finds the old one, its store came before the new one, and so before the copy
 * that counts. If it finds the new one, it does what the new policy requires.
 *
 * A sync point reads the policy before it looks at the epoch: a sync point that
 * acts by the new policy finds the new epoch. No NMI syncs in between (enter(),
 * cache_point.c), so one that acts by the old policy leaves the epoch old. A copy that
 * still acts by the old policy may overwrite what a writer has just stored by the new one
 * ("eager"), and so does not count: the copy reads which epoch is complete before it reads
 * the policy (pgdm_sync_full()), and a later copy is due.
 *
 * Context: one caller at a time, and no other thread completes an epoch.
 */
void pgdm_policy_change(const struct pgdm_policy *policy)
{
	unsigned long epoch = pgdm_epoch_begin(PGDM_EPOCH_CHANGE);

	if (pgdm_bug(change_early)) {
		complete_change(epoch);
		pgdm_bug_pause();
	}
	/* Pairs with the acquire in pgdm_policy_now(). */
	smp_store_release(&pgdm_policy_in_force, policy);
	smp_mb(); /* pairs with the increment in pgdm_primary_publish() */
	complete_change(epoch);
}

/**
 * pgdm_policy_kick() - what is to be sent for an addition?
 * @policy: the policy
 * @before: the primary's sequence before the kernel's allocator was called
 * @now: and when it returned
 *
 * Another thread's write may have moved it, too; then a kick is sent that is not
 * needed.
 *
 * Context: any.
 */
enum pgdm_kick pgdm_policy_kick(const struct pgdm_policy *policy, u64 before,
				u64 now)
{
	return before == now || pgdm_bug(no_kick) ? PGDM_KICK_NONE :
						    policy->kick;
}
