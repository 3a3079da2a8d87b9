/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's trace events.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pgd_mirror

#if !defined(_PGDM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PGDM_TRACE_H

#include <linux/tracepoint.h>

#include "core/cache_point.h"
#include "core/policies.h"

#ifndef show_kind
#define show_kind(kind)						\
	__print_symbolic(kind, { PGDM_CLEAN, "clean" },		\
			 { PGDM_DIRTY, "dirty" }, { PGDM_FULL, "full" })
#define show_reason(reason)					\
	__print_symbolic(reason,				\
			 { PGDM_AT_SWITCH, "switch" },	\
			 { PGDM_AT_FLUSH, "flush" },	\
			 { PGDM_AT_FAULT, "fault" },	\
			 { PGDM_AT_USER_RETURN, "user_return" }, \
			 { PGDM_AT_ATTACH, "attach" },	\
			 { PGDM_AT_KICK, "kick" })
#define show_kick(kick)						\
	__print_symbolic(kick, { PGDM_KICK_IPI, "ipi" },	\
			 { PGDM_KICK_FLUSH, "flush" })
#define show_untrack(why)					\
	__print_symbolic(why, { PGDM_UNTRACK_ASKED, "untracked" }, \
			 { PGDM_UNTRACK_FREED, "freed" })
#endif

#ifndef TRACE_HEADER_MULTI_READ
enum pgdm_untrack {
	PGDM_UNTRACK_ASKED,	/* by a user or the module: the mm lives on */
	PGDM_UNTRACK_FREED,	/* the mm has ended */
};
#endif

TRACE_DEFINE_ENUM(PGDM_CLEAN);
TRACE_DEFINE_ENUM(PGDM_DIRTY);
TRACE_DEFINE_ENUM(PGDM_FULL);
TRACE_DEFINE_ENUM(PGDM_AT_SWITCH);
TRACE_DEFINE_ENUM(PGDM_AT_FLUSH);
TRACE_DEFINE_ENUM(PGDM_AT_FAULT);
TRACE_DEFINE_ENUM(PGDM_AT_USER_RETURN);
TRACE_DEFINE_ENUM(PGDM_AT_ATTACH);
TRACE_DEFINE_ENUM(PGDM_AT_KICK);
TRACE_DEFINE_ENUM(PGDM_KICK_IPI);
TRACE_DEFINE_ENUM(PGDM_KICK_FLUSH);
TRACE_DEFINE_ENUM(PGDM_UNTRACK_ASKED);
TRACE_DEFINE_ENUM(PGDM_UNTRACK_FREED);

/* A change of a primary was made known to the mirrors. */
TRACE_EVENT(publish,

	TP_PROTO(u64 id, u64 seq, unsigned int index, u64 value,
		 bool user_page),
	TP_ARGS(id, seq, index, value, user_page),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, seq)
		__field(u64, value)
		__field(u16, index)
		__field(u8, user_page)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->seq = seq;
		__entry->value = value;
		__entry->index = index;
		__entry->user_page = user_page;
	),

	TP_printk("id=%llu seq=%llu index=%u value=%#llx user_page=%u",
		  __entry->id, __entry->seq, __entry->index, __entry->value,
		  __entry->user_page)
);

/* A mirror was brought up to date. */
TRACE_EVENT(sync,

	TP_PROTO(const struct pgdm_sync *sync),
	TP_ARGS(sync),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, seq)
		__field(u64, cycles)
		__array(char, policy, PGDM_POLICY_NAME_SIZE)
		__field(u32, bytes)
		__field(u16, entries)
		__field(u16, named)
		__field(u8, kind)
		__field(u8, reason)
	),

	TP_fast_assign(
		__entry->id = sync->id;
		__entry->seq = sync->seq;
		__entry->cycles = sync->cycles;
		strscpy(__entry->policy, pgdm_policies[sync->policy]->name,
			PGDM_POLICY_NAME_SIZE);
		__entry->bytes = sync->copied.words * PGDM_ENTRY_BYTES;
		__entry->entries = sync->copied.words;
		__entry->named = min_t(unsigned int, sync->copied.named, U16_MAX);
		__entry->kind = sync->copied.kind;
		__entry->reason = sync->at;
	),

	TP_printk("id=%llu seq=%llu policy=%s kind=%s reason=%s entries=%u bytes=%u named=%u cycles=%llu",
		  __entry->id, __entry->seq, __entry->policy,
		  show_kind(__entry->kind), show_reason(__entry->reason),
		  __entry->entries, __entry->bytes, __entry->named,
		  __entry->cycles)
);

