// SPDX-License-Identifier: GPL-2.0
/*
 * pgd-mirror: shadow mirrors of each mm's PGD.
 *
 * Init in order, unwind in reverse. See Documentation/protocol.md.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "change.h"
#include "core/policy.h"
#include "cpus.h"
#include "debugfs.h"
#include "ftrace.h"
#include "hooks.h"
#include "miss.h"
#include "oracle.h"
#include "preflight.h"
#include "prove.h"
#include "registry.h"
#include "signals.h"
#include "steer.h"
#include "symbols.h"
#include "track.h"

static char *policy = "dirty";
module_param(policy, charp, 0400);
MODULE_PARM_DESC(policy, "Policy in force after loading (debugfs policy lists them)");

/*
 * The file of the parameter is there before pgdm_init() and after pgdm_exit(), and
 * is the way out of live mode where debugfs is locked down. Both lock the kernel's
 * parameters to change this, so nobody is in live_set() meanwhile.
 */
static enum {
	LIVE_STORED,	/* while the parameters are read: for pgdm_init() */
	LIVE_REFUSED,	/* while the module comes or goes */
	LIVE_STEERED,	/* as debugfs live */
} live_phase;		/* kernel_param_lock() */

static bool live;	/* constant once pgdm_init() has begun */

static void set_live_phase(int phase)
{
	kernel_param_lock(THIS_MODULE);
	live_phase = phase;
	kernel_param_unlock(THIS_MODULE);
}

static int live_set(const char *value, const struct kernel_param *kp)
{
	bool on;

	/* No value stands for 1, as with any parameter that is a truth. */
	if (value && kstrtobool(value, &on)) {
		pr_warn_ratelimited("live: expected 0 or 1\n");
		return -EINVAL;
	}
	on = value ? on : true;
	switch (live_phase) {
	case LIVE_STORED:
		live = on;
		return 0;
	case LIVE_STEERED:
		return pgdm_steer_set(on);
	default:
		return -EBUSY;
	}
}

static int live_get(char *buffer, const struct kernel_param *kp)
{
	bool on = live_phase == LIVE_STEERED ? pgdm_steer_is_live() : live;

	return sysfs_emit(buffer, "%c\n", on ? 'Y' : 'N');
}

static const struct kernel_param_ops live_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = live_set,
	.get = live_get,
};

module_param_cb(live, &live_ops, NULL, 0600);
__MODULE_PARM_TYPE(live, "bool");
MODULE_PARM_DESC(live, "1: CR3 holds the mirrors; 0: they are kept and audited only");

static char *track = "none";
module_param(track, charp, 0400);
MODULE_PARM_DESC(track, "all: track every mm; none: those named later (debugfs track)");

static uint mirrors = PGDM_MIRRORS_DEFAULT;
module_param(mirrors, uint, 0400);
MODULE_PARM_DESC(mirrors, "Mirrors that each CPU owns");

static bool timing;
module_param(timing, bool, 0400);
MODULE_PARM_DESC(timing, "1: measure cycles (stats cycles_*, hist); costs more than a clean sync");

DEFINE_STATIC_KEY_FALSE(pgdm_timing_key);

static int check_parameters(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		pr_err("PREEMPT_RT: the hooks take spinlocks where that kernel cannot sleep\n");
		return -EOPNOTSUPP;
	}
	if (strcmp(track, "all") && strcmp(track, "none")) {
		pr_err("track=%s: expected all or none\n", track);
		return -EINVAL;
	}
	if (!pgdm_change_find(policy))
		return -EINVAL;
	return pgdm_preflight_load();
}

static int __init pgdm_init(void)
{
	int ret;

	set_live_phase(LIVE_REFUSED);
	ret = check_parameters();
	if (ret)
		return ret;
	if (timing)
		static_branch_enable(&pgdm_timing_key);
	pgdm_oracle_init();
	ret = pgdm_ftrace_check();
	if (!ret)
		ret = pgdm_symbols_init();
	if (ret)
		return ret;
	pgdm_miss_init();
	ret = pgdm_cpus_init(mirrors);
	if (ret)
		goto err;
	ret = pgdm_registry_init();
	if (ret)
		goto err_cpus;
	ret = pgdm_stats_init();
	if (ret)
		goto err_registry;
	ret = pgdm_hooks_arm();
	if (ret)
		goto err_hooks;	/* those that were in may have started work */
	ret = pgdm_prove();
	if (!ret)
		ret = pgdm_hooks_proved(false);
	if (ret)
		goto err_hooks;
	ret = pgdm_steer_init();
	if (ret)
		goto err_hooks;
	ret = pgdm_change_policy(policy);
	if (ret)
		goto err_steer;
	if (live)
		ret = pgdm_steer_set(true);
	if (ret)
		goto err_steer;
	if (!strcmp(track, "all"))
		ret = pgdm_track_all();
	if (ret)
		goto err_steer;
	ret = pgdm_debugfs_init();
	if (ret)
		goto err_steer;
	set_live_phase(LIVE_STEERED);
	pgdm_track_fewer();	/* all hooks are in, and nothing may be tracked */
	pr_info("%s mode, policy %s, %u mirrors a CPU, tracking %s\n",
		live ? "live" : "shadow", policy, mirrors, track);
	return 0;

err_steer:
	pgdm_change_exit();
	pgdm_signals_exit();
	pgdm_steer_exit();
err_hooks:
	pgdm_track_exit();
	if (pgdm_hooks_disarm()) {
		pgdm_ftrace_stay();
		return 0;	/* what the hooks use must stay */
	}
	pgdm_miss_exit();
	pgdm_ftrace_exit();
	pgdm_stats_exit();
err_registry:
	pgdm_registry_exit();	/* takes the mirrors of what is tracked */
err_cpus:
	pgdm_cpus_exit();
err:
	pr_err("not loaded, error %d\n", ret);
	return ret;
}

/*
 * The files first, so that nobody steers, changes or looks any more; then what
 * the policy has set up, and what it has still to send; then live mode, so that
 * no CR3 holds a mirror (L2); then the hooks, so that nobody finds one; then
 * what they led to. The registry goes before the caches: it takes the mirrors
 * from the primaries. Where hooks stay in, nothing that comes after them is
 * undone (ftrace.c).
 */
static void __exit pgdm_exit(void)
{
	if (pgdm_ftrace_is_dead())
		pgdm_ftrace_hold();
	set_live_phase(LIVE_REFUSED);
	pgdm_debugfs_exit();
	pgdm_change_exit();
	pgdm_signals_exit();
	pgdm_steer_exit();
	pgdm_track_exit();
	if (pgdm_hooks_disarm())
		pgdm_ftrace_hold();
	pgdm_miss_exit();
	pgdm_ftrace_exit();
	pgdm_registry_exit();
	pgdm_cpus_exit();
	pgdm_stats_exit();
}

module_init(pgdm_init);
module_exit(pgdm_exit);

MODULE_DESCRIPTION("Shadow mirrors of each mm's PGD, synced by policy");
MODULE_AUTHOR("The pgd-mirror authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
