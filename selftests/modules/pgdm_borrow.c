// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel thread that takes the mm of the process which loads the module, and keeps
 * it when that process has ended. It runs whenever "kick" is written.
 *
 * (Until 6.3 vhost's workers did that; they are threads of the process since.)
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mmu_context.h>
#include <linux/module.h>
#include <linux/sched/mm.h>

static struct mm_struct *mm;
static struct task_struct *thread;

static int kick(const char *value, const struct kernel_param *kp)
{
	if (thread)
		wake_up_process(thread);
	return 0;
}

static const struct kernel_param_ops kick_ops = { .set = kick };

module_param_cb(kick, &kick_ops, NULL, 0200);
MODULE_PARM_DESC(kick, "Written: the thread runs");

static int borrow(void *unused)
{
	kthread_use_mm(mm);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	kthread_unuse_mm(mm);
	return 0;
}

static int __init borrow_init(void)
{
	struct task_struct *t;

	mm = current->mm;
	mmget(mm);
	t = kthread_run(borrow, NULL, "pgdm_borrow");
	if (IS_ERR(t)) {
		mmput(mm);
		return PTR_ERR(t);
	}
	thread = t;
	return 0;
}

static void __exit borrow_exit(void)
{
	kthread_stop(thread);
	mmput(mm);
}

module_init(borrow_init);
module_exit(borrow_exit);

MODULE_DESCRIPTION("Keeps a process's address space, for the tests of pgd-mirror");
MODULE_AUTHOR("The pgd-mirror authors");
MODULE_LICENSE("GPL");
