// SPDX-License-Identifier: GPL-2.0
/*
 * Returns to user mode, for the policies that sync there.
 *
 * A user return notifier belongs to a CPU: the kernel marks the thread that runs
 * there, moves the mark to the next thread at switches, and calls the notifier, with
 * IRQs off, each time a marked thread returns. A thread on that CPU enters the
 * notifier and takes it out, and not an interrupt: KVM changes the same list with
 * preemption off and IRQs on, and an interrupt could find the list half changed.
 *
 * An NMI that interrupted user mode returns there without a call; what it has done
 * needs no sync before the next return.
 */
#include "user_return.h"

#include <linux/cpu.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/user-return-notifier.h>

#include "inject.h"
#include "sync_points.h"

#ifdef CONFIG_USER_RETURN_NOTIFIER

struct entry {
	struct user_return_notifier notifier;
	bool is_in;
};

static DEFINE_PER_CPU(struct entry, entries);	/* local CPU, IRQs off */
static bool wanted;				/* cpus_read_lock() */

static void on_return(struct user_return_notifier *notifier)
{
	pgdm_sync_points_user_return();
}

static void set_here(bool in)
{
	struct entry *e = this_cpu_ptr(&entries);

	if (in == e->is_in)
		return;
	e->is_in = in;
	e->notifier.on_user_return = on_return;
	if (in)
		user_return_notifier_register(&e->notifier);
	else
		user_return_notifier_unregister(&e->notifier);
}

static int follow(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	set_here(wanted);
	local_irq_restore(flags);
	return 0;
}

/**
 * pgdm_user_return_exist() - has this kernel notifiers of returns to user mode?
 */
bool pgdm_user_return_exist(void)
{
	return !pgdm_inject_hidden("user_return_notifier_register");
}

/**
 * pgdm_user_return_set() - begin or stop to listen, on all CPUs
 * @on: which
 *
 * When this returns after a stop, no CPU is in our handler or calls it again: the
 * handler runs with IRQs off, on the CPU on which a thread has taken it out.
 *
 * Context: process; one caller at a time.
 */
void pgdm_user_return_set(bool on)
{
	unsigned int cpu;

	cpus_read_lock();
	if (wanted != on) {
		wanted = on;
		for_each_online_cpu(cpu)
			smp_call_on_cpu(cpu, follow, NULL, false);
	}
	cpus_read_unlock();
}

/**
 * pgdm_user_return_cpu_up() - this CPU has come up
 *
 * Context: IRQs off, CPU hotplug.
 */
void pgdm_user_return_cpu_up(void)
{
	set_here(wanted);
}

/**
 * pgdm_user_return_cpu_down() - this CPU goes down
 *
 * Context: IRQs off, CPU hotplug.
 */
void pgdm_user_return_cpu_down(void)
{
	set_here(false);
}

#else

bool pgdm_user_return_exist(void)
{
	return false;
}

void pgdm_user_return_set(bool on)
{
}

void pgdm_user_return_cpu_up(void)
{
}

void pgdm_user_return_cpu_down(void)
{
}

#endif
