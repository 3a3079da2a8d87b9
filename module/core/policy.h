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

#include "engine.h"
#include "mirror.h"
#include "policies.h"

/*
 * What is sent when an entry was added, by whoever called the kernel's
 * allocator, when that returns (I1). Removals are followed by a flush anyway.
 */
enum pgdm_signal {
	PGDM_SIGNAL_NONE,
	PGDM_SIGNAL_IPI,	/* to the CPUs that use the mm: on_signal */
	PGDM_SIGNAL_FLUSH,	/* a TLB flush of the mm: on_flush */
};

/**
 * struct pgdm_policy - what happens at each sync point
 * @name: as users write it
 * @number: its place in the list (policies.h), the table and the histograms
 * @skips_clean: a mirror that holds the primary's latest sequence needs
 *	nothing at any sync point, so the engine need not ask
 * @stores: writers store into mirrors themselves (@on_publish), so that a
 *	mirror of which no hook was missed needs nothing at any sync point, and
 *	owners must not overwrite what a writer has just stored
 * @signal: what is sent for an addition
 * @on_publish: a user-half change was published; NULL: nobody is told. On the
 *	writer's CPU, in the hook: IRQs off, no lock, nothing sent (I1)
 * @on_switch: the mirror is about to be loaded, or just was (S2)
 * @on_flush: a TLB flush was received, and not carried out yet (S3)
 * @on_fault: the CPU faulted at user-half entry @index (S4)
 * @on_user_return: the CPU is about to return to user mode; NULL: no sync point
 * @on_signal: the signal of PGDM_SIGNAL_IPI has come; NULL: no sync point
 *
 * Each of the last five adds what it did to @done. None looks for missed hooks
 * (H1): the engine copies everything then, and does not ask.
 */
struct pgdm_policy {
	const char *name;
	enum pgdm_policy_number number;
	bool skips_clean;
	bool stores;
	enum pgdm_signal signal;
	void (*on_publish)(struct pgdm_primary *p, const struct pgdm_write *w,
			   struct pgdm_stats *stats);
	void (*on_switch)(struct pgdm_mirror *m, struct pgdm_primary *p,
			  struct pgdm_copied *done);
	void (*on_flush)(struct pgdm_mirror *m, struct pgdm_primary *p,
			 struct pgdm_copied *done);
	void (*on_fault)(struct pgdm_mirror *m, struct pgdm_primary *p,
			 unsigned int index, struct pgdm_copied *done);
	void (*on_user_return)(struct pgdm_mirror *m, struct pgdm_primary *p,
			       struct pgdm_copied *done);
	void (*on_signal)(struct pgdm_mirror *m, struct pgdm_primary *p,
			  struct pgdm_copied *done);
};

extern const struct pgdm_policy pgdm_policy_always;
extern const struct pgdm_policy pgdm_policy_always_exit;
extern const struct pgdm_policy pgdm_policy_flag;
extern const struct pgdm_policy pgdm_policy_flag_mm;
extern const struct pgdm_policy pgdm_policy_flush_only;
extern const struct pgdm_policy pgdm_policy_carry;
extern const struct pgdm_policy pgdm_policy_eager;
extern const struct pgdm_policy pgdm_policy_dirty;

extern const struct pgdm_policy *const pgdm_policies[PGDM_NR_POLICIES];

/**
 * pgdm_policy_now() - the policy in force, for a writer or a sync point
 *
 * Whoever acts by a policy finds the change to it among the missed hooks.
 */
static __always_inline const struct pgdm_policy *pgdm_policy_now(void)
{
	/* Pairs with the release in pgdm_policy_change(). */
	return smp_load_acquire(&pgdm_engine.policy);
}

const struct pgdm_policy *pgdm_policy_find(const char *name);
void pgdm_policy_change(const struct pgdm_policy *policy);
enum pgdm_signal pgdm_policy_signal(const struct pgdm_policy *policy,
				    u64 before, u64 now);

#endif
