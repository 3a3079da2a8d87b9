// SPDX-License-Identifier: GPL-2.0
/*
 * Preflight: can this kernel be mirrored, and can it run on the mirrors?
 *
 * The module does not load when a hook is missing or is not seen to fire (X1), nor on
 * a kind of kernel on which it was not shown to work. The other rows are additional
 * conditions of live mode (H2, H3).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "preflight.h"

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/printk.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <asm/cpufeature.h>

#include "backend.h"
#include "core/bug.h"
#include "core/common.h"
#include "ftrace.h"
#include "hooks.h"
#include "hooks_seen.h"
#include "inject.h"
#include "oracle.h"
#include "paravirt.h"

/**
 * struct check - one condition of loading, or of live mode
 * @name: for the user
 * @holds: does it?
 * @reason: what is wrong when it does not
 * @remedy: what the user can do
 */
struct check {
	const char *name;
	bool (*holds)(void);
	const char *reason;
	const char *remedy;
};

static bool ftrace_lives(void)
{
	return !pgdm_ftrace_is_dead();
}

static bool no_debug_vm(void)
{
	return !IS_ENABLED(CONFIG_DEBUG_VM);
}

static bool no_xen_pv(void)
{
	return !boot_cpu_has(X86_FEATURE_XENPV);
}

static bool no_broadcast(void)
{
#ifdef X86_FEATURE_INVLPGB
	return !boot_cpu_has(X86_FEATURE_INVLPGB);
#else
	return true;
#endif
}

static const struct check checks[] = {
	{ "hooks", pgdm_hooks_ok,
	  "a hook is missing or disarmed",
	  "write 1 to debugfs kprobes/enabled, or load the module again" },
	{ "ftrace", ftrace_lives,
	  "ftrace has died, a hook may be silent and none can be taken out",
	  "boot again" },
	{ "debug_vm", no_debug_vm,
	  "CONFIG_DEBUG_VM compares CR3 with mm->pgd at each switch",
	  "use a kernel without it" },
	{ "xen_pv", no_xen_pv,
	  "a Xen PV guest does not write CR3 itself",
	  "use an HVM or PVH guest" },
	{ "native_flush", pgdm_paravirt_flushes_natively,
	  "the hypervisor flushes TLBs of CPUs without telling them",
	  "KVM: -cpu ...,-kvm-pv-tlb-flush; Xen: xen_nopv; Hyper-V: use another" },
	{ "no_invlpgb", no_broadcast,
	  "the CPU broadcasts TLB invalidations (INVLPGB), no flush is received",
	  "boot with clearcpuid=419 (kernels do not take it by its name)" },
};

static bool no_lto(void)
{
	return !IS_ENABLED(CONFIG_LTO);
}

static bool no_kcfi(void)
{
	return !IS_ENABLED(CONFIG_CFI_CLANG) && !IS_ENABLED(CONFIG_CFI);
}

/* Without flush receipts it would take each freed table for one that mirrors lead to. */
static bool oracle_hears_flushes(void)
{
	return !pgdm_oracle_is_on() ||
	       (no_broadcast() && !pgdm_inject_unmet("no_invlpgb"));
}

static bool no_preempt_rt(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT);
}

static const struct check load_checks[] = {
	{ "lto", no_lto,
	  "a kernel built with link-time optimisation may inline what is hooked, across files",
	  "use a kernel without CONFIG_LTO" },
	{ "kcfi", no_kcfi,
	  "control flow integrity of clang checks indirect calls, and the hooks were not tried under it",
	  "use a kernel without CONFIG_CFI_CLANG and CONFIG_CFI" },
	{ "preempt_rt", no_preempt_rt,
	  "spinlocks sleep with CONFIG_PREEMPT_RT, and the hooks take some with interrupts off",
	  "use a kernel without CONFIG_PREEMPT_RT" },
	{ "oracle", oracle_hears_flushes,
	  "the CPU broadcasts TLB invalidations (INVLPGB), the oracle waits for receipts of flushes",
	  "load without oracle=, or boot with clearcpuid=419" },
};

static bool holds(const struct check *c)
{
	return c->holds() && !pgdm_inject_unmet(c->name);
}

static void show(struct seq_file *seq, const struct check *c, const char *what)
{
	if (holds(c))
		seq_printf(seq, "ok %s: %s\n", c->name, what);
	else
		seq_printf(seq, "FAIL %s: %s: %s; %s\n", c->name, what,
			   c->reason, c->remedy);
}

/*
 * Lockdown does not refuse live mode: the parameter can still end it. The kernel logs
 * a line when it is asked while locked down.
 */
static void show_lockdown(struct seq_file *seq)
{
	if (!security_locked_down(LOCKDOWN_DEBUGFS))
		seq_puts(seq, "ok lockdown: all files can be reached\n");
	else
		seq_puts(seq, "FAIL lockdown: the kernel is locked down, files that can be written are out of reach; live mode: write to /sys/module/pgd_mirror/parameters/live\n");
}

/* M3: no condition of anything; it makes first copies cheap. */
static void show_kernel_halves(struct seq_file *seq)
{
	if (pgdm_common_agreed())
		seq_printf(seq, "ok kernel_halves: the same in all roots, but for %u entries; first copies leave them out\n",
			   pgdm_common.nr_own);
	else
		seq_puts(seq, "ok kernel_halves: not compared yet, or they differ; first copies compare them\n");
}

/**
 * pgdm_preflight_show() - print a line for each condition
 * @seq: where to
 * @unused: for seq_file
 *
 * Return: 0.
 */
int pgdm_preflight_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	seq_printf(seq, "ok back_end: root writes are noticed by hooks=%s\n",
		   pgdm_backend_name());
	pgdm_hooks_seen_show(seq);
	show_lockdown(seq);
	show_kernel_halves(seq);
	for (i = 0; i < ARRAY_SIZE(load_checks); i++)
		show(seq, &load_checks[i], "loading");
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		show(seq, &checks[i], "live mode");
	return 0;
}

/**
 * pgdm_preflight_load() - is this a kernel of a kind that may be hooked?
 *
 * Return: 0, or -EOPNOTSUPP with reason and remedy logged.
 */
int pgdm_preflight_load(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(load_checks); i++) {
		const struct check *c = &load_checks[i];

		if (holds(c))
			continue;
		pr_err("not loaded, %s: %s; %s\n", c->name, c->reason,
		       c->remedy);
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * pgdm_preflight_live() - may CR3 hold mirrors?
 *
 * Return: 0, or -EOPNOTSUPP with reason and remedy logged.
 */
int pgdm_preflight_live(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		const struct check *c = &checks[i];

		if (holds(c) || pgdm_bug(ignore_preflight))
			continue;
		pr_warn("live: refused, %s: %s; %s\n", c->name, c->reason,
			c->remedy);
		return -EOPNOTSUPP;
	}
	return pgdm_hooks_seen(true);
}
