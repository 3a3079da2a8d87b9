// SPDX-License-Identifier: GPL-2.0
/*
 * The module's parameters. (The parameter of the oracle is in oracle.c.)
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "params.h"

#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/sysfs.h>

#include "core/cache.h"
#include "live.h"
#include "policy_set.h"
#include "steer_cr3.h"

static char *policy = "dirty";
module_param(policy, charp, 0400);
MODULE_PARM_DESC(policy, "Policy in force after loading, a name that debugfs policy lists (default dirty)");

/*
 * The file of the parameter is there before pgdm_init() and after pgdm_exit(), and
 * is the way out of live mode where debugfs is locked down. Both functions lock the
 * kernel's parameters to change this, so no thread is in live_set() meanwhile.
 */
static enum {
	LIVE_STORED,	/* while the parameters are read: for pgdm_init() */
	LIVE_REFUSED,	/* while the module comes or goes */
	LIVE_STEERED,	/* as debugfs live */
} live_phase;		/* kernel_param_lock() */

static bool live;	/* constant once pgdm_params_close_live() was called */

static void set_live_phase(int phase)
{
	kernel_param_lock(THIS_MODULE);
	live_phase = phase;
	kernel_param_unlock(THIS_MODULE);
}

static int live_set(const char *value, const struct kernel_param *kp)
{
	bool on;

	/* No value means 1, as with any boolean parameter. */
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
		return pgdm_live_set(on);
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
MODULE_PARM_DESC(live, "1: CR3 holds the mirrors; 0: they are kept and audited only (default 0)");

static char *track = "none";
module_param(track, charp, 0400);
MODULE_PARM_DESC(track, "all: track every mm; none: those named later, in debugfs track (default none)");

static char *hooks = "auto";
module_param(hooks, charp, 0400);
MODULE_PARM_DESC(hooks, "How root writes are noticed: auto, set_pgd, pti, tables; debugfs preflight says which (default auto)");

static uint mirrors = PGDM_MIRRORS_DEFAULT;
module_param(mirrors, uint, 0400);
MODULE_PARM_DESC(mirrors, "Mirrors that each CPU owns, "
		 __stringify(PGDM_MIRRORS_MIN) " to " __stringify(PGDM_MIRRORS_MAX)
		 " tables or pairs of tables (default "
		 __stringify(PGDM_MIRRORS_DEFAULT) ")");

static bool timing;
module_param(timing, bool, 0400);
MODULE_PARM_DESC(timing, "1: measure cycles of the time stamp counter, for stats cycles_* and hist; costs more than a clean sync (default 0)");

/**
 * pgdm_params_close_live() - let the parameter live be written no more
 *
 * Context: process; while the module comes or goes.
 * Return: did the user ask for live mode when the module was loaded?
 */
bool pgdm_params_close_live(void)
{
	set_live_phase(LIVE_REFUSED);
	return live;
}

/**
 * pgdm_params_open_live() - from now on writing the parameter live goes live, or back
 *
 * Context: process.
 */
void pgdm_params_open_live(void)
{
	set_live_phase(LIVE_STEERED);
}

/**
 * pgdm_params_read() - check what the user asked for
 * @params: filled in
 *
 * Return: 0, or -EINVAL with what was expected logged.
 */
int pgdm_params_read(struct pgdm_params *params)
{
	if (strcmp(track, "all") && strcmp(track, "none")) {
		pr_err("track=%s: expected all or none\n", track);
		return -EINVAL;
	}
	if (!pgdm_policy_set_find(policy))
		return -EINVAL;
	params->policy = policy;
	params->hooks = hooks;
	params->track_all = !strcmp(track, "all");
	params->mirrors = mirrors;
	params->timing = timing;
	return 0;
}
