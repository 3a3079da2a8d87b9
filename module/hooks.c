// SPDX-License-Identifier: GPL-2.0
/*
 * Putting the hooks in, and taking them out.
 *
 * DOC: hooks that are in only while something is tracked
 *
 * Each page of a flush passes a hook, of any mm. So the hooks of flushes are taken
 * out while nothing is tracked, and put in, in process context, before anything is
 * tracked (track.c). Loading puts all hooks in first: a kernel that lacks one is
 * refused.
 *
 * Put in: a flush that is under way on a CPU has passed them, and goes without a
 * sync. It runs with IRQs off, and that CPU comes to its first mirror by a switch
 * or an IPI, later: by then the primary lacks the entry that the flush is for, and
 * the first copy does not have it either. When registering returns, all CPUs run the
 * new text.
 * Taken out: nothing is tracked, so no mirror has a primary, and there is nothing to
 * sync. A CPU may be between receipt and invalidation. The receipt stays noted, and
 * when the hooks are in again one invalidation that belongs to no flush syncs. This
 * is harmless: with IRQs off, a CPU may sync the mirror that it has loaded at any
 * time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hooks.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "ftrace.h"
#include "hook_table.h"
#include "inject.h"
#include "probe.h"
#include "symbols.h"

/*
 * How many tasks a probe on a return can follow at once. In a function that may
 * sleep for memory there can be any number of tasks. A birth that is missed then is
 * found by strays.c; for an addition the CPUs fault (hook_table.c); for the end of a
 * flush, in which a task can be preempted, the oracle counts the tables that it did
 * not check. 64 bytes each, four probes: 32 MiB with 8,192 CPUs.
 */
#define INSTANCES_MIN		256
#define INSTANCES_PER_CPU	16

static int instances(void)
{
	return pgdm_inject_instances(max_t(int, INSTANCES_MIN,
					   INSTANCES_PER_CPU * num_possible_cpus()));
}

/*
 * By address: by name, ftrace looks up the names of all functions there are. The
 * filter stays when the hook is taken out, until the module is unloaded.
 */
static int arm_ftrace(struct pgdm_hook *h)
{
	unsigned long address = pgdm_symbols_address(h->symbol);
	int ret;

	if (!address)
		return -ENOENT;
	if (!h->filtered) {
		ret = ftrace_set_filter_ip(h->ops, address, 0, 1);
		if (ret)
			return ret;
		h->filtered = true;
	}
	return register_ftrace_function(h->ops);
}

static void free_filter(struct pgdm_hook *h)
{
	if (h->filtered)
		ftrace_free_filter(h->ops);
	h->filtered = false;
}

static int arm_tracepoint(struct pgdm_hook *h)
{
	h->tp = pgdm_symbols_tracepoint(h->symbol);
	return h->tp ? tracepoint_probe_register(h->tp, h->probe, NULL) :
		       -ENOENT;
}

/* How far into the function is the call of ftrace over? 0: it has none. */
static unsigned int behind_ftrace(unsigned long function)
{
	static const u8 nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 }, call = 0xe8;
	unsigned int endbr;

	for (endbr = 0; endbr <= 4; endbr += 4) {
		const u8 *text = (const u8 *)function + endbr;

		if (!memcmp(text, nop, sizeof(nop)) || *text == call)
			return endbr + sizeof(nop);
	}
	return 0;
}

/*
 * Behind the call of ftrace at the function's beginning: there the arguments are the same,
 * and the probe is an instruction of its own, of which can be seen whether it is there
 * (pgdm_probe_is_silenced()).
 */
static int arm_kprobe(struct pgdm_hook *h)
{
	unsigned long function = pgdm_symbols_address(h->symbol);
	int ret;

	if (!function)
		return -ENOENT;
	h->kp->addr = (kprobe_opcode_t *)(function + behind_ftrace(function));
	h->kp->pre_handler = h->on_entry;
	ret = register_kprobe(h->kp);
	if (!ret && pgdm_inject_deaf(h->symbol))
		ret = disable_kprobe(h->kp);
	if (ret || !h->may_hook || h->may_hook((void *)function))
		return ret;
	unregister_kprobe(h->kp);
	return -EOPNOTSUPP;
}

static const char *why(int error)
{
	switch (error) {
	case -ENOMEM:
		return "no memory";
	case -ENODEV:
		return "ftrace has died, boot again";
	case -EBUSY:
		return "ftrace is off, write 1 to /proc/sys/kernel/ftrace_enabled";
	case -EOPNOTSUPP:
		return "root tables are written by another function here";
	default:
		return "missing in this kernel";
	}
}

static int arm(struct pgdm_hook *h)
{
	if (pgdm_inject_hidden(h->symbol))
		return -ENOENT;
	if (pgdm_inject_failure())
		return -ENOMEM;
	if (pgdm_inject_deaf(h->symbol) && h->kind != PGDM_ON_ENTRY) {
		h->deaf = true;
		return 0;
	}
	switch (h->kind) {
	case PGDM_ON_ENTRY:
		return arm_kprobe(h);
	case PGDM_ON_RETURN:
		h->rp->kp.symbol_name = h->symbol;
		h->rp->entry_handler = h->on_call;
		h->rp->handler = h->on_return;
		h->rp->data_size = h->data_size;
		h->rp->maxactive = instances();
		return register_kretprobe(h->rp);
	case PGDM_FTRACE:
		return arm_ftrace(h);
	case PGDM_TRACEPOINT:
		return arm_tracepoint(h);
	}
	return -EINVAL;
}

