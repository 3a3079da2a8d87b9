// SPDX-License-Identifier: GPL-2.0
/*
 * The table of policies.
 */
#include "policy.h"

/* A policy's number is its place here. */
const struct pgdm_policy *const pgdm_policies[] = {
	&pgdm_policy_always,
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
