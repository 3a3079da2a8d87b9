// SPDX-License-Identifier: GPL-2.0
/*
 * Kills ftrace, as the kernel itself does when it has patched something wrong: at
 * once, or when a function is called. Only a boot brings it back.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static char *at;
module_param(at, charp, 0400);
MODULE_PARM_DESC(at, "The function at whose next call it is killed; none: at once");

static void (*kill)(void);

static int on_call(struct kprobe *kp, struct pt_regs *regs)
{
	kill();
	return 0;
}

/* Stays: nothing can be taken out afterwards. */
static struct kprobe on_call_kp = { .pre_handler = on_call };

static int __init ftrace_death_init(void)
{
	struct kprobe kp = { .symbol_name = "ftrace_kill" };
	int ret = register_kprobe(&kp);

	if (ret)
		return ret;
	kill = (void *)kp.addr;
	unregister_kprobe(&kp);
	if (at) {
		on_call_kp.symbol_name = at;
		return register_kprobe(&on_call_kp);
	}
	kill();
	return 0;
}

module_init(ftrace_death_init);

MODULE_DESCRIPTION("Kills ftrace, for the tests of pgd-mirror");
MODULE_AUTHOR("The pgd-mirror authors");
MODULE_LICENSE("GPL");
