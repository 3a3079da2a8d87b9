// SPDX-License-Identifier: GPL-2.0
/*
 * Writers of kernel-half entries: which may have overlooked a newborn root (A1), and
 * how many there were (M3, core/common.h).
 *
 * A1: the top of registry.c explains why. A newborn waits for a grace period after the
 * last note, and on a quiet machine nothing else starts one. Starting one wakes a
 * kernel thread, and must be done with IRQs on: the hook has them off and its caller
 * holds locks. So the hook rings. If an earlier ring is not answered yet, its answer
 * comes after this note, too.
 */
#include "kernel_half.h"

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>

#include "compat/own_entries.h"
#include "core/common.h"

struct pgdm_bell pgdm_kernel_half_written;

static unsigned long last_note;		/* cmpxchg; of all writes */
static unsigned long last_counted;	/* cmpxchg; without own entries */
static atomic64_t counted;		/* writes without own entries */
static struct pgdm_bell grace;

static void ask_for_grace(void)
{
	start_poll_synchronize_rcu();
}

/* Only forward: a writer that stalled here must not undo a later note. */
static void note(unsigned long *last)
{
	unsigned long now = get_state_synchronize_rcu();
	unsigned long seen = READ_ONCE(*last);

	while (ULONG_CMP_LT(seen, now) && !try_cmpxchg(last, &seen, now))
		;
}

/**
 * pgdm_kernel_half_is_stored() - has each writer that may have overlooked a root stored?
 *
 * Context: any; the root is in the registry.
 */
bool pgdm_kernel_half_is_stored(void)
{
	smp_mb(); /* pairs with the one in pgdm_kernel_half_note() */
	return poll_state_synchronize_rcu(READ_ONCE(last_note));
}

/**
 * pgdm_kernel_half_note() - a kernel-half entry is being written
 *
 * To be called before the root is looked up, for tracked and untracked roots.
 * Context: any but NMI.
 */
void pgdm_kernel_half_note(void)
{
	note(&last_note);
	smp_mb(); /* the note before the look-up, see A1, registry.c */
	pgdm_bell_ring(&grace);
}

/**
 * pgdm_kernel_half_count() - the same, for the agreement of all roots (M3)
 * @index: the entry, 256..511
 *
 * To be called before the root is looked up and before the store.
 * Context: any but NMI.
 */
void pgdm_kernel_half_count(unsigned int index)
{
	if (pgdm_common_is_own(index))
		return;
	note(&last_counted);
	atomic64_inc(&counted);
	pgdm_common_count(index);
	pgdm_bell_ring(&pgdm_kernel_half_written);
}

/**
 * pgdm_kernel_half_before_birth() - the kernel is about to make a root
 *
 * M3. It copies init_mm's kernel half, and may do that before a writer stores that is
 * counted already.
 *
 * Context: any but NMI.
 * Return: for pgdm_kernel_half_born().
 */
u64 pgdm_kernel_half_before_birth(void)
{
	u64 writes = atomic64_read(&counted);

	smp_rmb(); /* a writer notes, then counts: the other way round */
	return poll_state_synchronize_rcu(READ_ONCE(last_counted)) ? writes :
								     U64_MAX;
}

/**
 * pgdm_kernel_half_born() - a newborn was entered, and does not run yet
 * @writes: what pgdm_kernel_half_before_birth() returned
 *
 * M3. If a write came meanwhile, its root may lack what init_mm's has, and a comparison
 * may not have seen it: the roots have to be compared again, as after a write. It
 * is no write itself, or births that overlap would make each other count for ever.
 *
 * Context: any but NMI.
 */
void pgdm_kernel_half_born(u64 writes)
{
	if (likely((u64)atomic64_read(&counted) == writes))
		return;
	pgdm_common_count(PGDM_USER_ENTRIES);
	pgdm_bell_ring(&pgdm_kernel_half_written);
}

/**
 * pgdm_kernel_half_init() - before the first hook is in
 */
void pgdm_kernel_half_init(void)
{
	pgdm_common.nr_own = pgdm_own_entries(pgdm_common.own);
	last_note = get_state_synchronize_rcu();
	last_counted = last_note;
	pgdm_bell_init(&grace, NULL, ask_for_grace);
}

/**
 * pgdm_kernel_half_exit() - wait for what is under way
 *
 * The hooks are gone. Context: may sleep.
 */
void pgdm_kernel_half_exit(void)
{
	pgdm_bell_sync(&grace);
}
