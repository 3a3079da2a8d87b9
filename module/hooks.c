// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks: one table, a row for each place in the kernel.
 *
 * The order matters. Deaths are hooked before births, so that no entry of the
 * registry outlives its root; writes before anything that makes a mirror; the
 * end of a flush before the freed tables that wait for one, so that no record
 * misses its flush and is still there when the table is used again. They are
 * undone in reverse.
 *
 * DOC: hooks that are in only while something is tracked
 *
 * Each page of a flush passes a hook, whatever is tracked. So the hooks of flushes
 * are taken out while nothing is, and put in, in process context, before anything
 * is (track.c). Loading puts all hooks in first: a kernel that lacks one is refused.
 *
 * Put in: a flush that is under way on a CPU has passed them, and goes without a
 * sync. It runs with IRQs off, and that CPU comes to its first mirror by a switch
 * or an IPI, later: what the flush is for is missing in the primary by then, and
 * the first copy is a full one. When registering returns, all CPUs run the new text.
 * Taken out: nothing is tracked, so no mirror has a primary, and there is nothing to
 * sync. A CPU may be between receipt and invalidation. The receipt stays noted, and
 * one invalidation that is no flush's syncs when the hooks are in again, which is
 * harmless: with IRQs off, a CPU may sync the mirror that it has loaded at any time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hooks.h"

#include <linux/cpumask.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/seq_file.h>
#include <linux/tracepoint.h>

#include "core/bug.h"
#include "ftrace.h"
#include "inject.h"
#include "oracle.h"
#include "points.h"
#include "prove.h"
#include "signals.h"
#include "symbols.h"

enum hook_kind { ON_ENTRY, ON_RETURN, FTRACE, TRACEPOINT };

/**
 * struct hook - one row
 * @symbol: the function or tracepoint, the same on all kernels supported
 * @kind: how it is hooked
 * @purpose: for preflight
 * @wanted: NULL, or does this kernel, or this load, need the row?
 * @for_flushes: taken out while nothing is tracked; its @kind is FTRACE
 * @kp: if @kind is ON_ENTRY
 * @rp: if @kind is ON_RETURN
 * @ops: if @kind is FTRACE
 * @probe: if @kind is TRACEPOINT
 * @tp: the tracepoint found
 * @filtered: have @ops a filter, which is to be freed?
 * @seen: bits of enum pgdm_seen; what it was seen to notice (X1)
 * @must_see: those that it has to be seen to notice
 * @for_live: if it was not, live mode is refused, and otherwise the load
 * @armed: is it in place?
 * @deaf: seeded: it only seems to be
 */
struct hook {
	const char *symbol;
	enum hook_kind kind;
	const char *purpose;
	bool (*wanted)(void);
	bool for_flushes;
	struct kprobe *kp;
	struct kretprobe *rp;
	struct ftrace_ops *ops;
	void *probe;
	struct tracepoint *tp;
	bool filtered;
	atomic_t *seen;
	unsigned int must_see;
	bool for_live;
	bool armed;
	bool deaf;
};

/* --- was a hook seen to fire? -------------------------------------------- */

/* A handler's: of two rows that share one, a load arms only one. */
static atomic_t death_seen, write_seen, addition_seen, birth_seen,
		invalidate_all_seen, invalidate_one_seen, receipt_seen,
		fault_seen, switch_seen, table_freed_seen, flush_mm_seen;

static __always_inline void note(atomic_t *seen)
{
	if (pgdm_prove_is_on())
		atomic_or(pgdm_prove_who(), seen);
}

static void note_write(unsigned long word, u64 value)
{
	unsigned int seen = pgdm_prove_write(word, value);

	if (seen != PGDM_SEEN_REMOVED || !pgdm_inject_unmet("removal"))
		atomic_or(seen, &write_seen);
}

static void note_receipt(void)
{
	unsigned int who = pgdm_prove_who();

	if (!pgdm_inject_unmet(who == PGDM_SEEN_HERE ? "local_flush" :
						       "remote_flush"))
		atomic_or(who, &receipt_seen);
}

/* --- a root entry is written ------------------------------------------- */

static int write_entry(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned long flags;

	if (pgdm_prove_is_on())
		note_write(regs_get_kernel_argument(regs, 0),
			   regs_get_kernel_argument(regs, 1));
	local_irq_save(flags);
	pgdm_points_write(regs_get_kernel_argument(regs, 0),
			  regs_get_kernel_argument(regs, 1));
	local_irq_restore(flags);
	return 0;
}

