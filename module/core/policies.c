// SPDX-License-Identifier: GPL-2.0
/*
 * The table of policies.
 */
#include "policies.h"

/* In the order of the enum, which comes from the same list. */
#define PGDM_POLICY_ROW(name) &pgdm_policy_##name,
const struct pgdm_policy *const pgdm_policies[] = {
	PGDM_POLICIES(PGDM_POLICY_ROW)
};

/**
 * pgdm_policies_find() - look a policy up by its name
 * @name: as users write it
 *
 * Return: the policy, or NULL.
 */
const struct pgdm_policy *pgdm_policies_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++)
		if (!strcmp(pgdm_policies[i]->name, name))
			return pgdm_policies[i];
	return NULL;
}
