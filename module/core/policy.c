// SPDX-License-Identifier: GPL-2.0
/*
 * The table of policies, and going from one to another.
 */
#include "policy.h"
#include "bug.h"
#include "engine.h"
#include "stats.h"

/* In the order of the enum, which comes from the same list. */
#define PGDM_POLICY_ROW(name) &pgdm_policy_##name,
const struct pgdm_policy *const pgdm_policies[] = {
	PGDM_POLICIES(PGDM_POLICY_ROW)
};

/* A policy counts its syncs in the row of its number. */
static_assert(ARRAY_SIZE(((struct pgdm_stats *)NULL)->hist) ==
	      ARRAY_SIZE(pgdm_policies));

/**
 * pgdm_policy_find() - look a policy up by its name
 * @name: as users write it
 *
 * Return: the policy, or NULL.
 */
const struct pgdm_policy *pgdm_policy_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++)
		if (!strcmp(pgdm_policies[i]->name, name))
			return pgdm_policies[i];
	return NULL;
}

/*
 * Lets full copies count again, unless writes that the hook has missed still
 * have to be waited for: whoever does that lets this change count, too.
 */
static void settle(unsigned long missed)
{
	const unsigned long stored = READ_ONCE(*pgdm_engine.missed_stored);

	if (!((missed ^ stored) & PGDM_MISSED_HOOKS))
		/* Pairs with the acquire in pgdm_mirror_sync_full(). */
		smp_store_release(pgdm_engine.missed_stored, missed);
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
 *	missed += a change				all full, and once more
 *	policy = new		store, publish
 *	full barrier		full barrier
 *	missed_stored = missed	read the policy		read missed_stored, copy
 *
 * Nobody is waited for. A writer reads the policy after it has published: if it
 * finds the old one, its store came before the new one, and so before the copy
 * that counts. If it finds the new one, it does what that asks for.
 *
 * A sync point reads the policy before it looks at missed: whoever acts by the
 * new policy finds the change counted. One that acts by the old policy still
 * may overwrite what a writer has just stored by the new one ("eager"), and so
 * does not count: the copy reads missed_stored before the policy
 * (pgdm_mirror_sync_full()), and a later copy is due.
 *
 * Context: one caller at a time, and nobody else stores missed_stored.
 */
void pgdm_policy_change(const struct pgdm_policy *policy)
{
	unsigned long missed = pgdm_engine_count_missed(PGDM_MISSED_CHANGE);

	if (pgdm_bug(change_early)) {
		settle(missed);
		pgdm_bug_pause();
	}
	/* Pairs with the acquire in pgdm_policy_now(). */
	smp_store_release(&pgdm_engine.policy, policy);
	smp_mb(); /* pairs with the increment in publish() */
	settle(missed);
}

/**
 * pgdm_policy_signal() - what is to be sent for an addition?
 * @policy: the policy
 * @before: the primary's sequence before the kernel's allocator was called
 * @now: and when it returned
 *
 * Another thread's write may have moved it, too; then more is sent than must.
 *
 * Context: any.
 */
enum pgdm_signal pgdm_policy_signal(const struct pgdm_policy *policy,
				    u64 before, u64 now)
{
	return before == now || pgdm_bug(no_signal) ? PGDM_SIGNAL_NONE :
						      policy->signal;
}
