// SPDX-License-Identifier: GPL-2.0
/*
 * The death of ftrace.
 *
 * When ftrace finds that its own patching went wrong, whoever's hook it was, it
 * gives up for good (ftrace_bug(), ftrace_kill()). What is patched stays patched
 * and goes on calling; nothing is put in or taken out any more until the machine
 * boots again. For this module that means:
 *
 * - A hook may be silent: the place that was being patched is in an unknown state.
 *   So live mode is left, and nothing is tracked any more. A root whose end is not
 *   seen would stay in the registry, and its memory become another table.
 * - The hooks call into the module for ever, so it must never go. It pins itself
 *   as soon as a sync point notices.
 *
 * Who notices, and when. The kernel's word goes from 0 to 1 once. Each switch reads
 * it, and so does each other sync point. The first that finds it set queues the
 * interrupt work, which takes a reference to the module, and that queues the work.
 * If the module is being unloaded already no reference is to be had, and its exit
 * function looks: before it takes anything down, and again after the hooks were to
 * be taken out, each of which says whether it is. It does not return then, and
 * what the hooks use is still there. Death between the last look and the end of the
 * module does no harm: no hook of ours is in.
 *
 * Live mode or tracking that is being asked for meanwhile looks with the mutex held
 * under which it works; the work here takes the same mutex after the word was seen
 * set. It either undoes what was done, or is seen.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "ftrace.h"

#include <linux/ftrace.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "steer.h"
#include "track.h"

const int *pgdm_ftrace_disabled __read_mostly;

static bool noticed;

static void retreat(void)
{
	pgdm_steer_set(false);
	pgdm_track_none();
}

static void died_work(struct work_struct *work)
{
	retreat();
	pr_err("ftrace has died: back to shadow mode, nothing is tracked; the module cannot be unloaded, boot again\n");
}

static DECLARE_WORK(died, died_work);

static void died_irq_work(struct irq_work *work)
{
	/* Fails while the module is being unloaded: pgdm_exit() looks then. */
	if (try_module_get(THIS_MODULE))
		schedule_work(&died);
}

static DEFINE_IRQ_WORK(died_iwork, died_irq_work);

/**
 * pgdm_ftrace_noticed() - a sync point found ftrace dead
 *
 * Context: any.
 */
void pgdm_ftrace_noticed(void)
{
	/* Two CPUs that come here at once take two references: that does no harm. */
	if (READ_ONCE(noticed))
		return;
	WRITE_ONCE(noticed, true);
	irq_work_queue(&died_iwork);
}

/**
 * pgdm_ftrace_check() - refuse to begin when ftrace is dead
 *
 * Asked before the first kprobe, which a dead ftrace would warn about: by an
 * exported function, as no other symbol is known yet.
 *
 * Context: may sleep.
 * Return: 0, or -ENODEV with the reason logged.
 */
int pgdm_ftrace_check(void)
{
	static struct ftrace_ops unused;
	int ret = ftrace_set_filter(&unused, NULL, 0, 1);

	ftrace_free_filter(&unused);
	if (ret == -ENODEV)
		pr_err("ftrace has died since the machine booted (see the kernel log), nothing can be hooked: boot again\n");
	return ret == -ENODEV ? ret : 0;
}

/**
 * pgdm_ftrace_stay() - hooks are in that cannot be taken out: never unload
 *
 * For a load that failed. The module stays, in shadow mode, and tracks nothing.
 *
 * Context: process.
 */
void pgdm_ftrace_stay(void)
{
	__module_get(THIS_MODULE);
	retreat();
	pr_err("hooks cannot be taken out: not in use, in shadow mode, but never unloaded; boot again\n");
}

/**
 * pgdm_ftrace_hold() - the same, in the exit function: do not return
 *
 * Nothing that a hook uses has been freed.
 *
 * Context: process.
 */
void __noreturn pgdm_ftrace_hold(void)
{
	retreat();
	pr_err("hooks cannot be taken out: unloading never ends, as they call into the module; boot again\n");
	for (;;) {
		set_current_state(TASK_IDLE);
		schedule();
	}
}

/**
 * pgdm_ftrace_exit() - wait for what is under way
 *
 * No sync point comes any more. Context: may sleep.
 */
void pgdm_ftrace_exit(void)
{
	irq_work_sync(&died_iwork);
	cancel_work_sync(&died);
}
