// SPDX-License-Identifier: GPL-2.0
/*
 * What a policy sends when a root entry was added.
 *
 * I1: the write hook runs with IRQs off and page_table_lock held, where a CPU must
 * not wait for another CPU; and an IPI that the hook does not wait for may come
 * after a flush that it should precede. So the hook only leaves marks in memory
 * (the policy's publish()), and the kick is sent later. Removals are followed by
 * the kernel's own flush.
 *
 * X1: the return of the kernel's allocator is a probe handler as well. While it
 * runs, any kprobe, also of another module, that fires in an interrupt on this CPU
 * is missed. So this handler does not wait either. It notes what is to be sent, and
 * the task sends it on its way back to user mode (task work), where it holds no
 * lock: its own user code finds the entry in the mirrors. For a task that does not
 * return to user mode a worker sends it.
 *
 * No entry stays wrong without the kick: a CPU that uses the entry before the kick
 * comes, or when none comes, faults, and that is a sync point (S4). That happens
 * more often than if the handler sent: where the kernel itself goes on to use the
 * entry, as in copy_to_user(), and on other CPUs while the task is still in
 * the kernel.
 *
 * A note holds references to the mm and to the task:
 * - the mm may lose its last user meanwhile. Its root and its mask are there
 *   until the reference is dropped, and pgd_free() is hooked until after that.
 * - a task that adds to the mm of another process (ptrace, process_vm_writev) sends
 *   for that mm: the mask that counts is the mm's.
 * - exec: the same; what was added to the new mm before the task entered it was
 *   not noted, as no CPU had the new mm loaded. So with a child's mm in fork().
 * - exit: do_exit() runs task work after the task has left its mm. When it is
 *   past that, task_work_add() refuses.
 * - a CPU that goes offline is taken from the IPI's mask by the kernel; that
 *   CPU's teardown has dropped its mirrors.
 * - the policy may have changed: that makes the next sync of all mirrors a full
 *   one, with or without a kick. A kick that comes too late meets a policy that
 *   does nothing on it, or is a flush more than needed.
 * - untracked meanwhile: the receivers look at the mirror they have loaded.
 * - rmmod: see pgdm_kick_exit().
 */
#include "kick.h"

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core/policy.h"
#include "cpus.h"
#include "inject.h"
#include "kernel_calls.h"
#include "sync_points.h"
#include "registry_hash.h"
#include "trace.h"

/* Tasks that stay in the kernel: io_uring's; since 6.4 those of vhost, too. */
#ifdef PF_USER_WORKER
#define NEVER_RETURNS	(PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER)
#else
#define NEVER_RETURNS	(PF_KTHREAD | PF_IO_WORKER)
#endif

/**
 * struct note - what is to be sent for an addition
 * @work: for the task
 * @node: in one of the lists; pending_lock
 * @task: the task that added the entry; a reference is held
 * @mm: the mm of the root; a reference is held (mmgrab())
 * @kick: IPI or flush
 * @id: of its primary, for the trace event
 */
struct note {
	struct callback_head work;
	struct list_head node;
	struct task_struct *task;
	struct mm_struct *mm;
	enum pgdm_kick kick;
	u64 id;
};

static DEFINE_SPINLOCK(pending_lock);
static LIST_HEAD(of_tasks);	/* pending_lock */
static LIST_HEAD(of_worker);	/* pending_lock */
static atomic_t nr_notes = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(no_notes);
static bool used;		/* was there ever a note? */
static bool closed;		/* no new ones */

/**
 * pgdm_kick_before() - the kernel is about to allocate a table for a root
 * @mm: the mm of the root
 * @seq: set to the sequence of its primary
 *
 * Context: any but NMI; preemption off.
 * Return: is the end of it of interest?
 */
bool pgdm_kick_before(struct mm_struct *mm, u64 *seq)
{
	const struct pgdm_mm *pm;

	if (pgdm_policy_now()->kick == PGDM_KICK_NONE)
		return false;
	rcu_read_lock();
	pm = pgdm_registry_find_tracked((unsigned long)mm->pgd);
	if (pm)
		*seq = pgdm_primary_seq(&pm->primary);
	rcu_read_unlock();
	return pm;
}

/* Called once for each CPU that the mm may be loaded on. */
static bool count_others(int cpu, void *others)
{
	if (cpu != smp_processor_id())
		++*(unsigned int *)others;
	return true;
}

static void receive(void *unused)
{
	pgdm_sync_points_kick();
}

/* The sender itself, too, if it is in the mm; that is no IPI. */
static unsigned int send_ipis(struct mm_struct *mm)
{
	unsigned int others = 0;

	on_each_cpu_cond_mask(count_others, receive, &others, true,
			      mm_cpumask(mm));
	return others;
}

/* The kernel leaves out those of them that are in lazy TLB mode. */
static unsigned int send_flush(struct mm_struct *mm)
{
	unsigned int cpu, others = 0;

	for_each_cpu(cpu, mm_cpumask(mm))
		count_others(cpu, &others);
	pgdm_kernel_flush_mm(mm);
	return others;
}

/*
 * Waits for the receivers, which are in no function of ours any more when this
 * returns. IRQs are on, no lock is held, no probe handler runs on this CPU.
 */
static void send(const struct note *n)
{
	unsigned int cpus;

	preempt_disable();
	cpus = n->kick == PGDM_KICK_IPI ? send_ipis(n->mm) :
					    send_flush(n->mm);
	pgdm_stat_add(pgdm_cpus_stats(), PGDM_STAT_ipis, cpus);
	trace_kick(n->id, n->kick, cpus);
	preempt_enable();
}

/* It is in no list any more. May be the end of the mm. */
static void note_destroy(struct note *n)
{
	mmdrop(n->mm);
	put_task_struct(n->task);
	kfree(n);
	if (atomic_dec_and_test(&nr_notes))
		wake_up(&no_notes);
}

