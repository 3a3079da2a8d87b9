// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs (core/bug.h): their module parameters, and the pause that a bug makes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "core/bug.h"

#ifdef PGDM_SEEDED_BUGS

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

unsigned long pgdm_bugs;
static_assert(PGDM_NR_BUGS <= BITS_PER_LONG);

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
MODULE_PARM_DESC(bug, "Seeded bugs that are on, with commas between them, or none (default none)");

static unsigned int bug_pause_ms;
module_param(bug_pause_ms, uint, 0600);
MODULE_PARM_DESC(bug_pause_ms, "Milliseconds to stay in a bug's window; lowered, it ends one that is open (default 0)");

static int bug_pause_cpu = -1;
module_param(bug_pause_cpu, int, 0600);
MODULE_PARM_DESC(bug_pause_cpu, "The only CPU that spins there; -1: each (default -1)");

static atomic_t bug_pauses = ATOMIC_INIT(0);
module_param_named(bug_pauses, bug_pauses.counter, int, 0400);
MODULE_PARM_DESC(bug_pauses, "How often a bug's window was entered (default 0)");

static bool is_open(u64 start)
{
	return (s64)(ktime_get_mono_fast_ns() - start) <
	       (s64)READ_ONCE(bug_pause_ms) * NSEC_PER_MSEC;
}

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
	while (is_open(start))
		cpu_relax();
}

/**
 * pgdm_bug_hold() - sleep in the window that a seeded bug has opened
 *
 * Context: may sleep.
 */
void pgdm_bug_hold(void)
{
	u64 start = ktime_get_mono_fast_ns();

	atomic_inc(&bug_pauses);
	while (is_open(start))
		usleep_range(100, 1000);
}

#endif
