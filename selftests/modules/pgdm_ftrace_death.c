// SPDX-License-Identifier: GPL-2.0
/*
 * Kills ftrace, as the kernel itself does when it has patched something wrong.
 * Only a boot brings it back.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static int __init ftrace_death_init(void)
{
	struct kprobe kp = { .symbol_name = "ftrace_kill" };
	void (*kill)(void);
	int ret = register_kprobe(&kp);

	if (ret)
		return ret;
	kill = (void *)kp.addr;
	unregister_kprobe(&kp);
	kill();
	return 0;
}

module_init(ftrace_death_init);

MODULE_DESCRIPTION("Kills ftrace, for the tests of pgd-mirror");
MODULE_AUTHOR("The pgd-mirror authors");
MODULE_LICENSE("GPL");
