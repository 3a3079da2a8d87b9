// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks: one table, a row for each place in the kernel.
 *
 * The order matters. Deaths are hooked before births, so that no entry of the
 * registry outlives its root; writes before anything that makes a mirror; the
 * end of a flush before the freed tables that wait for one, so that no record
 * misses its flush and is still there when the table is used again. The hooks are
 * taken out in reverse.
 *
 * How they are put in and taken out: hooks.c. Not in the table are three notifiers:
 * of returns to user mode (user_return.c), CPU hotplug (hotplug.c), sleep (live.c).
 */
#include "hook_table.h"

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>

#include "backend.h"
#include "compat/mmu_gather.h"
#include "core/bug.h"
#include "inject.h"
#include "kernel_half.h"
#include "kick.h"
#include "oracle.h"
#include "paravirt.h"
#include "probe.h"
#include "prove.h"
#include "root_life.h"
#include "root_stored.h"
#include "root_write.h"
#include "symbols.h"
#include "sync_points.h"

/* --- was a hook seen to fire? -------------------------------------------- */

/* One a handler: of two rows that share a handler, a load arms only one. */
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

/*
 * What is traced here may have a call chain. The breakpoint has left regs->ip one byte
 * into the function: for the unwinder that is behind the push with which the function
 * begins, so that it would look for the caller one word too far. Until the return it is
 * the function's first instruction.
 *
 * That is for the unwinder only: of this handler's events, or of an NMI that comes
 * meanwhile. The kernel goes on from what is restored. It has found the probe by then, an
 * interrupt cannot come, and another probe that is hit in here has registers of its own.
 * A fault in here is told from one of the probed instruction by its own registers.
 */
static int write_entry(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned long ip = regs->ip;
	unsigned long flags;

	if (pgdm_prove_is_on())
		note_write(regs_get_kernel_argument(regs, 0),
			   regs_get_kernel_argument(regs, 1));
	local_irq_save(flags);
	regs->ip = (unsigned long)kp->addr;
	pgdm_root_write(regs_get_kernel_argument(regs, 0),
			regs_get_kernel_argument(regs, 1));
	regs->ip = ip;
	local_irq_restore(flags);
	return 0;
}

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

static bool set_pgd_4_level(void)
{
	return pgdm_backend_is_set_pgd() && is_4_level();
}

static bool set_pgd_5_level(void)
{
	return pgdm_backend_is_set_pgd() && is_5_level();
}

/* --- the kernel has written root entries (W5) -------------------------- */

/*
 * This probe is one that the kernel optimises to a jump. No unwinder knows the code that is
 * jumped to: the call chain of what is traced here ends with it.
 */
static int removed_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct mmu_gather *tlb =
		(struct mmu_gather *)regs_get_kernel_argument(regs, 0);
	unsigned long flags;

	if (pgdm_prove_is_on() && !pgdm_inject_unmet("removal"))
		atomic_or(pgdm_prove_removed(tlb->mm), &write_seen);
	local_irq_save(flags);
	pgdm_root_stored_removed(tlb->mm);
	local_irq_restore(flags);
	return 0;
}

struct kernel_half {
	unsigned long start;
	unsigned long end;
};

static int kernel_half_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kernel_half *k = (struct kernel_half *)ri->data;

	k->start = regs_get_kernel_argument(regs, 0);
	k->end = regs_get_kernel_argument(regs, 1);
	pgdm_root_stored_before_kernel_half(k->start);
	return 0;
}

NOKPROBE_SYMBOL(kernel_half_entry);

static int kernel_half_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kernel_half *k = (struct kernel_half *)ri->data;

	pgdm_root_stored_kernel_half(k->start, k->end);
	return 0;
}

NOKPROBE_SYMBOL(kernel_half_return);

/*
 * Memory hotplug calls it, one thread at a time. vmalloc and vmemmap call it, too, from
 * threads that overlap, but only for new root entries of theirs: those exist since boot.
 * So it is never missed for want of room.
 * A compiler may have left one function, or one for each number of levels.
 */
static struct kretprobe kernel_half_probe;

static bool tables_4_level(void)
{
	return pgdm_backend_is_tables() && is_4_level();
}

static bool tables_5_level(void)
{
	return pgdm_backend_is_tables() && is_5_level();
}

static bool kernel_half_4_level(void)
{
	return tables_4_level() && pgdm_symbols_address("sync_global_pgds_l4");
}

static bool kernel_half_5_level(void)
{
	return tables_5_level() && pgdm_symbols_address("sync_global_pgds_l5");
}

static bool kernel_half_any_level(void)
{
	return pgdm_backend_is_tables() && !kernel_half_4_level() &&
	       !kernel_half_5_level();
}

/* --- a root entry was added ---------------------------------------------- */

/*
 * The kernel's allocator may sleep for memory. For an addition that the probe missed
 * nothing is sent, and the CPUs that lack the entry fault on it (S4; for "tables" see W5).
 * Armed under every policy, so that a change of policy patches nothing.
 */
static struct kretprobe addition_probe;

