// SPDX-License-Identifier: GPL-2.0
/*
 * The table of policies, and going from one to another.
 */
#include "policy.h"
#include "bug.h"
#include "engine.h"

/* A policy's number is its place here. */
const struct pgdm_policy *const pgdm_policies[] = {
	&pgdm_policy_always,
	&pgdm_policy_always_exit,
	&pgdm_policy_flag,
	&pgdm_policy_flag_mm,
	&pgdm_policy_flush_only,
	&pgdm_policy_carry,
	&pgdm_policy_eager,
	&pgdm_policy_dirty,
};

const unsigned int pgdm_nr_policies = ARRAY_SIZE(pgdm_policies);

/**
 * pgdm_policy_find() - look a policy up by its name
 * @name: as users write it
 *
 * Return: the policy, or NULL.
 */
const struct pgdm_policy *pgdm_policy_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < pgdm_nr_policies; i++)
		if (!strcmp(pgdm_policies[i]->name, name))
			return pgdm_policies[i];
	return NULL;
}

/**
 * pgdm_policy_change() - put another policy in force
 * @policy: which
 * @grace: waits until every write and every sync point that is under way has
 *	ended, and until every write that the hook has missed is stored
 *
 * A writer under the old policy may not have raised the flag, or not have
 * stored into the mirror, that the new one relies on; a sync point under the
 * old policy may overwrite what a writer under the new one has stored. So
 * every mirror is copied in full once more when both are over:
 *
 *	changer			writer, sync point	mirror
 *	missed += a change				full at each sync point
 *	policy = new
 *	grace: waits for	those that read old
 *	missed_stored = missed				... once more
 *							by the new policy
 *
 * Each of them reads the policy once and acts by it, or reads it later and
 * then finds the new one. Whoever finds the new one finds the change counted,
 * too: release here, acquire in pgdm_policy_now().
 *
 * Context: one caller at a time; @grace may sleep.
 */
void pgdm_policy_change(const struct pgdm_policy *policy, void (*grace)(void))
{
	unsigned long missed = pgdm_engine_count_missed(PGDM_MISSED_CHANGE);

	smp_store_release(&pgdm_engine.policy, policy);
	if (!pgdm_bug(change_early))
		grace();
	/* Pairs with the acquire in pgdm_mirror_sync_full(). */
	smp_store_release(pgdm_engine.missed_stored, missed);
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
