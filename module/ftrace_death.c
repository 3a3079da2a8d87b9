// SPDX-License-Identifier: GPL-2.0
/*
 * The death of ftrace.
 *
 * When ftrace finds that its own patching went wrong, for a hook of any module, it
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
 * How it is noticed, and when. The kernel's word goes from 0 to 1 once. Each switch
 * reads it, and so does each other sync point. The first that finds it set rings,
 * and the interrupt takes a reference to the module before the worker is asked.
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

#include "ftrace_death.h"

#include <linux/module.h>
#include <linux/sched.h>

#include "bell.h"
#include "live.h"
#include "sync_points.h"
#include "track.h"

static void retreat(void)
{
	pgdm_live_set(false);
	pgdm_track_none();
}

/* Two CPUs that ring at once take two references: that does no harm. */
static void heard(struct pgdm_bell *bell)
{
	pgdm_bell_close(bell);
	/* Fails while the module is being unloaded: its exit function looks then. */
	if (try_module_get(THIS_MODULE))
		pgdm_bell_answer_in(bell, 0);
}

static void answer(void)
{
	retreat();
	pr_err("ftrace has died: back to shadow mode, nothing is tracked; the module cannot be unloaded, boot again\n");
}

/**
 * pgdm_ftrace_death_init() - retreat when a sync point finds ftrace dead
 *
 * Context: before any hook is in.
 */
void pgdm_ftrace_death_init(void)
{
	pgdm_bell_init(&pgdm_sync_points_ftrace_died, heard, answer);
}

/**
 * pgdm_ftrace_death_stay() - hooks are in that cannot be taken out: never unload
 *
 * For a load that failed. The module stays, in shadow mode, and tracks nothing.
 *
 * Context: process.
 */
void pgdm_ftrace_death_stay(void)
{
	__module_get(THIS_MODULE);
	retreat();
	pr_err("hooks cannot be taken out: not in use, in shadow mode, but never unloaded; boot again\n");
}

/**
 * pgdm_ftrace_death_hold() - the same, in the exit function: do not return
 *
 * Nothing that a hook uses has been freed.
 *
 * Context: process.
 */
void __noreturn pgdm_ftrace_death_hold(void)
{
	retreat();
	pr_err("hooks cannot be taken out: unloading never ends, as they call into the module; boot again\n");
	for (;;) {
		set_current_state(TASK_IDLE);
		schedule();
	}
}

/**
 * pgdm_ftrace_death_exit() - wait for what is under way
 *
 * No sync point comes any more. Context: may sleep.
 */
void pgdm_ftrace_death_exit(void)
{
	pgdm_bell_sync(&pgdm_sync_points_ftrace_died);
}
