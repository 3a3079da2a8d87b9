// SPDX-License-Identifier: GPL-2.0
/*
 * pgd-mirror: shadow mirrors of each mm's PGD.
 *
 * Init in order, unwind in reverse. See Documentation/protocol.md.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/string.h>

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

static bool live;
module_param(live, bool, 0400);
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
	ret = pgdm_registry_init();
	if (ret)
		goto err;
	ret = pgdm_cpus_init(mirrors);
	if (ret)
		goto err_registry;
	ret = pgdm_stats_init();
	if (ret)
		goto err_cpus;
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
err_cpus:
	pgdm_cpus_exit();
err_registry:
	pgdm_registry_exit();
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
