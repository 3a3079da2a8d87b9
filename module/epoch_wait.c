// SPDX-License-Identifier: GPL-2.0
/*
 * Root writes that the probe missed (H1), and changes of policy, which are
 * counted in the same word: how an epoch becomes complete (core/epoch.h).
 *
 * A kprobe that fires inside another is missed, and the kernel counts that
 * (nmissed) before the write is stored. From then on every sync copies
 * everything, until the write has surely been stored: between the probe and
 * its store a writer does not sleep, so a grace period of RCU tasks is enough.
 * The kernel's increment is not atomic, and the count may come to a value again
 * that it had before: but what a mirror has recorded is a value from before a
 * grace period, which an increment under way holds up, and never the latest.
 *
 * Worse, the user may disarm all kprobes (debugfs kprobes/enabled). Then each
 * sync point counts a miss, so that user-half entries stay right, as flushes
 * come before tables are freed. Kernel-half entries would not, so live mode
 * is left; what is written to them before that is missing on the CPUs that have
 * not come to a sync point yet (protocol.md).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "epoch_wait.h"

#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "core/epoch.h"
#include "core/policy.h"
#include "kernel_half.h"
#include "live.h"
#include "probe.h"
#include "steer_cr3.h"
#include "sync_points.h"

/*
 * Held for a whole grace period: a thread that completes a later epoch has waited
 * longer.
 */
static DEFINE_MUTEX(complete_mutex);

/* A sync point has noticed a miss, or found the probe disarmed. */
static void complete_epoch(void)
{
	unsigned long epoch;

	if (pgdm_probe_is_silenced() && pgdm_steer_is_live()) {
		pr_warn("live: kprobes were disarmed, back to shadow mode; write 1 to debugfs kprobes/enabled first\n");
		pgdm_live_set(false);
	}
	mutex_lock(&complete_mutex);
	epoch = pgdm_epoch_latest();
	synchronize_rcu_tasks();
	pgdm_epoch_set_complete(epoch);
	mutex_unlock(&complete_mutex);
	/* M3: a missed write may have been one of a kernel half. */
	pgdm_bell_ring(&pgdm_kernel_half_written);
}

/**
 * pgdm_epoch_wait_change_policy() - put another policy in force
 * @policy: which
 *
 * Context: process; sleeps while a missed write is waited for.
 */
void pgdm_epoch_wait_change_policy(const struct pgdm_policy *policy)
{
	mutex_lock(&complete_mutex);
	pgdm_policy_change(policy);
	mutex_unlock(&complete_mutex);
}

/**
 * pgdm_epoch_wait_init() - give the core the kernel's counter, and answer the bell
 *
 * Context: before any hook is in.
 */
void pgdm_epoch_wait_init(void)
{
	pgdm_epoch.latest = &pgdm_probe_write.nmissed;
	pgdm_bell_init(&pgdm_sync_points_missed, NULL, complete_epoch);
}

/**
 * pgdm_epoch_wait_exit() - wait for what is under way
 *
 * No sync point comes any more. Context: may sleep.
 */
void pgdm_epoch_wait_exit(void)
{
	pgdm_bell_sync(&pgdm_sync_points_missed);
}
