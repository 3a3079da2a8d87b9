/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The probes of which misses matter, and how many they missed.
 *
 * hook_table.c has the functions that they call, hooks.c puts them in. They stand
 * here, below the sync points, the oracle and the registry, because these read how
 * many were missed.
 */
#ifndef _PGDM_PROBE_H
#define _PGDM_PROBE_H

#include <linux/compiler.h>
#include <linux/kprobes.h>

/* Root writes, or removals of entries (backend.c); its nmissed is H1's counter. */
extern struct kprobe pgdm_probe_write;
/* Births of mms. */
extern struct kretprobe pgdm_probe_birth;
/* Ends of flushes, with the oracle. */
extern struct kretprobe pgdm_probe_flush;

/**
 * pgdm_probe_is_silenced() - was the probe of root writes disarmed?
 *
 * When the user writes 0 to debugfs kprobes/enabled, the kernel puts the probed
 * instruction back.
 *
 * Context: any, while the probe is in.
 */
static __always_inline bool pgdm_probe_is_silenced(void)
{
	return READ_ONCE(*(const u8 *)pgdm_probe_write.addr) ==
	       pgdm_probe_write.opcode;
}

/**
 * pgdm_probe_missed() - how often was a probe on a return missed?
 * @rp: which
 *
 * Context: any.
 */
static inline unsigned long pgdm_probe_missed(const struct kretprobe *rp)
{
	return READ_ONCE(rp->nmissed) + READ_ONCE(rp->kp.nmissed);
}

#endif