/* A page fault of a tracked mm; fixed: its mirror lacked the entry. */
TRACE_EVENT(fault,

	TP_PROTO(u64 id, u64 address, unsigned int index, bool fixed),
	TP_ARGS(id, address, index, fixed),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, address)
		__field(u16, index)
		__field(u8, fixed)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->address = address;
		__entry->index = index;
		__entry->fixed = fixed;
	),

	TP_printk("id=%llu address=%#llx index=%u fixed=%u", __entry->id,
		  __entry->address, __entry->index, __entry->fixed)
);

TRACE_EVENT(track,

	TP_PROTO(u64 id, unsigned long root),
	TP_ARGS(id, root),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, root)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->root = root;
	),

	TP_printk("id=%llu root=%#llx", __entry->id, __entry->root)
);

/* An entry that an mm had when it was tracked: fired for each, before its first mirror. */
TRACE_EVENT(entry,

	TP_PROTO(u64 id, unsigned int index, u64 value),
	TP_ARGS(id, index, value),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, value)
		__field(u16, index)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->value = value;
		__entry->index = index;
	),

	TP_printk("id=%llu index=%u value=%#llx", __entry->id, __entry->index,
		  __entry->value)
);

/* The CPU has left a mirror for a root that is not tracked. */
TRACE_EVENT(leave,

	TP_PROTO(u64 id),
	TP_ARGS(id),

	TP_STRUCT__entry(
		__field(u64, id)
	),

	TP_fast_assign(
		__entry->id = id;
	),

	TP_printk("id=%llu", __entry->id)
);

TRACE_EVENT(untrack,

	TP_PROTO(u64 id, enum pgdm_untrack why),
	TP_ARGS(id, why),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u8, reason)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->reason = why;
	),

	TP_printk("id=%llu reason=%s", __entry->id,
		  show_untrack(__entry->reason))
);

/* A primary lost one of its mirrors to another. */
TRACE_EVENT(evict,

	TP_PROTO(u64 id, u64 by),
	TP_ARGS(id, by),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u64, by)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->by = by;
	),

	TP_printk("id=%llu by=%llu", __entry->id, __entry->by)
);

/* The guard ended a CPU's faulting without progress. */
TRACE_EVENT(livelock,

	TP_PROTO(u64 address, unsigned int index),
	TP_ARGS(address, index),

	TP_STRUCT__entry(
		__field(u64, address)
		__field(u16, index)
	),

	TP_fast_assign(
		__entry->address = address;
		__entry->index = index;
	),

	TP_printk("address=%#llx index=%u", __entry->address, __entry->index)
);

/* A kick for an addition was sent, and the CPUs have received it. */
TRACE_EVENT(kick,

	TP_PROTO(u64 id, enum pgdm_kick kick, unsigned int cpus),
	TP_ARGS(id, kick, cpus),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u32, cpus)
		__field(u8, kick)
	),

	TP_fast_assign(
		__entry->id = id;
		__entry->cpus = cpus;
		__entry->kick = kick;
	),

	TP_printk("id=%llu kick=%s cpus=%u", __entry->id,
		  show_kick(__entry->kick), __entry->cpus)
);

/*
 * A sync noticed that the write probe was missed (H1): how often up to now, and how many
 * of these are sync points that found the probe disarmed. The others are writes during
 * which another probe ran.
 */
TRACE_EVENT(hook_miss,

	TP_PROTO(unsigned long missed, unsigned long disarmed),
	TP_ARGS(missed, disarmed),

	TP_STRUCT__entry(
		__field(u64, missed)
		__field(u64, disarmed)
	),

	TP_fast_assign(
		__entry->missed = missed;
		__entry->disarmed = disarmed;
	),

	TP_printk("missed=%llu disarmed=%llu", __entry->missed,
		  __entry->disarmed)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