/* The probe of root writes; its nmissed is H1's counter. */
struct kprobe pgdm_hooks_write = { .pre_handler = write_entry };

/*
 * The level trap: a root entry is a p4d on 4-level paging, a pgd on 5-level.
 * On 5-level native_set_p4d() writes the next table down, and must not be
 * taken for a root.
 */
static bool is_4_level(void)
{
	return !pgtable_l5_enabled();
}

static bool is_5_level(void)
{
	return pgtable_l5_enabled();
}

/* --- a root entry was added ---------------------------------------------- */

struct addition {
	struct mm_struct *mm;
	u64 seq;
	bool of_interest;
};

static int addition_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct addition *a = (struct addition *)ri->data;

	a->mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0);
	a->of_interest = pgdm_signals_before(a->mm, &a->seq);
	/* Not zero: do not come back at the return. */
	return !a->of_interest && !pgdm_prove_is_on();
}

NOKPROBE_SYMBOL(addition_entry);

static int addition_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct addition *a = (struct addition *)ri->data;

	note(&addition_seen);
	if (a->of_interest)
		pgdm_signals_after(a->mm, a->seq);
	return 0;
}

NOKPROBE_SYMBOL(addition_return);

/*
 * How many tasks a probe on a return can follow at once. A function that may sleep
 * for memory can have any number of them inside; what is missed then is made good:
 * births by track.c, additions as said below, ends of flushes, in which tasks are
 * preempted, by the oracle's count of what it did not check. 64 bytes each, four
 * probes: 32 MiB with 8,192 CPUs.
 */
#define INSTANCES_MIN		256
#define INSTANCES_PER_CPU	16

static int instances(void)
{
	return pgdm_inject_instances(max_t(int, INSTANCES_MIN,
					   INSTANCES_PER_CPU * num_possible_cpus()));
}

/*
 * It may sleep for memory. One that is missed sends nothing, and the CPUs that
 * lack the entry fault on it (S4). Armed whatever the policy, so that a change
 * of policy patches nothing.
 */
static struct kretprobe addition_rp = {
	.entry_handler = addition_entry,
	.handler = addition_return,
	.data_size = sizeof(struct addition),
};

/* --- an mm is born, dies ------------------------------------------------ */

struct birth {
	struct mm_struct *mm;
};

static int birth_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct birth *b = (struct birth *)ri->data;

	b->mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0);
	if (pgdm_bug(hold_birth))
		pgdm_bug_pause();
	return 0;
}

NOKPROBE_SYMBOL(birth_entry);

static int birth_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct birth *b = (struct birth *)ri->data;
	unsigned long root = regs_return_value(regs);

	note(&birth_seen);
	if (root)
		pgdm_points_birth(b->mm, root);
	return 0;
}

NOKPROBE_SYMBOL(birth_return);

/* pgd_alloc() may sleep for memory: many can be under way. */
static struct kretprobe birth_rp = {
	.entry_handler = birth_entry,
	.handler = birth_return,
	.data_size = sizeof(struct birth),
};

static void death_entry(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	note(&death_seen);
	pgdm_points_death(regs_get_kernel_argument(regs, 1));
}

/* H1: permanent, so that writing 0 to ftrace_enabled cannot silence it. */
static struct ftrace_ops death_ops = {
	.func = death_entry,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT,
};

/* --- switch, flush receipt, fault --------------------------------------- */

static void switch_probe(void *data, int reason, unsigned long pages)
{
	if (reason != TLB_FLUSH_ON_TASK_SWITCH)
		return;
	note(&switch_seen);
	pgdm_points_switch();
}

static void receipt_entry(unsigned long ip, unsigned long parent_ip,
			  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (pgdm_prove_is_on())
		note_receipt();
	pgdm_points_receipt();
}

