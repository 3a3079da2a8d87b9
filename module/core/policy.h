/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy: when a mirror is synced, how much, and how a change is signalled.
 *
 * A policy is data: a file policy_NAME.c with one row, which names a verb for
 * each sync point (sync.h has them), and its name in the list below. What is
 * the same under all of them has been done when a verb is called: the mirror
 * belongs to the primary, this CPU owns it, IRQs are off, time and counts are
 * taken (cache_point.c).
 */
#ifndef _PGDM_POLICY_H
#define _PGDM_POLICY_H

#include <port.h>

struct pgdm_copied;
struct pgdm_mirror;
struct pgdm_primary;
struct pgdm_stats;
struct pgdm_write;

/*
 * All policies, in the order in which users see them; X(always) stands for
 * pgdm_policy_always. Numbers, tables and counters take their length from here.
 */
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

/**
 * enum pgdm_point - the sync points of a CPU
 * @PGDM_AT_SWITCH: the mirror is about to be loaded, or just was (S2)
 * @PGDM_AT_FLUSH: a TLB flush was received, and not carried out yet (S3)
 * @PGDM_AT_FAULT: the CPU faulted at a user address (S4)
 * @PGDM_AT_USER_RETURN: the CPU is about to return to user mode
 * @PGDM_AT_ATTACH: the first copy of a mirror just claimed, in which no policy
 *	has a say
 * @PGDM_AT_KICK: the IPI of PGDM_KICK_IPI has come
 * @PGDM_NR_POINTS: how many there are
 *
 * Trace records hold these numbers: they stay.
 */
enum pgdm_point {
	PGDM_AT_SWITCH,
	PGDM_AT_FLUSH,
	PGDM_AT_FAULT,
	PGDM_AT_USER_RETURN,
	PGDM_AT_ATTACH,
	PGDM_AT_KICK,
	PGDM_NR_POINTS,
};

/**
 * enum pgdm_kick - what a policy sends when an entry was added
 * @PGDM_KICK_NONE: nothing
 * @PGDM_KICK_IPI: an IPI to the CPUs that use the mm: their PGDM_AT_KICK
 * @PGDM_KICK_FLUSH: a TLB flush of the mm: their PGDM_AT_FLUSH
 *
 * It is sent by the thread that called the kernel's allocator, when that has
 * returned (I1). The kernel itself flushes after a removal.
 */
enum pgdm_kick {
	PGDM_KICK_NONE,
	PGDM_KICK_IPI,
	PGDM_KICK_FLUSH,
};

/**
 * typedef pgdm_verb_t - what is done at a sync point
 * @m: the mirror
 * @p: its primary
 * @index: the entry that faulted, 0..255; without meaning at other points
 * @done: what is done is added here
 *
 * No verb looks for missed hooks (H1): where the epoch has moved the caller
 * copies everything instead.
 *
 * Context: on the CPU that owns @m, IRQs off.
 */
typedef void pgdm_verb_t(struct pgdm_mirror *m, struct pgdm_primary *p,
			 unsigned int index, struct pgdm_copied *done);

/* Of a policy's name, with the zero behind it. */
#define PGDM_POLICY_NAME_SIZE	12

/**
 * struct pgdm_policy - one row
 * @name: as users write it
 * @number: its place in the list, the table and the histograms
 * @skips_clean: a mirror that holds the primary's latest sequence needs
 *	nothing at any sync point, so the fast paths may pass it (fast.h)
 * @stores: writers store into mirrors themselves (@publish), so that a mirror
 *	needs nothing at any sync point unless a hook was missed, and owners
 *	must not overwrite what a writer has just stored
 * @stores_own: the writer stores into the mirror that its own CPU has loaded (O1)
 * @sparse: a sync that cannot use the records copies the entries that are marked,
 *	and not all (M2); and full copies keep the mirror's marks
 * @kick: what is sent for an addition
 * @publish: what the writer of a user-half entry does besides, once the change
 *	is published; NULL: nothing. In the hook: IRQs off, no lock, nothing
 *	is sent (I1)
 * @at: by sync point, the verb; NULL: it is no sync point
 */
struct pgdm_policy {
	char name[PGDM_POLICY_NAME_SIZE];
	enum pgdm_policy_number number;
	bool skips_clean;
	bool stores;
	bool stores_own;
	bool sparse;
	enum pgdm_kick kick;
	void (*publish)(struct pgdm_primary *p, const struct pgdm_write *w,
			struct pgdm_stats *stats);
	pgdm_verb_t *at[PGDM_NR_POINTS];
};

/* The row of each policy, from the list; and one that has no sync points. */
#define PGDM_POLICY_DECLARATOR(name) pgdm_policy_##name,
extern const struct pgdm_policy
	PGDM_POLICIES(PGDM_POLICY_DECLARATOR) pgdm_policy_none;

#undef PGDM_POLICY_DECLARATOR

/* pgdm_policy_none, until a first one is chosen; pgdm_policy_change() replaces it. */
extern const struct pgdm_policy *pgdm_policy_in_force;

/**
 * pgdm_policy_now() - the policy in force, for a writer or a sync point
 *
 * A CPU that acts by a policy finds the change to it in the epoch.
 *
 * Context: any.
 */
static __always_inline const struct pgdm_policy *pgdm_policy_now(void)
{
	/* Pairs with the release in pgdm_policy_change(). */
	return smp_load_acquire(&pgdm_policy_in_force);
}

void pgdm_policy_change(const struct pgdm_policy *policy);
enum pgdm_kick pgdm_policy_kick(const struct pgdm_policy *policy, u64 before,
				u64 now);

#endif
