/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hooks: how the kernel gets to the points and to the oracle.
 */
#ifndef _PGDM_HOOKS_H
#define _PGDM_HOOKS_H

#include <linux/kprobes.h>

struct seq_file;

extern struct kprobe pgdm_hooks_write;

/**
 * pgdm_hooks_silenced() - has somebody disarmed the write probe?
 *
 * Writing 0 to debugfs kprobes/enabled puts the probed instruction back.
 *
 * Context: any.
 */
static __always_inline bool pgdm_hooks_silenced(void)
{
	return READ_ONCE(*(const u8 *)pgdm_hooks_write.addr) ==
	       pgdm_hooks_write.opcode;
}

int pgdm_hooks_arm(void);
int pgdm_hooks_disarm(void);
int pgdm_hooks_arm_flushes(void);
void pgdm_hooks_disarm_flushes(void);
unsigned long *pgdm_hooks_missed(void);
bool pgdm_hooks_ok(void);
unsigned long pgdm_hooks_missed_births(void);
unsigned long pgdm_hooks_missed_flushes(void);
int pgdm_hooks_proved(bool live);
void pgdm_hooks_preflight(struct seq_file *seq);

#endif