static struct ftrace_ops receipt_ops = {
	.func = receipt_entry,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

/* Of everything, and of a page: whichever a flush comes to. */
static void invalidate_all_entry(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	note(&invalidate_all_seen);
	pgdm_points_invalidation();
}

static struct ftrace_ops invalidate_all_ops = {
	.func = invalidate_all_entry,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static void invalidate_one_entry(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	note(&invalidate_one_seen);
	pgdm_points_invalidation();
}

static struct ftrace_ops invalidate_one_ops = {
	.func = invalidate_one_entry,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static void fault_probe(void *data, unsigned long address,
			struct pt_regs *regs, unsigned long error_code)
{
	note(&fault_seen);
	pgdm_points_fault(address);
}

/* --- the oracle --------------------------------------------------------- */

static void table_freed_entry(unsigned long ip, unsigned long parent_ip,
			      struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	note(&table_freed_seen);
	pgdm_oracle_table_freed((void *)regs_get_kernel_argument(regs, 0),
				(void *)regs_get_kernel_argument(regs, 1));
}

static struct ftrace_ops table_freed_ops = {
	.func = table_freed_entry,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT,
};

static int flush_mm_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct birth *b = (struct birth *)ri->data;

	note(&flush_mm_seen);
	pgdm_oracle_flushed(b->mm);
	return 0;
}

NOKPROBE_SYMBOL(flush_mm_return);

static struct kretprobe flush_mm_rp = {
	.entry_handler = birth_entry,
	.handler = flush_mm_return,
	.data_size = sizeof(struct birth),
};

static bool oracle_4_level(void)
{
	return pgdm_oracle_is_on() && is_4_level();
}

static bool oracle_5_level(void)
{
	return pgdm_oracle_is_on() && is_5_level();
}

/* --- the table ---------------------------------------------------------- */

/* A fault in user mode is not provoked (prove.c): nothing must be seen of it. */
static struct hook hooks[] = {
	{ .symbol = "pgd_free", .kind = FTRACE, .ops = &death_ops,
	  .seen = &death_seen, .must_see = PGDM_SEEN_HERE,
	  .purpose = "the end of an mm" },
	{ .symbol = "native_set_p4d", .kind = ON_ENTRY, .kp = &pgdm_hooks_write,
	  .seen = &write_seen, .must_see = PGDM_SEEN_ADDED | PGDM_SEEN_REMOVED,
	  .wanted = is_4_level, .purpose = "root writes, 4-level" },
	{ .symbol = "native_set_pgd", .kind = ON_ENTRY, .kp = &pgdm_hooks_write,
	  .seen = &write_seen, .must_see = PGDM_SEEN_ADDED | PGDM_SEEN_REMOVED,
	  .wanted = is_5_level, .purpose = "root writes, 5-level" },
	{ .symbol = "__pud_alloc", .kind = ON_RETURN, .rp = &addition_rp,
	  .seen = &addition_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = is_4_level, .purpose = "additions, 4-level" },
	{ .symbol = "__p4d_alloc", .kind = ON_RETURN, .rp = &addition_rp,
	  .seen = &addition_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = is_5_level, .purpose = "additions, 5-level" },
	{ .symbol = "pgd_alloc", .kind = ON_RETURN, .rp = &birth_rp,
	  .seen = &birth_seen, .must_see = PGDM_SEEN_HERE,
	  .purpose = "the birth of an mm" },
	{ .symbol = "native_flush_tlb_local", .kind = FTRACE, .for_flushes = true,
	  .seen = &invalidate_all_seen, .must_see = PGDM_SEEN_HERE,
	  .for_live = true, .ops = &invalidate_all_ops,
	  .purpose = "invalidation" },
	{ .symbol = "native_flush_tlb_one_user", .kind = FTRACE, .for_flushes = true,
	  .seen = &invalidate_one_seen, .must_see = PGDM_SEEN_HERE,
	  .for_live = true, .ops = &invalidate_one_ops,
	  .purpose = "invalidation of a page" },
	{ .symbol = "flush_tlb_func", .kind = FTRACE, .for_flushes = true,
	  .seen = &receipt_seen, .must_see = PGDM_SEEN_HERE | PGDM_SEEN_THERE,
	  .for_live = true, .ops = &receipt_ops, .purpose = "flush receipt" },
	{ .symbol = "page_fault_user", .kind = TRACEPOINT,
	  .probe = fault_probe, .purpose = "faults in user mode" },
	{ .symbol = "page_fault_kernel", .kind = TRACEPOINT,
	  .seen = &fault_seen, .must_see = PGDM_SEEN_HERE, .for_live = true,
	  .probe = fault_probe, .purpose = "faults in kernel mode" },
	{ .symbol = "tlb_flush", .kind = TRACEPOINT,
	  .seen = &switch_seen, .must_see = PGDM_SEEN_HERE, .for_live = true,
	  .probe = switch_probe, .purpose = "switches" },
	{ .symbol = "flush_tlb_mm_range", .kind = ON_RETURN, .rp = &flush_mm_rp,
	  .seen = &flush_mm_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = pgdm_oracle_is_on, .purpose = "oracle, end of a flush" },
	{ .symbol = "___pud_free_tlb", .kind = FTRACE, .ops = &table_freed_ops,
	  .seen = &table_freed_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = oracle_4_level, .purpose = "oracle, freed tables" },
	{ .symbol = "___p4d_free_tlb", .kind = FTRACE, .ops = &table_freed_ops,
	  .seen = &table_freed_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = oracle_5_level, .purpose = "oracle, freed tables" },
};

/*
 * By address: by name, ftrace looks up the names of all functions there are. The
 * filter stays when the hook is taken out, until the module goes.
 */
static int arm_ftrace(struct hook *h)
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

static void free_filter(struct hook *h)
{
	if (h->filtered)
		ftrace_free_filter(h->ops);
	h->filtered = false;
}

static int arm_tracepoint(struct hook *h)
{
	h->tp = pgdm_symbols_tracepoint(h->symbol);
	return h->tp ? tracepoint_probe_register(h->tp, h->probe, NULL) :
		       -ENOENT;
}

static int arm_kprobe_on_writer(struct hook *h)
{
	int ret = register_kprobe(h->kp);

	if (!ret && pgdm_inject_deaf(h->symbol))
		ret = disable_kprobe(h->kp);
	if (ret || pgdm_symbols_writes_natively(h->kp->addr))
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

static int arm(struct hook *h)
{
	if (pgdm_inject_hidden(h->symbol))
		return -ENOENT;
	if (pgdm_inject_failure())
		return -ENOMEM;
	if (pgdm_inject_deaf(h->symbol) && h->kind != ON_ENTRY) {
		h->deaf = true;
		return 0;
	}
	switch (h->kind) {
	case ON_ENTRY:
		h->kp->symbol_name = h->symbol;
		return arm_kprobe_on_writer(h);
	case ON_RETURN:
		h->rp->kp.symbol_name = h->symbol;
		h->rp->maxactive = instances();
		return register_kretprobe(h->rp);
	case FTRACE:
		return arm_ftrace(h);
	case TRACEPOINT:
		return arm_tracepoint(h);
	}
	return -EINVAL;
}

/* A kprobe at a function's entry is ftrace's, where the function can be traced. */
static bool is_on_ftrace(const struct hook *h)
{
	switch (h->kind) {
	case ON_ENTRY:
		return kprobe_ftrace(h->kp);
	case ON_RETURN:
		return kprobe_ftrace(&h->rp->kp);
	default:
		return h->kind == FTRACE;
	}
}

static int take_out(struct hook *h)
{
	int ret = 0;

	if (h->deaf)
		return 0;
	switch (h->kind) {
	case ON_ENTRY:
		unregister_kprobe(h->kp);
		break;
	case ON_RETURN:
		unregister_kretprobe(h->rp);
		break;
	case FTRACE:
		ret = unregister_ftrace_function(h->ops);
		break;
	case TRACEPOINT:
		ret = tracepoint_probe_unregister(h->tp, h->probe, NULL);
		break;
	}
	return ret;
}

/*
 * Death is looked for before, as the kernel warns about a kprobe that a dead ftrace
 * keeps; and after, as taking this one out may be what ftrace died of, and a
 * kprobe does not tell. In doubt the hook is in.
 */
static int disarm(struct hook *h)
{
	bool may_fail = is_on_ftrace(h);
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
 * into the module for ever, which must not go. Those before it in the table are in
 * as well, on which it may rely.
 */
int pgdm_hooks_disarm(void)
{
	int i, ret = 0;

	for (i = ARRAY_SIZE(hooks) - 1; i >= 0 && !ret; i--) {
		ret = hooks[i].armed ? disarm(&hooks[i]) : 0;
		if (!ret)
			free_filter(&hooks[i]);
		else
			pr_err("cannot take %s out: error %d\n",
			       hooks[i].symbol, ret);
	}
	tracepoint_synchronize_unregister();
	return ret;
}

/* Of those that are wanted: in place already, or put there. */
static int arm_or_complain(struct hook *h)
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
 * logged. Those before it are in: pgdm_hooks_disarm() tells whether they go.
 */
int pgdm_hooks_arm(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		struct hook *h = &hooks[i];

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
 * Context: may sleep; the caller lets nobody else arm or disarm.
 */
void pgdm_hooks_disarm_flushes(void)
{
	int i;

	for (i = ARRAY_SIZE(hooks) - 1; i >= 0; i--)
		if (hooks[i].for_flushes && hooks[i].armed)
			disarm(&hooks[i]);
}

/**
 * pgdm_hooks_arm_flushes() - have the hooks of flushes in place
 *
 * To be called before anything is tracked.
 *
 * Context: may sleep; the caller lets nobody else arm or disarm.
 * Return: 0, or the error of the hook that failed; its symbol has been logged, and
 * all of them are out.
 */
int pgdm_hooks_arm_flushes(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!hooks[i].for_flushes)
			continue;
		ret = arm_or_complain(&hooks[i]);
		if (ret) {
			pgdm_hooks_disarm_flushes();
			return ret;
		}
	}
	return 0;
}

/**
 * pgdm_hooks_missed() - how often the write probe was missed (H1)
 *
 * Return: the kernel's own counter, valid as long as the module is.
 */
unsigned long *pgdm_hooks_missed(void)
{
	return &pgdm_hooks_write.nmissed;
}

/**
 * pgdm_hooks_missed_births() - how many newborns the probe missed
 */
unsigned long pgdm_hooks_missed_births(void)
{
	return READ_ONCE(birth_rp.nmissed) + READ_ONCE(birth_rp.kp.nmissed);
}

/**
 * pgdm_hooks_missed_flushes() - how many ends of flushes the oracle missed
 */
unsigned long pgdm_hooks_missed_flushes(void)
{
	return READ_ONCE(flush_mm_rp.nmissed) + READ_ONCE(flush_mm_rp.kp.nmissed);
}

/**
 * pgdm_hooks_ok() - is everything that is wanted in place?
 */
bool pgdm_hooks_ok(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!hooks[i].armed && !hooks[i].for_flushes &&
		    !(hooks[i].wanted && !hooks[i].wanted()))
			return false;
	return !pgdm_hooks_silenced();
}

/*
 * A machine that has one CPU and can have no other flushes no other. If another may
 * come later, loading does not wait for it, and live mode does.
 */
static unsigned int not_seen(const struct hook *h, bool live)
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

static const char *seen_what(const struct hook *h)
{
	if (!h->must_see)
		return "not provoked: page_fault_kernel stands for it";
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
 * pgdm_hooks_proved() - were the hooks seen to fire? (X1)
 * @live: ask for what live mode needs, too
 *
 * That a hook was seen when the module loaded holds as long as the kernel runs.
 *
 * Context: process, after pgdm_prove().
 * Return: 0, or -EOPNOTSUPP with the first that was not, and the reason, logged.
 */
int pgdm_hooks_proved(bool live)
{
	unsigned int i, bits;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		const struct hook *h = &hooks[i];

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
 * pgdm_hooks_preflight() - print a line for each hook
 * @seq: where to
 */
void pgdm_hooks_preflight(struct seq_file *seq)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		const struct hook *h = &hooks[i];

		if (h->wanted && !h->wanted())
			continue;
		if (!h->armed && !h->for_flushes)
			seq_printf(seq, "FAIL %s: %s: not hooked; load the module again\n",
				   h->symbol, h->purpose);
		else if (is_on_ftrace(h) && pgdm_ftrace_is_dead())
			seq_printf(seq, "FAIL %s: %s: ftrace has died; boot again\n",
				   h->symbol, h->purpose);
		else if ((h->kp || h->rp) && pgdm_hooks_silenced())
			seq_printf(seq, "FAIL %s: %s: kprobes are disarmed; write 1 to debugfs kprobes/enabled\n",
				   h->symbol, h->purpose);
		else if (not_seen(h, true))
			seq_printf(seq, "FAIL %s: %s: %s; %s\n", h->symbol,
				   h->purpose, not_seen_what(not_seen(h, true)),
				   remedy(not_seen(h, true)));
		else if (!h->armed)
			seq_printf(seq, "ok %s: %s: armed while something is tracked\n",
				   h->symbol, h->purpose);
		else
			seq_printf(seq, "ok %s: %s: hooked, %s\n", h->symbol,
				   h->purpose, seen_what(h));
	}
}
