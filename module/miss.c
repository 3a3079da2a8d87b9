// SPDX-License-Identifier: GPL-2.0
/*
 * Root writes that the probe missed (H1), and changes of policy, which are
 * counted in the same word and settled in the same way.
 *
 * A kprobe that fires inside another is missed, and the kernel counts that
 * (nmissed) before the write is stored. From then on every sync copies
 * everything, until the write has surely been stored: between the probe and
 * its store a writer does not sleep, so a grace period of RCU tasks is enough.
 * The kernel's increment is not atomic, and the count may come to a value again
 * that it had before: but what a mirror has recorded is a value from before a
 * grace period, which an increment under way holds up, and never the latest.
 *
 * Worse, somebody may disarm all kprobes (debugfs kprobes/enabled). Then each
 * sync point counts a miss, so that user-half entries stay right, as flushes
 * come before tables are freed. Kernel-half entries would not, so live mode
 * is left; what is written to them before that is missing on the CPUs that have
 * not come to a sync point yet (protocol.md).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "miss.h"

#include <linux/irq_work.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "core/policy.h"
#include "hooks.h"
#include "steer.h"

/* Held for a whole grace period: who stores a later count has waited longer. */
static DEFINE_MUTEX(stored_mutex);
static unsigned long stored;		/* stored_mutex to write */

static void settle_work(struct work_struct *work)
{
	unsigned long missed;

	if (pgdm_hooks_silenced() && pgdm_steer_is_live()) {
		pr_warn("live: kprobes were disarmed, back to shadow mode; write 1 to debugfs kprobes/enabled first\n");
		pgdm_steer_set(false);
	}
	mutex_lock(&stored_mutex);
	missed = READ_ONCE(*pgdm_engine.missed);
	synchronize_rcu_tasks();
	/* Pairs with the acquire in pgdm_mirror_sync_full(). */
	smp_store_release(&stored, missed);
	mutex_unlock(&stored_mutex);
}

/**
 * pgdm_miss_change_policy() - put another policy in force
 * @policy: which
 *
 * Context: process; sleeps while a missed write is waited for.
 */
void pgdm_miss_change_policy(const struct pgdm_policy *policy)
{
	mutex_lock(&stored_mutex);
	pgdm_policy_change(policy);
	mutex_unlock(&stored_mutex);
}

static DECLARE_WORK(settle, settle_work);

static void settle_irq_work(struct irq_work *work)
{
	schedule_work(&settle);
}

static DEFINE_IRQ_WORK(settle_iwork, settle_irq_work);

/**
 * pgdm_miss_noticed() - a sync found that the probe was missed
 *
 * Context: any.
 */
void pgdm_miss_noticed(void)
{
	irq_work_queue(&settle_iwork);
}

/**
 * pgdm_miss_silenced() - a sync point found the probe disarmed
 *
 * Context: any.
 */
void pgdm_miss_silenced(void)
{
	pgdm_engine_count_missed(1);
	irq_work_queue(&settle_iwork);
}

/**
 * pgdm_miss_init() - tell the engine where the counts are
 */
void pgdm_miss_init(void)
{
	pgdm_engine.missed = pgdm_hooks_missed();
	pgdm_engine.missed_stored = &stored;
}

/**
 * pgdm_miss_exit() - wait for what is under way
 *
 * No sync point comes any more. Context: may sleep.
 */
void pgdm_miss_exit(void)
{
	irq_work_sync(&settle_iwork);
	cancel_work_sync(&settle);
}