struct addition {
	struct mm_struct *mm;
	unsigned long word;
	u64 seq;
	bool of_interest;
};

static int addition_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct addition *a = (struct addition *)ri->data;

	a->mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0);
	if (pgdm_bug(miss_addition))
		return 1;
	a->word = regs_get_kernel_argument(regs, 1);
	a->of_interest = pgdm_kick_before(a->mm, &a->seq);
	/* Not zero: do not come back at the return. */
	return !a->of_interest && !pgdm_prove_is_on() &&
	       !pgdm_backend_is_tables();
}

NOKPROBE_SYMBOL(addition_entry);

static int addition_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct addition *a = (struct addition *)ri->data;
	unsigned long flags;

	note(&addition_seen);
	if (pgdm_backend_is_tables()) {
		local_irq_save(flags);
		pgdm_root_stored_added(a->word);
		local_irq_restore(flags);
	}
	if (a->of_interest)
		pgdm_kick_after(a->mm, a->seq);
	return 0;
}

NOKPROBE_SYMBOL(addition_return);

/* --- an mm is born, dies ------------------------------------------------ */

struct birth {
	struct mm_struct *mm;
	u64 writes;		/* of kernel halves, before the root was made (M3) */
};

static int birth_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct birth *b = (struct birth *)ri->data;

	b->mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0);
	b->writes = pgdm_kernel_half_before_birth();
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
		pgdm_root_born(b->mm, root, b->writes);
	return 0;
}

NOKPROBE_SYMBOL(birth_return);

static void death_entry(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	note(&death_seen);
	pgdm_root_dies(regs_get_kernel_argument(regs, 1));
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
	pgdm_sync_points_switch();
}

static void receipt_entry(unsigned long ip, unsigned long parent_ip,
			  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (pgdm_prove_is_on())
		note_receipt();
	pgdm_sync_points_receipt();
}

static struct ftrace_ops receipt_ops = {
	.func = receipt_entry,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

/* Of everything, and of a page: a flush comes to one of the two. */
static void invalidate_all_entry(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	note(&invalidate_all_seen);
	pgdm_sync_points_invalidation();
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
	pgdm_sync_points_invalidation();
}

static struct ftrace_ops invalidate_one_ops = {
	.func = invalidate_one_entry,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static void fault_probe(void *data, unsigned long address,
			struct pt_regs *regs, unsigned long error_code)
{
	note(&fault_seen);
	pgdm_sync_points_fault(address);
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

struct flush {
	struct mm_struct *mm;
};

static int flush_mm_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct flush *f = (struct flush *)ri->data;

	f->mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0);
	return 0;
}

NOKPROBE_SYMBOL(flush_mm_entry);

static int flush_mm_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct flush *f = (struct flush *)ri->data;

	note(&flush_mm_seen);
	pgdm_oracle_flushed(f->mm);
	return 0;
}

NOKPROBE_SYMBOL(flush_mm_return);

static bool oracle_4_level(void)
{
	return pgdm_oracle_is_on() && is_4_level();
}

static bool oracle_5_level(void)
{
	return pgdm_oracle_is_on() && is_5_level();
}

/* --- the table ---------------------------------------------------------- */

