/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy: when a mirror is synced, and how much.
 *
 * A policy is a file of its own with what it does at each sync point, and a
 * row in policy.c. The engine has done the rest: the mirror belongs to the
 * primary, the CPU owns it, IRQs are off, time and counts are taken.
 */
#ifndef _PGDM_POLICY_H
#define _PGDM_POLICY_H

#include "mirror.h"

/**
 * struct pgdm_policy - what happens at each sync point
 * @name: as users write it
 * @number: its place in the table, and in the histograms
 * @skips_clean: a mirror that holds the primary's latest sequence needs
 *	nothing at any sync point, so the engine need not ask
 * @on_switch: the mirror is about to be loaded, or just was (S2)
 * @on_flush: a TLB flush was received, and not carried out yet (S3)
 * @on_fault: the CPU faulted at user-half entry @index (S4)
 *
 * Each adds what it did to @done.
 */
struct pgdm_policy {
	const char *name;
	unsigned int number;
	bool skips_clean;
	void (*on_switch)(struct pgdm_mirror *m, struct pgdm_primary *p,
			  struct pgdm_copied *done);
	void (*on_flush)(struct pgdm_mirror *m, struct pgdm_primary *p,
			 struct pgdm_copied *done);
	void (*on_fault)(struct pgdm_mirror *m, struct pgdm_primary *p,
			 unsigned int index, struct pgdm_copied *done);
};

extern const struct pgdm_policy pgdm_policy_always;
extern const struct pgdm_policy pgdm_policy_dirty;

extern const struct pgdm_policy *const pgdm_policies[];
extern const unsigned int pgdm_nr_policies;

const struct pgdm_policy *pgdm_policy_find(const char *name);

#endif
