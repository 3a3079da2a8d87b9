// SPDX-License-Identifier: GPL-2.0
/*
 * A client of pgd-mirror's kernel API: follows the address space of one process, and
 * tells how often its root table changes, and how many CPUs have a mirror of it.
 *
 *	insmod pgdm_client.ko pid=1234
 *	cat /sys/module/pgdm_client/parameters/state
 *	rmmod pgdm_client
 *
 * The symbols that it uses keep pgd_mirror loaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/sysfs.h>

#include "pgd_mirror.h"

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "The process whose address space is followed (to be given)");

static struct mm_struct *mm;	/* constant while state can be read */
static struct pgdm_mm_state at_load;

/* The file is there before client_init() has found the mm, and after a failure. */
static int state_get(char *buffer, const struct kernel_param *kp)
{
	struct mm_struct *followed = READ_ONCE(mm);
	struct pgdm_mm_state now;

	/* -ENOENT: somebody else has asked that it be tracked no more. */
	if (!followed || pgdm_read_mm(followed, &now))
		return -ENOENT;
	return sysfs_emit(buffer, "id %llu changes %llu kernel_changes %llu mirrors %u\n",
			  now.id, now.seq - at_load.seq,
			  now.kernel_seq - at_load.kernel_seq, now.mirrors);
}

/* A kernel calls this also where the file cannot be written: state= when loading. */
static int state_set(const char *value, const struct kernel_param *kp)
{
	return -EPERM;
}

static const struct kernel_param_ops state_ops = {
	.set = state_set,
	.get = state_get,
};

module_param_cb(state, &state_ops, NULL, 0400);
MODULE_PARM_DESC(state, "Read: changes of the root since loading, and mirrors of it (no default)");

/*
 * A reference to the structure and its root table, and not to what is mapped: the
 * process may end, and its memory is freed then.
 */
static struct mm_struct *grab_mm(pid_t number)
{
	struct pid *nr = find_get_pid(number);
	struct task_struct *task = get_pid_task(nr, PIDTYPE_PID);
	struct mm_struct *found;

	put_pid(nr);
	if (!task)
		return NULL;
	found = get_task_mm(task);	/* NULL: a kernel thread, or one that has ended */
	put_task_struct(task);
	if (found) {
		mmgrab(found);
		mmput(found);
	}
	return found;
}

static int __init client_init(void)
{
	struct mm_struct *found = grab_mm(pid);
	int ret;

	if (!found) {
		/* insmod would call -ESRCH a symbol of a wrong version. */
		pr_err("pid=%d: no process with an address space\n", pid);
		return -EINVAL;
	}
	ret = pgdm_track_mm(found);
	if (!ret)
		ret = pgdm_read_mm(found, &at_load);
	if (ret) {
		pr_err("pid=%d cannot be tracked, error %d\n", pid, ret);
		mmdrop(found);
		return ret;
	}
	WRITE_ONCE(mm, found);
	return 0;
}

/*
 * What was tracked before we asked for it is not tracked any more, either: the API does
 * not count who asked.
 */
static void __exit client_exit(void)
{
	struct pgdm_mm_state now;

	if (!pgdm_read_mm(mm, &now))
		pr_info("pid=%d: %llu changes of its root, %llu of the kernel half\n", pid,
			now.seq - at_load.seq, now.kernel_seq - at_load.kernel_seq);
	pgdm_untrack_mm(mm);
	mmdrop(mm);
}

module_init(client_init);
module_exit(client_exit);

MODULE_DESCRIPTION("Follows a process's root table, a sample client of pgd-mirror");
MODULE_AUTHOR("The pgd-mirror authors");
MODULE_LICENSE("GPL");
