// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs and failures on demand: their module parameters.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "inject.h"

#ifdef PGDM_SEEDED_BUGS

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/special_insns.h>

#include "core/bug.h"

unsigned long pgdm_bugs;

#define BUG_NAME(name, rule) #name,
static const char *const bug_names[] = { PGDM_BUGS(BUG_NAME) };

static int bug_number(const char *name)
{
	int i;

	for (i = 0; i < PGDM_NR_BUGS; i++)
		if (sysfs_streq(name, bug_names[i]))
			return i;
	return -ENOENT;
}

/* "none", or names with commas between them; all or nothing. */
static int bug_set(const char *value, const struct kernel_param *kp)
{
	char text[128], *rest = text, *name;
	unsigned long bugs = 0;
	int i;

	if (strscpy(text, value, sizeof(text)) < 0)
		return -EINVAL;
	while (!sysfs_streq(value, "none") && (name = strsep(&rest, ","))) {
		i = bug_number(name);
		if (i < 0) {
			pr_warn("bug: unknown name, see core/bug.h\n");
			return -EINVAL;
		}
		bugs |= BIT(i);
	}
	WRITE_ONCE(pgdm_bugs, bugs);
	return 0;
}

static int bug_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < PGDM_NR_BUGS; i++)
		len += scnprintf(buffer + len, PAGE_SIZE - len,
				 pgdm_bugs & BIT(i) ? "[%s] " : "%s ",
				 bug_names[i]);
	buffer[len - 1] = '\n';
	return len;
}

static const struct kernel_param_ops bug_ops = {
	.set = bug_set,
	.get = bug_get,
};

module_param_cb(bug, &bug_ops, NULL, 0600);
MODULE_PARM_DESC(bug, "Seeded bugs that are on, with commas between them, or none");

static unsigned int bug_pause_ms;
module_param(bug_pause_ms, uint, 0600);
MODULE_PARM_DESC(bug_pause_ms, "Milliseconds to spin in a bug's window; lowered, it ends one that is open");

static int bug_pause_cpu = -1;
module_param(bug_pause_cpu, int, 0600);
MODULE_PARM_DESC(bug_pause_cpu, "The only CPU that spins there; -1: each");

static atomic_t bug_pauses = ATOMIC_INIT(0);
module_param_named(bug_pauses, bug_pauses.counter, int, 0400);
MODULE_PARM_DESC(bug_pauses, "How often a bug's window was entered");

static int fail_at;
module_param(fail_at, int, 0600);
MODULE_PARM_DESC(fail_at, "Let the n-th allocation from now on fail");

static unsigned int instances;
module_param(instances, uint, 0400);
MODULE_PARM_DESC(instances, "Tasks that a probe on a return can follow; 0: as many as usual");

static char *hide;
module_param(hide, charp, 0400);
MODULE_PARM_DESC(hide, "Treat this kernel symbol as missing");

static char *deaf;
module_param(deaf, charp, 0400);
MODULE_PARM_DESC(deaf, "Let the hook of this symbol never fire");

static char fail_check[32];
module_param_string(fail_check, fail_check, sizeof(fail_check), 0600);
MODULE_PARM_DESC(fail_check, "Treat this condition of loading, or of preflight, as not met");

/**
 * pgdm_bug_pause() - spin in the window that a seeded bug has opened
 *
 * By the clock: mdelay() is as good as the calibration of this CPU's delay
 * loop, which an emulated CPU that stood still meanwhile gets wrong by any
 * factor.
 *
 * Context: any, IRQs may be off.
 */
void pgdm_bug_pause(void)
{
	int cpu = READ_ONCE(bug_pause_cpu);
	u64 start = ktime_get_mono_fast_ns();

	if (cpu >= 0 && cpu != raw_smp_processor_id())
		return;
	atomic_inc(&bug_pauses);
	while ((s64)(ktime_get_mono_fast_ns() - start) <
	       (s64)READ_ONCE(bug_pause_ms) * NSEC_PER_MSEC)
		cpu_relax();
}

/**
 * pgdm_inject_failure() - shall this allocation fail?
 *
 * Context: any but NMI.
 */
bool pgdm_inject_failure(void)
{
	int n = READ_ONCE(fail_at);

	if (n <= 0)
		return false;
	WRITE_ONCE(fail_at, n - 1);
	return n == 1;
}

/**
 * pgdm_inject_instances() - how many tasks shall a probe on a return follow?
 * @usual: as many as in other builds
 */
int pgdm_inject_instances(int usual)
{
	return instances ? instances : usual;
}

/**
 * pgdm_inject_hidden() - shall this symbol be treated as missing?
 * @symbol: its name
 */
bool pgdm_inject_hidden(const char *symbol)
{
	return hide && !strcmp(hide, symbol);
}

static DEFINE_PER_CPU(struct page *, root_copy);	/* local CPU, IRQs off */

/**
 * pgdm_inject_root() - where shall this CPU be put when it goes back to a primary?
 * @root: the primary's table, or the first of the two
 *
 * The copy is good until an entry changes, or its CPU switches.
 *
 * Context: IRQs off.
 * Return: the physical address of the table, or under foreign_cr3 of a copy.
 */
u64 pgdm_inject_root(u64 *root)
{
	struct page *copy = this_cpu_read(root_copy);

	if (!pgdm_bug(foreign_cr3))
		return __pa(root);
	if (!copy)
		copy = alloc_pages(GFP_ATOMIC, 1);
	if (!copy)
		return __pa(root);
	this_cpu_write(root_copy, copy);
	memcpy(page_address(copy), root,
	       boot_cpu_has(X86_FEATURE_PTI) ? 2 * PAGE_SIZE : PAGE_SIZE);
	return page_to_phys(copy);
}

static void leave_copy(void *unused)
{
	struct page *copy = this_cpu_read(root_copy);

	if (copy && read_cr3_pa() == page_to_phys(copy))
		write_cr3((__native_read_cr3() & ~CR3_ADDR_MASK) |
			  __pa(current->active_mm->pgd));
}

/**
 * pgdm_inject_exit() - take all CPUs off their copies, and free these
 *
 * Live mode is over.
 *
 * Context: process; sends IPIs.
 */
void pgdm_inject_exit(void)
{
	unsigned int cpu;

	on_each_cpu(leave_copy, NULL, 1);
	for_each_possible_cpu(cpu)
		if (per_cpu(root_copy, cpu))
			__free_pages(per_cpu(root_copy, cpu), 1);
}

/**
 * pgdm_inject_deaf() - shall the hook of this symbol never fire?
 * @symbol: its name
 */
bool pgdm_inject_deaf(const char *symbol)
{
	return deaf && !strcmp(deaf, symbol);
}

/**
 * pgdm_inject_unmet() - shall this condition be treated as not met?
 * @check: its name, as preflight prints it; or one that only loading asks for
 */
bool pgdm_inject_unmet(const char *check)
{
	return sysfs_streq(fail_check, check);
}

#endif
