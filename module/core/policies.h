/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of policies.
 */
#ifndef _PGDM_POLICIES_H
#define _PGDM_POLICIES_H

#include "policy.h"

extern const struct pgdm_policy *const pgdm_policies[PGDM_NR_POLICIES];

const struct pgdm_policy *pgdm_policies_find(const char *name);

#endif