struct pgdm_hook pgdm_hook_table[] = {
	{ .symbol = "pgd_free", .kind = PGDM_FTRACE, .ops = &death_ops,
	  .seen = &death_seen, .must_see = PGDM_SEEN_HERE,
	  .purpose = "the end of an mm" },
	{ .symbol = "native_set_p4d", .kind = PGDM_ON_ENTRY, .kp = &pgdm_probe_write,
	  .on_entry = write_entry,
	  .seen = &write_seen, .must_see = PGDM_SEEN_ADDED | PGDM_SEEN_REMOVED,
	  .may_hook = pgdm_paravirt_writes_natively,
	  .wanted = set_pgd_4_level, .purpose = "root writes, 4-level" },
	{ .symbol = "native_set_pgd", .kind = PGDM_ON_ENTRY, .kp = &pgdm_probe_write,
	  .on_entry = write_entry,
	  .seen = &write_seen, .must_see = PGDM_SEEN_ADDED | PGDM_SEEN_REMOVED,
	  .may_hook = pgdm_paravirt_writes_natively,
	  .wanted = set_pgd_5_level, .purpose = "root writes, 5-level" },
	{ .symbol = "__pti_set_user_pgtbl", .kind = PGDM_ON_ENTRY, .kp = &pgdm_probe_write,
	  .on_entry = write_entry,
	  .seen = &write_seen, .must_see = PGDM_SEEN_ADDED | PGDM_SEEN_REMOVED,
	  .wanted = pgdm_backend_is_pti, .purpose = "root writes, PTI" },
	{ .symbol = "___pud_free_tlb", .kind = PGDM_ON_ENTRY, .kp = &pgdm_probe_write,
	  .on_entry = removed_entry,
	  .seen = &write_seen, .must_see = PGDM_SEEN_REMOVED,
	  .wanted = tables_4_level, .purpose = "removals, 4-level" },
	{ .symbol = "___p4d_free_tlb", .kind = PGDM_ON_ENTRY, .kp = &pgdm_probe_write,
	  .on_entry = removed_entry,
	  .seen = &write_seen, .must_see = PGDM_SEEN_REMOVED,
	  .wanted = tables_5_level, .purpose = "removals, 5-level" },
	{ .symbol = "sync_global_pgds_l4", .kind = PGDM_ON_RETURN, .rp = &kernel_half_probe,
	  .on_call = kernel_half_entry, .on_return = kernel_half_return,
	  .data_size = sizeof(struct kernel_half), .not_provoked = "memory hotplug",
	  .wanted = kernel_half_4_level, .purpose = "kernel halves, 4-level" },
	{ .symbol = "sync_global_pgds_l5", .kind = PGDM_ON_RETURN, .rp = &kernel_half_probe,
	  .on_call = kernel_half_entry, .on_return = kernel_half_return,
	  .data_size = sizeof(struct kernel_half), .not_provoked = "memory hotplug",
	  .wanted = kernel_half_5_level, .purpose = "kernel halves, 5-level" },
	{ .symbol = "sync_global_pgds", .kind = PGDM_ON_RETURN, .rp = &kernel_half_probe,
	  .on_call = kernel_half_entry, .on_return = kernel_half_return,
	  .data_size = sizeof(struct kernel_half), .not_provoked = "memory hotplug",
	  .wanted = kernel_half_any_level, .purpose = "kernel halves" },
	{ .symbol = "__pud_alloc", .kind = PGDM_ON_RETURN, .rp = &addition_probe,
	  .on_call = addition_entry, .on_return = addition_return,
	  .data_size = sizeof(struct addition),
	  .seen = &addition_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = is_4_level, .purpose = "additions, 4-level" },
	{ .symbol = "__p4d_alloc", .kind = PGDM_ON_RETURN, .rp = &addition_probe,
	  .on_call = addition_entry, .on_return = addition_return,
	  .data_size = sizeof(struct addition),
	  .seen = &addition_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = is_5_level, .purpose = "additions, 5-level" },
	{ .symbol = "pgd_alloc", .kind = PGDM_ON_RETURN, .rp = &pgdm_probe_birth,
	  .on_call = birth_entry, .on_return = birth_return,
	  .data_size = sizeof(struct birth),
	  .seen = &birth_seen, .must_see = PGDM_SEEN_HERE,
	  .purpose = "the birth of an mm" },
	{ .symbol = "native_flush_tlb_local", .kind = PGDM_FTRACE, .for_flushes = true,
	  .seen = &invalidate_all_seen, .must_see = PGDM_SEEN_HERE,
	  .for_live = true, .ops = &invalidate_all_ops,
	  .purpose = "invalidation" },
	{ .symbol = "native_flush_tlb_one_user", .kind = PGDM_FTRACE, .for_flushes = true,
	  .seen = &invalidate_one_seen, .must_see = PGDM_SEEN_HERE,
	  .for_live = true, .ops = &invalidate_one_ops,
	  .purpose = "invalidation of a page" },
	{ .symbol = "flush_tlb_func", .kind = PGDM_FTRACE, .for_flushes = true,
	  .seen = &receipt_seen, .must_see = PGDM_SEEN_HERE | PGDM_SEEN_THERE,
	  .for_live = true, .ops = &receipt_ops, .purpose = "flush receipt" },
	{ .symbol = "page_fault_user", .kind = PGDM_TRACEPOINT,
	  .not_provoked = "page_fault_kernel stands for it",
	  .probe = fault_probe, .purpose = "faults in user mode" },
	{ .symbol = "page_fault_kernel", .kind = PGDM_TRACEPOINT,
	  .seen = &fault_seen, .must_see = PGDM_SEEN_HERE, .for_live = true,
	  .probe = fault_probe, .purpose = "faults in kernel mode" },
	{ .symbol = "tlb_flush", .kind = PGDM_TRACEPOINT,
	  .seen = &switch_seen, .must_see = PGDM_SEEN_HERE, .for_live = true,
	  .probe = switch_probe, .purpose = "switches" },
	{ .symbol = "flush_tlb_mm_range", .kind = PGDM_ON_RETURN, .rp = &pgdm_probe_flush,
	  .on_call = flush_mm_entry, .on_return = flush_mm_return,
	  .data_size = sizeof(struct flush),
	  .seen = &flush_mm_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = pgdm_oracle_is_on, .purpose = "oracle, end of a flush" },
	{ .symbol = "___pud_free_tlb", .kind = PGDM_FTRACE, .ops = &table_freed_ops,
	  .seen = &table_freed_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = oracle_4_level, .purpose = "oracle, freed tables" },
	{ .symbol = "___p4d_free_tlb", .kind = PGDM_FTRACE, .ops = &table_freed_ops,
	  .seen = &table_freed_seen, .must_see = PGDM_SEEN_HERE,
	  .wanted = oracle_5_level, .purpose = "oracle, freed tables" },
};

const unsigned int pgdm_nr_hooks = ARRAY_SIZE(pgdm_hook_table);
