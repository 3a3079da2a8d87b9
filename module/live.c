// SPDX-License-Identifier: GPL-2.0
/*
 * Live mode: begun and ended as the user asks, and off while the machine sleeps.
 * How a CPU is put on a mirror: steer_cr3.c.
 */
#include "live.h"

#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/suspend.h>

#include "inject_root.h"
#include "preflight.h"
#include "steer_cr3.h"
#include "sync_points.h"

static DEFINE_MUTEX(live_mutex);
static bool wanted;		/* live_mutex: what the user asked for */
static bool asleep;		/* live_mutex: between suspend and resume */

static int apply(void)
{
	bool live = wanted && !asleep;
	int ret;

	lockdep_assert_held(&live_mutex);
	if (live == pgdm_steer_is_live())
		return 0;
	if (live) {
		ret = pgdm_preflight_live();
		if (ret)
			return ret;
		static_branch_enable(&pgdm_steer_key);
	} else {
		static_branch_disable(&pgdm_steer_key);
		pgdm_steer_release(NULL);
	}
	on_each_cpu(pgdm_sync_points_adopt, NULL, 1);
	return 0;
}

/**
 * pgdm_live_set() - go live, or back to shadow mode
 * @live: which
 *
 * When this returns, each CPU that runs a tracked mm is on its mirror, or
 * none is.
 *
 * Context: process; sleeps.
 * Return: 0, or -EOPNOTSUPP with the reason logged.
 */
int pgdm_live_set(bool live)
{
	bool before;
	int ret;

	mutex_lock(&live_mutex);
	before = wanted;
	wanted = live;
	ret = apply();
	if (ret)
		wanted = before;
	mutex_unlock(&live_mutex);
	return ret;
}

/*
 * Resume restores CR3 from memory and compares it with mm->pgd; a hibernation
 * image is restored by another kernel's page tables. No mirror is in use
 * meanwhile (L2).
 */
static int power_event(struct notifier_block *nb, unsigned long event,
		       void *unused)
{
	mutex_lock(&live_mutex);
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		asleep = true;
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		asleep = false;
		break;
	}
	apply();
	mutex_unlock(&live_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block power_nb = { .notifier_call = power_event };

/**
 * pgdm_live_init() - watch for suspend and hibernation
 *
 * Context: may sleep.
 * Return: 0 or the error of the notifier.
 */
int pgdm_live_init(void)
{
	return register_pm_notifier(&power_nb);
}

/**
 * pgdm_live_exit() - leave live mode for good
 *
 * Context: may sleep.
 */
void pgdm_live_exit(void)
{
	unregister_pm_notifier(&power_nb);
	pgdm_live_set(false);
	pgdm_inject_root_exit();
}