/**
 * pgdm_hooks_is_on_ftrace() - does ftrace carry this hook?
 * @h: its row
 *
 * A kprobe at a function's entry is ftrace's, where the function can be traced.
 */
bool pgdm_hooks_is_on_ftrace(const struct pgdm_hook *h)
{
	switch (h->kind) {
	case PGDM_ON_ENTRY:
		return kprobe_ftrace(h->kp);
	case PGDM_ON_RETURN:
		return kprobe_ftrace(&h->rp->kp);
	default:
		return h->kind == PGDM_FTRACE;
	}
}

static int take_out(struct pgdm_hook *h)
{
	int ret = 0;

	if (h->deaf)
		return 0;
	switch (h->kind) {
	case PGDM_ON_ENTRY:
		unregister_kprobe(h->kp);
		break;
	case PGDM_ON_RETURN:
		unregister_kretprobe(h->rp);
		break;
	case PGDM_FTRACE:
		ret = unregister_ftrace_function(h->ops);
		break;
	case PGDM_TRACEPOINT:
		ret = tracepoint_probe_unregister(h->tp, h->probe, NULL);
		break;
	}
	return ret;
}

/*
 * The death of ftrace is looked for before, as the kernel warns about a kprobe that a
 * dead ftrace keeps; and after, as ftrace may have died while it took this hook out,
 * and taking out a kprobe returns no error. In doubt the hook counts as in.
 */
static int disarm(struct pgdm_hook *h)
{
	bool may_fail = pgdm_hooks_is_on_ftrace(h);
	int ret;

	if (may_fail && pgdm_ftrace_is_dead())
		return -ENODEV;
	ret = take_out(h);
	if (!ret && may_fail && pgdm_ftrace_is_dead())
		ret = -ENODEV;
	if (ret)
		return ret;
	h->armed = false;
	return 0;
}

/**
 * pgdm_hooks_disarm() - take all hooks out, in reverse
 *
 * Context: may sleep.
 * Return: 0, or the error of the first hook that is still in, or may be: it calls
 * into the module for ever, so the module must not be unloaded. The hooks before it
 * in the table, on which it may rely, are in as well.
 */
int pgdm_hooks_disarm(void)
{
	int i, ret = 0;

	for (i = pgdm_nr_hooks - 1; i >= 0 && !ret; i--) {
		ret = pgdm_hook_table[i].armed ? disarm(&pgdm_hook_table[i]) : 0;
		if (!ret)
			free_filter(&pgdm_hook_table[i]);
		else
			pr_err("cannot take %s out: error %d\n",
			       pgdm_hook_table[i].symbol, ret);
	}
	tracepoint_synchronize_unregister();
	return ret;
}

/* Of those that are wanted: in place already, or put there. */
static int arm_or_complain(struct pgdm_hook *h)
{
	int ret = h->armed ? 0 : arm(h);

	if (ret)
		pr_err("cannot hook %s (%s): %s, error %d\n", h->symbol,
		       h->purpose, why(ret), ret);
	else
		h->armed = true;
	return ret;
}

/**
 * pgdm_hooks_arm() - put all hooks in
 *
 * Context: may sleep.
 * Return: 0, or the error of the first hook that failed; its symbol has been
 * logged. Those before it are in: call pgdm_hooks_disarm(), which may fail as well.
 */
int pgdm_hooks_arm(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < pgdm_nr_hooks; i++) {
		struct pgdm_hook *h = &pgdm_hook_table[i];

		if (h->wanted && !h->wanted())
			continue;
		ret = arm_or_complain(h);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * pgdm_hooks_disarm_flushes() - take the hooks of flushes out
 *
 * Nothing is tracked, and nothing will be before pgdm_hooks_arm_flushes().
 *
 * Context: may sleep; the caller keeps other threads from arming and disarming.
 */
void pgdm_hooks_disarm_flushes(void)
{
	int i;

	for (i = pgdm_nr_hooks - 1; i >= 0; i--)
		if (pgdm_hook_table[i].for_flushes && pgdm_hook_table[i].armed)
			disarm(&pgdm_hook_table[i]);
}

/**
 * pgdm_hooks_arm_flushes() - have the hooks of flushes in place
 *
 * To be called before anything is tracked.
 *
 * Context: may sleep; the caller keeps other threads from arming and disarming.
 * Return: 0, or the error of the hook that failed; its symbol has been logged, and
 * all of them are out.
 */
int pgdm_hooks_arm_flushes(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < pgdm_nr_hooks; i++) {
		if (!pgdm_hook_table[i].for_flushes)
			continue;
		ret = arm_or_complain(&pgdm_hook_table[i]);
		if (ret) {
			pgdm_hooks_disarm_flushes();
			return ret;
		}
	}
	return 0;
}

/**
 * pgdm_hooks_ok() - is everything that is wanted in place?
 */
bool pgdm_hooks_ok(void)
{
	unsigned int i;

	for (i = 0; i < pgdm_nr_hooks; i++)
		if (!pgdm_hook_table[i].armed && !pgdm_hook_table[i].for_flushes &&
		    !(pgdm_hook_table[i].wanted && !pgdm_hook_table[i].wanted()))
			return false;
	return !pgdm_probe_is_silenced();
}
