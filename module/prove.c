// SPDX-License-Identifier: GPL-2.0
/*
 * Proving that the hooks fire (X1).
 *
 * A compiler may inline a function at some of its callers, or split it, while its
 * symbol stays: then a hook goes in, and never fires. So the event of each hook is
 * provoked once, when the module has put its hooks in:
 *
 *	the actor, a kernel thread		the watcher, on another CPU
 *	makes an mm, drops it			(birth, death)
 *	makes another, switches to it		(switch)
 *	writes a page in a root entry of
 *	 its own				(fault, addition, root write)
 *	unmaps it, flushes			(root write, local flush)
 *	writes it again
 *						switches to the mm, and spins there
 *	unmaps it				(flush received from another CPU)
 *						leaves it, ends
 *	drops the mm
 *
 * Both kinds of flush are needed: on the CPU that flushes for itself alone the
 * kernel calls flush_tlb_func() directly, where it can be inlined, and for other
 * CPUs by its address. Hooks note only what happens in one of the two threads,
 * so that no other event on a busy machine is taken for the provoked one.
 *
 * The mms belong to no process and are not tracked: the core has no part in this,
 * and counts nothing. They end as any mm does; the last reference to one may belong
 * to a CPU that has it loaded lazily, and outlive this.
 *
 * A fault in user mode is not provoked: no user mode runs in a kernel thread. Its
 * tracepoint lies beside that of faults in kernel mode, and tracepoints are no
 * functions: they are inlined with their site.
 *
 * Nothing of this costs a hook anything later: a static key, off again when the
 * proof is over, keeps it from noting.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "prove.h"

#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>
#include <linux/preempt.h>
#include <linux/resource.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "inject.h"
#include "kernel_calls.h"

#define ENTRY_INDEX	1			/* its root entry */
#define WATCH_NS	(5 * NSEC_PER_SEC)	/* no CPU spins for longer */
#define WATCHES		10

DEFINE_STATIC_KEY_FALSE(pgdm_prove_key);

/**
 * struct proof - one proof
 * @actor: the thread that acts; set before it runs, cleared when it has ended
 * @watcher: the one that receives; the same, by the actor
 * @mm: the mm that they use; the actor's reference
 * @word: address of its root entry; 0: none yet
 * @value: what was to be written there last, as the hook saw it
 * @there: the CPU that the watcher runs on; nr_cpu_ids: there is none
 * @ended: the actor has
 * @in_place: the watcher is in the mm and stays there
 * @flushed: the watcher may leave
 * @overdue: it left before @flushed was set
 * @error: the actor's
 */
struct proof {
	struct task_struct *actor;
	struct task_struct *watcher;
	struct mm_struct *mm;
	unsigned long word;
	u64 value;
	unsigned int there;
	struct completion ended;
	struct completion in_place;
	bool flushed;
	bool overdue;
	int error;
};

/* One proof at a time: the module is being loaded. Read by the hooks. */
static struct proof proof;

/**
 * pgdm_prove_who() - in which of the two threads does this hook fire?
 *
 * What happens in an interrupt of the actor does not count as done by it; the watcher
 * receives its flush in an interrupt.
 *
 * Context: any hook but the one of root writes.
 * Return: a bit of enum pgdm_seen, or 0 for any other thread.
 */
unsigned int pgdm_prove_who(void)
{
	if (current == READ_ONCE(proof.actor))
		return in_hardirq() ? 0 : PGDM_SEEN_HERE;
	return current == READ_ONCE(proof.watcher) ? PGDM_SEEN_THERE : 0;
}

/**
 * pgdm_prove_write() - is this root write the one that was provoked?
 * @word: address of the entry, as the hook has it
 * @value: what the hook finds will be written
 *
 * Context: the hook of root writes.
 * Return: a bit of enum pgdm_seen, or 0 when it is another.
 */
unsigned int pgdm_prove_write(unsigned long word, u64 value)
{
	if (word != READ_ONCE(proof.word))
		return 0;
	WRITE_ONCE(proof.value, value);
	return value ? PGDM_SEEN_ADDED : PGDM_SEEN_REMOVED;
}

/**
 * pgdm_prove_removed() - is a removal the one that was provoked?
 * @mm: of which mm a table is about to be freed
 *
 * Context: the hook of removals (W5).
 * Return: PGDM_SEEN_REMOVED, or 0 when it is another.
 */
unsigned int pgdm_prove_removed(const struct mm_struct *mm)
{
	const u64 *word = (const u64 *)READ_ONCE(proof.word);

	return word && mm == proof.mm && !READ_ONCE(*word) ? PGDM_SEEN_REMOVED : 0;
}

/**
 * pgdm_prove_has_there() - was there another CPU to flush?
 *
 * Constant after pgdm_prove().
 */
bool pgdm_prove_has_there(void)
{
	return proof.there < nr_cpu_ids;
}

static unsigned long address(void)
{
	return (unsigned long)ENTRY_INDEX << PGDIR_SHIFT;
}

static struct mm_struct *make_mm(void)
{
	return pgdm_inject_failure() ? NULL : pgdm_kernel_mm_alloc();
}

/* Nothing was mapped, so mmput() unmaps nothing, and frees the root at once. */
static int show_birth_and_death(void)
{
	struct mm_struct *mm = make_mm();

	if (!mm)
		return -ENOMEM;
	mmput(mm);
	return 0;
}

