// SPDX-License-Identifier: GPL-2.0
/*
 * pgd-mirror: shadow mirrors of each mm's PGD.
 *
 * Init in order, unwind in reverse. See Documentation/architecture.md.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "agree.h"
#include "backend.h"
#include "cpus.h"
#include "debugfs.h"
#include "debugfs_stats.h"
#include "epoch_wait.h"
#include "ftrace.h"
#include "ftrace_death.h"
#include "hooks.h"
#include "hooks_seen.h"
#include "hotplug.h"
#include "kernel_calls.h"
#include "kernel_half.h"
#include "kick.h"
#include "live.h"
#include "oracle.h"
#include "params.h"
#include "policy_set.h"
#include "preflight.h"
#include "prove.h"
#include "registry.h"
#include "root_life.h"
#include "steer_cr3.h"
#include "symbols.h"
#include "track.h"

/* The bells that hooks ring, before the first hook is in. */
static void prepare_for_hooks(bool timing)
{
	if (timing)
		static_branch_enable(&pgdm_timing_key);
	pgdm_steer_init();
	pgdm_oracle_init();
	pgdm_epoch_wait_init();
	pgdm_kernel_half_init();
	pgdm_agree_init();
	pgdm_track_init();
	pgdm_ftrace_death_init();
}

static int __init pgdm_init(void)
{
	bool live = pgdm_params_close_live();
	struct pgdm_params params;
	int ret;

	ret = pgdm_params_read(&params);
	if (!ret)
		ret = pgdm_backend_choose(params.hooks);
	if (!ret)
		ret = pgdm_preflight_load();
	if (!ret)
		ret = pgdm_ftrace_check();
	if (!ret)
		ret = pgdm_symbols_init();
	if (ret)
		return ret;
	pgdm_kernel_calls_init();
	prepare_for_hooks(params.timing);
	ret = pgdm_cpus_init(params.mirrors);
	if (ret)
		goto err;
	ret = pgdm_hotplug_init();
	if (ret)
		goto err_cpus;
	ret = pgdm_registry_init();
	if (ret)
		goto err_hotplug;
	ret = pgdm_debugfs_stats_init();
	if (ret)
		goto err_registry;
	ret = pgdm_hooks_arm();
	if (ret)
		goto err_hooks;	/* those that were in may have started work */
	ret = pgdm_prove();
	if (!ret)
		ret = pgdm_hooks_seen(false);
	if (ret)
		goto err_hooks;
	ret = pgdm_live_init();
	if (ret)
		goto err_hooks;
	ret = pgdm_policy_set(params.policy);
	if (ret)
		goto err_live;
	if (live)
		ret = pgdm_live_set(true);
	if (ret)
		goto err_live;
	if (params.track_all)
		ret = pgdm_track_all();
	if (ret)
		goto err_live;
	ret = pgdm_debugfs_init();
	if (ret)
		goto err_live;
	pgdm_params_open_live();
	pgdm_root_fewer();	/* all hooks are in, and nothing may be tracked */
	pr_info("%s mode, policy %s, %u mirrors a CPU, tracking %s\n",
		live ? "live" : "shadow", params.policy, params.mirrors,
		params.track_all ? "all" : "none");
	return 0;

err_live:
	pgdm_policy_set_exit();
	pgdm_kick_exit();
	pgdm_live_exit();
err_hooks:
	pgdm_track_exit();
	if (pgdm_hooks_disarm()) {
		pgdm_ftrace_death_stay();
		return 0;	/* what the hooks use must stay */
	}
	pgdm_epoch_wait_exit();
	pgdm_agree_exit();
	pgdm_ftrace_death_exit();
	pgdm_kernel_half_exit();
	pgdm_debugfs_stats_exit();
err_registry:
	pgdm_registry_exit();	/* takes the mirrors of what is tracked */
err_hotplug:
	pgdm_hotplug_exit();
err_cpus:
	pgdm_cpus_exit();
err:
	pr_err("not loaded, error %d\n", ret);
	return ret;
}

/*
 * The files first, so that the user cannot steer, change or read any more; then
 * what the policy has set up, and the kicks that are still to be sent; then live
 * mode, so that no CR3 holds a mirror (L2); then the hooks, so that no CPU calls
 * one; then what the hooks use. The registry ends before the caches: it takes the
 * mirrors from the primaries. Where hooks stay in, nothing that comes after them is
 * undone (ftrace_death.c).
 */
static void __exit pgdm_exit(void)
{
	if (pgdm_ftrace_is_dead())
		pgdm_ftrace_death_hold();
	pgdm_params_close_live();
	pgdm_debugfs_exit();
	pgdm_policy_set_exit();
	pgdm_kick_exit();
	pgdm_live_exit();
	pgdm_track_exit();
	if (pgdm_hooks_disarm())
		pgdm_ftrace_death_hold();
	pgdm_epoch_wait_exit();
	pgdm_agree_exit();
	pgdm_ftrace_death_exit();
	pgdm_kernel_half_exit();
	pgdm_registry_exit();
	pgdm_hotplug_exit();
	pgdm_cpus_exit();
	pgdm_debugfs_stats_exit();
}

module_init(pgdm_init);
module_exit(pgdm_exit);

MODULE_DESCRIPTION("Shadow mirrors of each mm's PGD, synced by policy");
MODULE_AUTHOR("The pgd-mirror authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
