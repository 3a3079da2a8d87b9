// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel symbols that are not exported, resolved when the module loads.
 *
 * kallsyms_lookup_name() is not exported either (since 5.7); a kprobe tells
 * where it is.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "symbols.h"

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/limits.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>
#include <linux/task_work.h>
#include <linux/tracepoint.h>

#include <asm/cpufeature.h>
#include <asm/paravirt.h>
#include <asm/tlbflush.h>

#include "ftrace.h"
#include "inject.h"

/*
 * The kernel's own address spaces: never tracked (A2). efi_mm and poking_mm
 * need not exist.
 */
enum {
	INIT_MM, EFI_MM, POKING_MM, NATIVE_FLUSH, NATIVE_ALL, NATIVE_ONE,
	FLUSH_MM, CANCEL_WORK, FTRACE_DISABLED, LAST_CTX, MM_ALLOC, MMAP_LAYOUT,
	NR_SYMBOLS
};

static struct {
	const char *name;
	bool required;
	const char *later;	/* its name in later kernels */
	void *address;
} symbols[NR_SYMBOLS] = {
	[INIT_MM]	= { "init_mm", true },
	[EFI_MM]	= { "efi_mm", false },
	[POKING_MM]	= { "poking_mm", false, "text_poke_mm" }, /* a pointer */
	[NATIVE_FLUSH]	= { "native_flush_tlb_multi", false },
	[NATIVE_ALL]	= { "native_flush_tlb_local", false },
	[NATIVE_ONE]	= { "native_flush_tlb_one_user", false },
	[FLUSH_MM]	= { "flush_tlb_mm_range", false },
	[CANCEL_WORK]	= { "task_work_cancel_match", false },
	[FTRACE_DISABLED] = { "ftrace_disabled", true },
	[LAST_CTX]	= { "last_mm_ctx_id", false },
	[MM_ALLOC]	= { "mm_alloc", true },
	[MMAP_LAYOUT]	= { "arch_pick_mmap_layout", true },
};

typedef unsigned long (*lookup_t)(const char *name);

/* kallsyms_lookup_name(), set before anything else is looked up. */
static lookup_t lookup;

static lookup_t find_lookup(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	lookup_t found;

	if (register_kprobe(&kp))
		return NULL;
	found = (lookup_t)kp.addr;
	unregister_kprobe(&kp);
	return found;
}

/*
 * With indirect branch tracking, a call to an address that was found by name
 * traps: a kprobe's lies behind the ENDBR, and the kernel has erased the ENDBR of
 * functions whose address it never takes.
 */
static bool may_call_by_address(void)
{
#ifdef CONFIG_X86_KERNEL_IBT
	if (cpu_feature_enabled(X86_FEATURE_IBT))
		return false;
#endif
	return !pgdm_inject_unmet("call_by_address");
}

/**
 * pgdm_symbols_init() - resolve the table
 *
 * Context: may sleep.
 * Return: 0, -ENOENT when a required symbol is missing, or -EOPNOTSUPP when what
 * is found could not be called; the symbol's name, or the reason, was logged.
 */
int pgdm_symbols_init(void)
{
	unsigned int i;

	if (!may_call_by_address()) {
		pr_err("indirect branch tracking is on, kernel functions cannot be called by their address: boot with ibt=off\n");
		return -EOPNOTSUPP;
	}
	lookup = find_lookup();
	if (!lookup) {
		pr_err("missing symbol kallsyms_lookup_name: needs CONFIG_KPROBES and CONFIG_KALLSYMS\n");
		return -ENOENT;
	}
	for (i = 0; i < NR_SYMBOLS; i++) {
		if (!pgdm_inject_hidden(symbols[i].name))
			symbols[i].address = (void *)lookup(symbols[i].name);
		if (!symbols[i].address && symbols[i].later)
			symbols[i].address = (void *)lookup(symbols[i].later);
		if (symbols[i].required && !symbols[i].address) {
			pr_err("missing symbol %s: needs CONFIG_KALLSYMS_ALL\n",
			       symbols[i].name);
			return -ENOENT;
		}
	}
	pgdm_ftrace_disabled = symbols[FTRACE_DISABLED].address;
	return 0;
}

/**
 * pgdm_symbols_address() - where a function begins
 * @name: its name
 *
 * Context: may sleep; after pgdm_symbols_init().
 * Return: its address, or 0 when there is none of that name.
 */
unsigned long pgdm_symbols_address(const char *name)
{
	return lookup(name);
}

/**
 * pgdm_symbols_is_kernel_mm() - one of the kernel's own address spaces?
 * @mm: any mm
 */
bool pgdm_symbols_is_kernel_mm(const struct mm_struct *mm)
{
	struct mm_struct **poking = symbols[POKING_MM].address;

	return mm == symbols[INIT_MM].address ||
	       mm == symbols[EFI_MM].address || (poking && mm == *poking);
}

/**
 * pgdm_symbols_is_kernel_root() - the root of one of the kernel's own mms?
 * @root: its virtual address in the direct map
 */
bool pgdm_symbols_is_kernel_root(unsigned long root)
{
	struct mm_struct *init = symbols[INIT_MM].address;
	struct mm_struct *efi = symbols[EFI_MM].address;
	struct mm_struct **poking = symbols[POKING_MM].address;

	/* init_mm's is part of the kernel image, not of the direct map. */
	return root == (unsigned long)__va(__pa(init->pgd)) ||
	       (efi && root == (unsigned long)efi->pgd) ||
	       (poking && *poking && root == (unsigned long)(*poking)->pgd);
}

/**
 * pgdm_symbols_writes_natively() - is the function probed the one in use?
 * @probed: its address, a few bytes in if it starts with ENDBR
 *
 * Xen PV installs root writers of its own.
 */
