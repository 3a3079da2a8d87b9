// SPDX-License-Identifier: GPL-2.0
/*
 * Builds for tests: each value that the module writes into CR3 is judged before (C1,
 * core/cr3.h). A wrong one is a violation, and is repaired.
 *
 * The CPU itself tells little. Where it has PCIDs it takes any of them, and a write
 * that flushes too much or keeps too much goes unnoticed until a translation is stale.
 * So the judge does not believe what the caller has computed with: it reads CR3 and
 * CR4 again, takes the two roots from the mirror, and, on the way back to the primary,
 * asks the kernel what it takes CR3 to hold. On the way to a mirror it cannot ask: the
 * kernel is in the middle of its switch, and has no mm loaded.
 */
#include "steer_check.h"

#ifdef PGDM_SEEDED_BUGS

#include <linux/atomic.h>
#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/pgtable.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/special_insns.h>

#include "core/cr3.h"
#include "core/mirror.h"
#include "cpus.h"
#include "symbols.h"

static atomic_t cr3_writes = ATOMIC_INIT(0);
module_param_named(cr3_writes, cr3_writes.counter, int, 0400);
MODULE_PARM_DESC(cr3_writes, "How many values for CR3 were judged (default 0)");

static atomic_t cr3_noflush = ATOMIC_INIT(0);
module_param_named(cr3_noflush, cr3_noflush.counter, int, 0400);
MODULE_PARM_DESC(cr3_noflush, "How many of them had bit 63 set, so that nothing is flushed (default 0)");

static atomic_t cr3_asked = ATOMIC_INIT(0);
module_param_named(cr3_asked, cr3_asked.counter, int, 0400);
MODULE_PARM_DESC(cr3_asked, "How many of them were compared with what the kernel takes CR3 to hold (default 0)");

static atomic_t cr3_wrong = ATOMIC_INIT(0);
module_param_named(cr3_wrong, cr3_wrong.counter, int, 0600);
MODULE_PARM_DESC(cr3_wrong, "What was wrong with any of them, bits PGDM_CR3_WRONG_* (core/cr3.h); may be set to 0 (default 0)");

typedef unsigned long (*kernel_cr3_t)(void);

/* __get_current_cr3_fast(), which KVM uses; not for all modules in later kernels. */
static kernel_cr3_t kernel_cr3 __ro_after_init;

/**
 * pgdm_steer_check_init() - after the symbols, before the first hook is in
 */
void pgdm_steer_check_init(void)
{
	kernel_cr3 = (kernel_cr3_t)pgdm_symbols_address("__get_current_cr3_fast");
}

/*
 * A switch does not take place on a mirror: it is the kernel's own write of CR3 that
 * the module follows, and that leaves the mirror.
 */
static u64 ask_kernel(const struct pgdm_cr3_step *s)
{
	if ((s->from & s->mask) != s->mirror || !kernel_cr3)
		return 0;
	atomic_inc(&cr3_asked);
	return kernel_cr3();
}

/* Of the value, only the root stays: keep_cr3 and foreign_cr3 are about that. */
static u64 repaired(const struct pgdm_cr3_step *s)
{
	return (s->from & ~s->mask) | (s->to & s->mask) |
	       (s->pcide ? PGDM_CR3_NOFLUSH : 0);
}

/**
 * pgdm_steer_check() - judge a write of CR3 that is about to be made
 * @m: the mirror that CR3 leads to, or is to lead to
 * @value: what is to be written
 *
 * It only counts: a message from under a run queue's lock could wait for that lock.
 * What would fault, or mix up the translations of two processes, is not written: a
 * seeded bug is seen here, and the machine goes on.
 *
 * Context: IRQs off, not in an NMI.
 * Return: what to write instead.
 */
u64 pgdm_steer_check(const struct pgdm_mirror *m, u64 value)
{
	const struct pgdm_primary *p = READ_ONCE(m->primary);
	struct pgdm_cr3_step step = {
		.from = __native_read_cr3(),
		.to = value,
		.mask = CR3_ADDR_MASK,
		.mirror = m->phys,
		.primary = p ? __pa(p->page[PGDM_KERNEL_PAGE]) : 0,
		.pair = boot_cpu_has(X86_FEATURE_PTI),
		.pcide = native_read_cr4() & X86_CR4_PCIDE,
	};
	unsigned int wrong;

	step.kernel = ask_kernel(&step);
	wrong = pgdm_cr3_judge(&step);
	atomic_inc(&cr3_writes);
	if (value & PGDM_CR3_NOFLUSH)
		atomic_inc(&cr3_noflush);
	if (!wrong)
		return value;
	atomic_or(wrong, &cr3_wrong);
	pgdm_stat_inc(pgdm_cpus_stats(), PGDM_STAT_violations);
	return repaired(&step);
}

#endif