static void unlist(struct note *n)
{
	spin_lock(&pending_lock);
	list_del_init(&n->node);
	spin_unlock(&pending_lock);
}

/* On the way back to user mode, or in do_exit(). */
static void send_on_return(struct callback_head *work)
{
	struct note *n = container_of(work, struct note, work);

	unlist(n);
	send(n);
	note_destroy(n);
}

static struct note *take_of_worker(void)
{
	struct note *n;

	spin_lock(&pending_lock);
	n = list_first_entry_or_null(&of_worker, struct note, node);
	if (n)
		list_del_init(&n->node);
	spin_unlock(&pending_lock);
	return n;
}

static void send_by_worker(struct work_struct *unused)
{
	struct note *n;

	while ((n = take_of_worker())) {
		send(n);
		note_destroy(n);
	}
}

static DECLARE_WORK(worker, send_by_worker);

/*
 * The task is the current one, so its work cannot run before this returns. The note
 * is put into our list first: a note in the task's list is always in ours, too.
 */
static void note_create(struct mm_struct *mm, u64 id, enum pgdm_kick kick)
{
	struct note *n = NULL;

	if (!pgdm_inject_failure())
		n = kmalloc(sizeof(*n), GFP_NOWAIT | __GFP_NOWARN);
	if (!n) {
		pgdm_stat_inc(pgdm_cpus_stats(), PGDM_STAT_kicks_lost);
		return;
	}
	mmgrab(mm);
	n->mm = mm;
	n->task = get_task_struct(current);
	n->kick = kick;
	n->id = id;
	init_task_work(&n->work, send_on_return);
	WRITE_ONCE(used, true);
	atomic_inc(&nr_notes);

	spin_lock(&pending_lock);
	list_add_tail(&n->node, &of_tasks);
	spin_unlock(&pending_lock);
	if (!(current->flags & NEVER_RETURNS) &&
	    !task_work_add(current, &n->work, TWA_RESUME))
		return;

	spin_lock(&pending_lock);
	list_move_tail(&n->node, &of_worker);
	spin_unlock(&pending_lock);
	schedule_work(&worker);
}

/**
 * pgdm_kick_after() - the kernel has allocated a table for a root, or not
 * @mm: the mm of the root
 * @before: the sequence from pgdm_kick_before()
 *
 * Nothing is noted for an mm that no CPU has loaded (fork() and exec() fill
 * theirs in advance). A CPU enters mm_cpumask by a locked instruction before it
 * loads the root and copies (S2); the entry was published, a full barrier,
 * before the mask is read here. So the CPU is seen, or its copy has the entry.
 *
 * Context: probe handler of a process: preemption off, so no sleep; waits for no
 * CPU and no thread (X1).
 */
void pgdm_kick_after(struct mm_struct *mm, u64 before)
{
	const struct pgdm_policy *policy = pgdm_policy_now();
	enum pgdm_kick kick = PGDM_KICK_NONE;
	const struct pgdm_mm *pm;
	u64 id = 0;

	/* Pairs with synchronize_rcu() in pgdm_kick_exit(). */
	rcu_read_lock();
	pm = READ_ONCE(closed) ? NULL :
				 pgdm_registry_find((unsigned long)mm->pgd);
	if (pm) {
		id = pm->primary.id;
		kick = pgdm_policy_kick(policy, before,
					pgdm_primary_seq(&pm->primary));
	}
	if (kick != PGDM_KICK_NONE && !cpumask_empty(mm_cpumask(mm)))
		note_create(mm, id, kick);
	rcu_read_unlock();
}

static bool is_ours(struct callback_head *work, void *unused)
{
	return work->func == send_on_return;
}

/* Takes a note out of our list, and not out of its task's. Returns a reference. */
static struct task_struct *take_task(void)
{
	struct task_struct *task = NULL;
	struct note *n;

	spin_lock(&pending_lock);
	n = list_first_entry_or_null(&of_tasks, struct note, node);
	if (n) {
		/* Listed, so not freed yet. */
		task = get_task_struct(n->task);
		list_del_init(&n->node);
	}
	spin_unlock(&pending_lock);
	return task;
}

/**
 * pgdm_kick_exit() - send nothing any more
 *
 * The policy is not changed any more; the hooks are in, so that a kick and the
 * end of an mm are handled as usual. When this returns, nothing that is pending
 * calls into the module:
 *
 * 1. No new notes: handlers run with preemption off, and this waits for the
 *    handlers that found it open.
 * 2. The worker's notes are sent.
 * 3. The tasks' notes are cancelled, and not sent, because a task may stay blocked
 *    in the kernel for any time. Cancelling takes the task's pi_lock, with which
 *    task_work_run() synchronises before it calls the work that it took.
 * 4. A note that cannot be cancelled has been taken by its task, which is on its
 *    way out of the kernel: this waits for it.
 * 5. The task that has ended the last note may still be in the last instructions
 *    of send_on_return(), or preempted there. It does not sleep between these and
 *    the kernel's text, so this waits for a grace period of RCU tasks.
 *
 * Context: may sleep.
 */
void pgdm_kick_exit(void)
{
	struct callback_head *work;
	struct task_struct *task;

	WRITE_ONCE(closed, true);
	synchronize_rcu();
	if (!READ_ONCE(used))
		return;
	flush_work(&worker);
	while ((task = take_task())) {
		while ((work = pgdm_kernel_cancel_task_work(task, is_ours))) {
			struct note *n = container_of(work, struct note, work);

			unlist(n);
			note_destroy(n);
		}
		put_task_struct(task);
	}
	wait_event(no_notes, !atomic_read(&nr_notes));
	synchronize_rcu_tasks();
}