bool pgdm_symbols_writes_natively(const void *probed)
{
#ifdef CONFIG_PARAVIRT_XXL
	unsigned long used = pgtable_l5_enabled() ?
				     (unsigned long)pv_ops.mmu.set_pgd :
				     (unsigned long)pv_ops.mmu.set_p4d;

	return (unsigned long)probed - used < 8;
#else
	return false;
#endif
}

static bool is_symbol(const void *function, unsigned int which)
{
	return symbols[which].address && function == symbols[which].address;
}

/**
 * pgdm_symbols_flushes_natively() - do flushes send IPIs, and come to our hooks?
 *
 * H2: paravirtual flushes of KVM, Hyper-V and Xen may leave the receiver out,
 * or invalidate by a function of their own.
 */
bool pgdm_symbols_flushes_natively(void)
{
#ifdef CONFIG_PARAVIRT_XXL
	return is_symbol(pv_ops.mmu.flush_tlb_multi, NATIVE_FLUSH) &&
	       is_symbol(pv_ops.mmu.flush_tlb_user, NATIVE_ALL) &&
	       is_symbol(pv_ops.mmu.flush_tlb_one_user, NATIVE_ONE);
#else
	return !boot_cpu_has(X86_FEATURE_HYPERVISOR);
#endif
}

/**
 * pgdm_symbols_can_flush_mm() - is there a flush that can be called?
 */
bool pgdm_symbols_can_flush_mm(void)
{
	return symbols[FLUSH_MM].address;
}

typedef void flush_mm_fn(struct mm_struct *mm, unsigned long start,
			 unsigned long end, unsigned int stride_shift,
			 bool freed_tables);

/**
 * pgdm_symbols_flush_mm() - flush all that TLBs hold of an mm
 * @mm: the mm; pgdm_symbols_can_flush_mm() was true
 *
 * Context: IRQs on; waits for the CPUs that run @mm.
 */
void pgdm_symbols_flush_mm(struct mm_struct *mm)
{
	flush_mm_fn *flush = symbols[FLUSH_MM].address;

	flush(mm, 0, TLB_FLUSH_ALL, 0, false);
}

/**
 * pgdm_symbols_can_cancel_task_work() - can work be taken from a task again?
 */
bool pgdm_symbols_can_cancel_task_work(void)
{
	return symbols[CANCEL_WORK].address;
}

/**
 * pgdm_symbols_cancel_task_work() - take one piece of work from a task
 * @task: the caller holds a reference;
 *	pgdm_symbols_can_cancel_task_work() was true
 * @match: says which piece
 *
 * By this function and not by task_work_cancel(): that name has had two
 * meanings, and the second came to stable kernels, too.
 *
 * Context: any but NMI; @match is called with IRQs off.
 * Return: the work, which will not run, or NULL.
 */
struct callback_head *
pgdm_symbols_cancel_task_work(struct task_struct *task,
			      bool (*match)(struct callback_head *work,
					    void *unused))
{
	typeof(task_work_cancel_match) *cancel = symbols[CANCEL_WORK].address;

	return cancel(task, match, NULL);
}

/**
 * pgdm_symbols_last_ctx() - the kernel's number of the mm that was born last
 *
 * An mm has it in context.ctx_id; none is given out twice.
 *
 * Return: the number, or the largest there is where the kernel keeps none.
 */
u64 pgdm_symbols_last_ctx(void)
{
	const atomic64_t *last = symbols[LAST_CTX].address;

	return last ? atomic64_read(last) : U64_MAX;
}

/**
 * pgdm_symbols_flush_page() - flush what TLBs hold of a page, by that page
 * @mm: the mm; pgdm_symbols_can_flush_mm() was true
 * @address: of the page
 *
 * The kernel flushes everything instead from a number of pages on that the user can
 * set, to 0 too (tlb_single_page_flush_ceiling). It counts in strides: a page in
 * strides of 2 MiB is none.
 *
 * Context: IRQs on; waits for the CPUs that run @mm.
 */
void pgdm_symbols_flush_page(struct mm_struct *mm, unsigned long address)
{
	flush_mm_fn *flush = symbols[FLUSH_MM].address;

	flush(mm, address, address + PAGE_SIZE, PMD_SHIFT, false);
}

/**
 * pgdm_symbols_mm_alloc() - make an address space that belongs to nobody
 *
 * Context: process; sleeps.
 * Return: the mm, to be given back with mmput(), or NULL.
 */
struct mm_struct *pgdm_symbols_mm_alloc(void)
{
	struct mm_struct *(*alloc)(void) = symbols[MM_ALLOC].address;

	return alloc();
}

/**
 * pgdm_symbols_pick_mmap_layout() - make an address space fit for vm_mmap()
 * @mm: new, used by nobody
 * @stack: limits of the stack that the layout shall leave room for
 *
 * Context: process.
 */
void pgdm_symbols_pick_mmap_layout(struct mm_struct *mm, struct rlimit *stack)
{
	void (*pick)(struct mm_struct *mm, struct rlimit *stack) =
		symbols[MMAP_LAYOUT].address;

	pick(mm, stack);
}

struct search {
	const char *name;
	struct tracepoint *found;
};

static void match(struct tracepoint *tp, void *arg)
{
	struct search *s = arg;

	if (!strcmp(tp->name, s->name))
		s->found = tp;
}

/**
 * pgdm_symbols_tracepoint() - find one of the kernel's tracepoints
 * @name: without its group
 *
 * Return: the tracepoint, or NULL.
 */
struct tracepoint *pgdm_symbols_tracepoint(const char *name)
{
	struct search s = { .name = name };

	for_each_kernel_tracepoint(match, &s);
	return s.found;
}
