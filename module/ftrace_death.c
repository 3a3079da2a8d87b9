// SPDX-License-Identifier: GPL-2.0
/*
 * The death of ftrace.
 *
 * When ftrace finds that its own patching went wrong, for a hook of any module, it
 * disables itself for good (ftrace_bug(), ftrace_kill()). What is patched stays
 * patched and goes on calling; nothing is put in or taken out any more until the
 * machine boots again. For this module that means:
 *
 * - A hook may be silent: the place that was being patched is in an unknown state.
 *   So live mode is left, and nothing is tracked any more. A root that is freed
 *   without its hook would stay in the registry, and its memory become another table.
 * - The hooks call into the module for ever, so it must never be unloaded. It pins
 *   itself as soon as a sync point notices.
 *
 * How it is noticed, and when. The kernel's word goes from 0 to 1 once. Each switch
 * reads it, and so does each other sync point. The first sync point that finds the
 * word set rings, and the interrupt takes a reference to the module before it starts
 * the worker. If the module is being unloaded already, taking the reference fails,
 * and the exit function reads the word instead: before it takes anything down, and
 * again after it has taken the hooks out, where it also gets from each hook whether
 * it is out. If ftrace is dead, the exit function does not return, and what the hooks
 * use is still there. If ftrace dies between the last look and the end of the module
 * that does no harm: no hook of ours is in.
 *
 * A thread that goes live or begins to track meanwhile reads the word with the mutex
 * held under which it works; the worker takes the same mutex after a sync point has
 * found the word set. So either the worker undoes what the thread did, or the thread
 * finds the word set.
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
	/* Fails during an unload: then the exit function reads the word. */
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
 * pgdm_ftrace_death_stay() - some hooks cannot be taken out: never unload
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
