/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one list of policies: their numbers, and how many there are. Tables and
 * counters take their length from here.
 */
#ifndef _PGDM_POLICIES_H
#define _PGDM_POLICIES_H

/* In the order in which users see them; X(always) is pgdm_policy_always. */
#define PGDM_POLICIES(X) \
	X(always) \
	X(always_exit) \
	X(flag) \
	X(flag_mm) \
	X(flush_only) \
	X(carry) \
	X(eager) \
	X(dirty)

#define PGDM_POLICY_ENUM(name) PGDM_POLICY_##name,
enum pgdm_policy_number { PGDM_POLICIES(PGDM_POLICY_ENUM) PGDM_NR_POLICIES };

#undef PGDM_POLICY_ENUM

#endif
