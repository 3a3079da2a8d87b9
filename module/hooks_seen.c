// SPDX-License-Identifier: GPL-2.0
/*
 * What the hooks were seen to do (X1), for loading, live mode and preflight.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hooks_seen.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/seq_file.h>

#include "ftrace.h"
#include "hook_table.h"
#include "hooks.h"
#include "probe.h"
#include "prove.h"

/*
 * A machine that can only have one CPU sends no flush to another. If another CPU may
 * come up later, the load does not depend on it, but live mode does.
 */
static unsigned int not_seen(const struct pgdm_hook *h, bool live)
{
	unsigned int must_see = h->must_see;

	if (!must_see)
		return 0;
	if (!pgdm_prove_has_there() && (!live || num_possible_cpus() == 1))
		must_see &= ~PGDM_SEEN_THERE;
	return must_see & ~atomic_read(h->seen);
}

static const char *not_seen_what(unsigned int bits)
{
	switch (bits) {
	case PGDM_SEEN_THERE:
		return pgdm_prove_has_there() ?
			"never seen to fire on a CPU that another one flushes" :
			"not seen to fire on a CPU that another one flushes, as there was one CPU";
	case PGDM_SEEN_REMOVED:
		return "never seen to fire when an entry is removed";
	default:
		return "never seen to fire";
	}
}

static const char *seen_what(const struct pgdm_hook *h)
{
	if ((h->must_see & PGDM_SEEN_THERE) && !pgdm_prove_has_there())
		return "seen to fire; there is one CPU";
	return "seen to fire";
}

static const char *remedy(unsigned int bits)
{
	return bits == PGDM_SEEN_THERE && !pgdm_prove_has_there() ?
		"bring up another CPU and load the module again" :
		"this kernel was compiled in a way that cannot be hooked, use another";
}

/**
 * pgdm_hooks_seen() - were the hooks seen to fire? (X1)
 * @live: ask for what live mode needs, too
 *
 * That a hook was seen when the module loaded holds as long as the kernel runs.
 *
 * Context: process, after pgdm_prove().
 * Return: 0, or -EOPNOTSUPP; the first hook that was not, and the reason, are logged.
 */
int pgdm_hooks_seen(bool live)
{
	unsigned int i, bits;

	for (i = 0; i < pgdm_nr_hooks; i++) {
		const struct pgdm_hook *h = &pgdm_hook_table[i];

		if ((h->for_live && !live) || (h->wanted && !h->wanted()))
			continue;
		bits = not_seen(h, live);
		if (!bits)
			continue;
		pr_err("%s, %s: %s: %s; %s\n",
		       live ? "live: refused" : "not loaded", h->symbol,
		       h->purpose, not_seen_what(bits), remedy(bits));
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * pgdm_hooks_seen_show() - print a line for each hook
 * @seq: where to
 */
void pgdm_hooks_seen_show(struct seq_file *seq)
{
	unsigned int i;

	for (i = 0; i < pgdm_nr_hooks; i++) {
		const struct pgdm_hook *h = &pgdm_hook_table[i];

		if (h->wanted && !h->wanted())
			continue;
		if (!h->armed && !h->for_flushes)
			seq_printf(seq, "FAIL %s: %s: not hooked; load the module again\n",
				   h->symbol, h->purpose);
		else if (pgdm_hooks_is_on_ftrace(h) && pgdm_ftrace_is_dead())
			seq_printf(seq, "FAIL %s: %s: ftrace has died; boot again\n",
				   h->symbol, h->purpose);
		else if ((h->kp || h->rp) && pgdm_probe_is_silenced())
			seq_printf(seq, "FAIL %s: %s: kprobes are disarmed; write 1 to debugfs kprobes/enabled\n",
				   h->symbol, h->purpose);
		else if (not_seen(h, true))
			seq_printf(seq, "FAIL %s: %s: %s; %s\n", h->symbol,
				   h->purpose, not_seen_what(not_seen(h, true)),
				   remedy(not_seen(h, true)));
		else if (!h->armed)
			seq_printf(seq, "ok %s: %s: armed while something is tracked\n",
				   h->symbol, h->purpose);
		else if (!h->must_see)
			seq_printf(seq, "ok %s: %s: hooked, not provoked: %s\n",
				   h->symbol, h->purpose, h->not_provoked);
		else
			seq_printf(seq, "ok %s: %s: hooked, %s\n", h->symbol,
				   h->purpose, seen_what(h));
	}
}