/* One page in a root entry of its own, written. */
static int add(void)
{
	unsigned long at = vm_mmap(NULL, address(), PAGE_SIZE,
				   PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);

	if (IS_ERR_VALUE(at))
		return (int)at;
	return put_user(1, (int __user *)at);
}

static int remove(void)
{
	return vm_munmap(address(), PAGE_SIZE);
}

/* The value that the hook saw is the one that the kernel has written. */
static bool is_written(u64 value)
{
	return !((READ_ONCE(*(u64 *)proof.word) ^ value) & PTE_PFN_MASK);
}

static int show_here(void)
{
	int ret = add();

	if (ret)
		return ret;
	if (proof.value && !is_written(proof.value))
		return -EILSEQ;
	ret = remove();
	if (ret || !pgdm_kernel_can_flush_mm())
		return ret;
	/* By page for every limit above which the kernel flushes everything. */
	pgdm_kernel_flush_page(proof.mm, address());
	pgdm_kernel_flush_mm(proof.mm);
	return 0;
}

/*
 * Preemption is off while it waits: a thread that is not running is in lazy TLB
 * mode, and is left out. The actor may lose its CPU meanwhile, so the wait has an
 * end, after which the actor begins again.
 */
static int watch(void *unused)
{
	u64 start;

	kthread_use_mm(proof.mm);
	preempt_disable();
	complete(&proof.in_place);
	start = ktime_get_mono_fast_ns();
	/* Pairs with the release in show_there(). */
	while (!smp_load_acquire(&proof.flushed) && !proof.overdue) {
		proof.overdue = ktime_get_mono_fast_ns() - start > WATCH_NS;
		cpu_relax();
	}
	preempt_enable();
	kthread_unuse_mm(proof.mm);
	return 0;
}

/*
 * A thread bound to a CPU, not running yet. The caller gets a reference, as the thread
 * may have ended before it is stopped.
 */
static struct task_struct *make_thread(int (*run)(void *), unsigned int cpu,
				       const char *name)
{
	struct task_struct *t = ERR_PTR(-ENOMEM);

	if (!pgdm_inject_failure())
		t = kthread_create(run, NULL, "pgdm_%s", name);
	if (IS_ERR(t))
		return t;
	kthread_bind(t, cpu);
	return get_task_struct(t);
}

static int show_there(void)
{
	struct task_struct *t = make_thread(watch, proof.there, "watcher");
	int ret;

	if (IS_ERR(t))
		return PTR_ERR(t);
	reinit_completion(&proof.in_place);
	proof.flushed = false;
	proof.overdue = false;
	WRITE_ONCE(proof.watcher, t);
	ret = add();
	wake_up_process(t);
	wait_for_completion(&proof.in_place);
	if (!ret)
		ret = remove();
	/* Pairs with the acquire in watch(): its CPU has taken the flush. */
	smp_store_release(&proof.flushed, true);
	kthread_stop(t);
	WRITE_ONCE(proof.watcher, NULL);
	put_task_struct(t);
	return ret;
}

/* Again only if the watcher left too early. */
static int show_there_in_time(void)
{
	int ret, i;

	for (i = 0; i < WATCHES; i++) {
		ret = show_there();
		if (ret || !proof.overdue)
			return ret;
	}
	return -EBUSY;
}

static int use_mm(void)
{
	struct rlimit stack = { _STK_LIM, RLIM_INFINITY };
	int ret;

	proof.mm = make_mm();
	if (!proof.mm)
		return -ENOMEM;
	/* vm_mmap() takes from the mm where it may map. */
	pgdm_kernel_pick_mmap_layout(proof.mm, &stack);
	WRITE_ONCE(proof.word, (unsigned long)(proof.mm->pgd + ENTRY_INDEX));
	kthread_use_mm(proof.mm);
	ret = show_here();
	if (!ret && pgdm_prove_has_there())
		ret = show_there_in_time();
	kthread_unuse_mm(proof.mm);
	WRITE_ONCE(proof.word, 0);
	mmput(proof.mm);
	return ret;
}

static int act(void *unused)
{
	proof.error = show_birth_and_death() ?: use_mm();
	complete(&proof.ended);
	return 0;
}

/* CPUs do not come and go: the threads stay where they are put. */
static int run_actor(void)
{
	unsigned int here;
	struct task_struct *t;

	cpus_read_lock();
	here = cpumask_first(cpu_online_mask);
	proof.there = cpumask_next(here, cpu_online_mask);
	t = make_thread(act, here, "actor");
	if (!IS_ERR(t)) {
		WRITE_ONCE(proof.actor, t);
		wake_up_process(t);
		wait_for_completion(&proof.ended);
		kthread_stop(t);
		WRITE_ONCE(proof.actor, NULL);
		put_task_struct(t);
	}
	cpus_read_unlock();
	return PTR_ERR_OR_ZERO(t) ?: proof.error;
}

/**
 * pgdm_prove() - provoke the event of each hook
 *
 * To be called once, when all hooks are in and nothing is tracked. What the hooks
 * have seen: hooks_seen.c.
 *
 * Context: process; sleeps.
 * Return: 0, or -ENOMEM, or another error when an event could not be provoked; the
 * latter has been logged.
 */
int pgdm_prove(void)
{
	int ret;

	init_completion(&proof.ended);
	init_completion(&proof.in_place);
	static_branch_enable(&pgdm_prove_key);
	ret = run_actor();
	static_branch_disable(&pgdm_prove_key);
	if (ret)
		pr_err("cannot show the hooks what they are for: error %d\n",
		       ret);
	return ret;
}
