/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hooks: one table, a row for each place in the kernel.
 */
#ifndef _PGDM_HOOK_TABLE_H
#define _PGDM_HOOK_TABLE_H

#include <linux/kprobes.h>
#include <linux/types.h>

struct ftrace_ops;
struct tracepoint;

enum pgdm_hook_kind {
	PGDM_ON_ENTRY,
	PGDM_ON_RETURN,
	PGDM_FTRACE,
	PGDM_TRACEPOINT,
};

/**
 * struct pgdm_hook - one row
 * @symbol: the function or tracepoint, the same on all kernels supported
 * @kind: how it is hooked
 * @purpose: for preflight
 * @wanted: NULL, or does this kernel, or this load, need the row?
 * @for_flushes: taken out while nothing is tracked; its @kind is PGDM_FTRACE
 * @kp: if @kind is PGDM_ON_ENTRY
 * @on_entry: what @kp calls
 * @may_hook: NULL, or is the function at the address of @kp the one in use?
 * @rp: if @kind is PGDM_ON_RETURN
 * @on_call: what @rp calls first; not 0: do not come back at the return
 * @on_return: what @rp calls at the return
 * @data_size: bytes that the former hands to the latter
 * @ops: if @kind is PGDM_FTRACE
 * @probe: if @kind is PGDM_TRACEPOINT
 * @tp: the tracepoint found
 * @filtered: have @ops a filter, which is to be freed?
 * @seen: bits of enum pgdm_seen; what it was seen to notice (X1)
 * @must_see: those that it has to be seen to notice
 * @not_provoked: where @must_see is 0, why (prove.c), for preflight
 * @for_live: if one of those was not seen, live mode is refused, and not the load
 * @armed: is it in place?
 * @deaf: seeded: it only seems to be
 */
struct pgdm_hook {
	const char *symbol;
	enum pgdm_hook_kind kind;
	const char *purpose;
	bool (*wanted)(void);
	bool for_flushes;
	struct kprobe *kp;
	kprobe_pre_handler_t on_entry;
	bool (*may_hook)(const void *address);
	struct kretprobe *rp;
	kretprobe_handler_t on_call;
	kretprobe_handler_t on_return;
	size_t data_size;
	struct ftrace_ops *ops;
	void *probe;
	struct tracepoint *tp;
	bool filtered;
	atomic_t *seen;
	unsigned int must_see;
	const char *not_provoked;
	bool for_live;
	bool armed;
	bool deaf;
};

extern struct pgdm_hook pgdm_hook_table[];
extern const unsigned int pgdm_nr_hooks;

#endif
