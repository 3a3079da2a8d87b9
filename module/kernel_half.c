// SPDX-License-Identifier: GPL-2.0
/*
 * Writers of kernel-half entries that may have overlooked a newborn root (A1).
 *
 * The top of registry.c explains why. A newborn waits for a grace period after the
 * last note, and on a quiet machine nothing else starts one. Starting one wakes a
 * kernel thread, and must be done with IRQs on: the hook has them off and its caller
 * holds locks. So the hook rings. If an earlier ring is not answered yet, its answer
 * comes after this note, too.
 */
#include "kernel_half.h"

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/rcupdate.h>

#include "bell.h"

static unsigned long last_note;		/* cmpxchg */
static struct pgdm_bell grace;

static void ask_for_grace(void)
{
	start_poll_synchronize_rcu();
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
	unsigned long now = get_state_synchronize_rcu();
	unsigned long seen = READ_ONCE(last_note);

	/* Only forward: a writer that stalled here must not undo a later note. */
	while (ULONG_CMP_LT(seen, now) &&
	       !try_cmpxchg(&last_note, &seen, now))
		;
	smp_mb(); /* the note before the look-up, see A1, registry.c */
	pgdm_bell_ring(&grace);
}

/**
 * pgdm_kernel_half_init() - before the first hook is in
 */
void pgdm_kernel_half_init(void)
{
	last_note = get_state_synchronize_rcu();
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
