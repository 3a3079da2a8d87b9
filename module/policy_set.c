// SPDX-License-Identifier: GPL-2.0
/*
 * Going from one policy to another while mms are tracked, and live.
 *
 * Why mirrors stay right: see pgdm_policy_change(). Nothing is patched: the hooks
 * are the same under every policy. What a policy needs besides is checked before
 * anything is changed, so that a refusal leaves the old policy in force.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "policy_set.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/printk.h>

#include "core/policies.h"
#include "epoch_wait.h"
#include "user_return.h"
#include "kernel_calls.h"

static DEFINE_MUTEX(change_mutex);

/**
 * pgdm_policy_set_find() - look a policy up, or complain
 * @name: as the user wrote it
 *
 * Return: the policy, or NULL with the names that exist logged.
 */
const struct pgdm_policy *pgdm_policy_set_find(const char *name)
{
	const struct pgdm_policy *policy = pgdm_policies_find(name);
	char names[PGDM_NR_POLICIES * PGDM_POLICY_NAME_SIZE + 1];
	size_t len = 0;
	unsigned int i;

	if (policy)
		return policy;
	for (i = 0; i < PGDM_NR_POLICIES; i++)
		len += scnprintf(names + len, sizeof(names) - len, " %s",
				 pgdm_policies[i]->name);
	pr_warn_ratelimited("policy: unknown name, expected one of%s\n", names);
	return NULL;
}

static bool is_possible(const struct pgdm_policy *policy)
{
	const char *lacking = NULL;

	if (policy->at[PGDM_AT_USER_RETURN] && !pgdm_user_return_exist())
		lacking = "user return notifiers (CONFIG_USER_RETURN_NOTIFIER)";
	if (policy->kick == PGDM_KICK_FLUSH && !pgdm_kernel_can_flush_mm())
		lacking = "flush_tlb_mm_range (CONFIG_KALLSYMS_ALL)";
	if (policy->kick != PGDM_KICK_NONE &&
	    !pgdm_kernel_can_cancel_task_work())
		lacking = "task_work_cancel_match (CONFIG_KALLSYMS_ALL)";
	if (lacking)
		pr_warn_ratelimited("policy: %s refused, this kernel lacks %s; choose another\n",
				    policy->name, lacking);
	return !lacking;
}

/**
 * pgdm_policy_set() - put a policy in force
 * @name: its name
 *
 * When this returns, the next sync of every mirror is a full one, and the syncs after
 * it follow the new policy. A policy that syncs at returns to user mode is in force
 * shortly before the notifiers are set, and they stay set shortly after it was
 * replaced.
 *
 * Context: process; may sleep, waits for a thread on each CPU.
 * Return: 0, -EINVAL with the names that exist logged, or -EOPNOTSUPP with what
 * is lacking logged; then the old policy is still in force.
 */
int pgdm_policy_set(const char *name)
{
	const struct pgdm_policy *policy = pgdm_policy_set_find(name);

	if (!policy)
		return -EINVAL;
	if (!is_possible(policy))
		return -EOPNOTSUPP;
	mutex_lock(&change_mutex);
	if (policy != pgdm_policy_now()) {
		pgdm_epoch_wait_change_policy(policy);
		pgdm_user_return_set(policy->at[PGDM_AT_USER_RETURN]);
	}
	mutex_unlock(&change_mutex);
	return 0;
}

/**
 * pgdm_policy_set_exit() - undo what the policy in force has set up
 *
 * No thread changes the policy any more. Context: may sleep.
 */
void pgdm_policy_set_exit(void)
{
	pgdm_user_return_set(false);
}
