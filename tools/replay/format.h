/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The compact trace: a header, then records of 16 bytes, all little endian.
 *
 * Documentation/replay.md has the same as a table. Whatever changes here changes
 * REPLAY_VERSION, too.
 */
#ifndef REPLAY_FORMAT_H
#define REPLAY_FORMAT_H

#include <stdint.h>

#define REPLAY_MAGIC		"PGDMTRC"	/* with the zero: 8 bytes */
#define REPLAY_VERSION		1
#define REPLAY_POLICY_SIZE	12

/* Of struct replay_header, flags. */
#define REPLAY_LIVE		1U	/* recorded with live=1 */
#define REPLAY_RETURNS		2U	/* has the returns to user mode */
#define REPLAY_PLAIN		4U	/* recorded without the module: no policy ran */

/**
 * struct replay_header - what the records are of
 * @magic: REPLAY_MAGIC
 * @version: REPLAY_VERSION
 * @record_bytes: sizeof(struct replay_record)
 * @records: how many follow
 * @lost: events that the recorder lost, as far as it says so
 * @mms: numbers of mms are below this
 * @cpus: numbers of CPUs are below this
 * @pages: tables of a root: 1, or 2 with PTI
 * @mirrors: that each CPU owned
 * @flags: REPLAY_*
 * @policy: that was in force
 */
struct replay_header {
	char magic[8];
	uint32_t version;
	uint32_t record_bytes;
	uint64_t records;
	uint64_t lost;
	uint32_t mms;
	uint32_t cpus;
	uint32_t pages;
	uint32_t mirrors;
	uint32_t flags;
	char policy[REPLAY_POLICY_SIZE];
};

/**
 * enum replay_kind - what a record says; the numbers stay
 * @REPLAY_TRACK: the mm is tracked from here on; its user half is empty
 * @REPLAY_ENTRY: an entry that it had already
 * @REPLAY_UNTRACK: it is gone; its number may be another mm's from here on
 * @REPLAY_PUBLISH: the CPU writes an entry of its root
 * @REPLAY_SWITCH: the CPU switches to it
 * @REPLAY_LEAVE: the CPU switches to an mm that is not tracked
 * @REPLAY_FLUSH: the CPU receives a TLB flush
 * @REPLAY_FAULT: the CPU has a page fault at a user address
 * @REPLAY_RETURN: the CPU returns to user mode
 * @REPLAY_KICK: the CPU receives the IPI of an addition (policy flag)
 * @REPLAY_SEND: the CPU has sent these IPIs, or a flush (policies flag, carry)
 * @REPLAY_GUARD: the module's guard ended the CPU's endless faults (live, flush-only)
 * @REPLAY_MISS: the module noticed that a hook was missed
 * @REPLAY_LOST: here the recorder lost events
 */
enum replay_kind {
	REPLAY_TRACK = 1,
	REPLAY_ENTRY,
	REPLAY_UNTRACK,
	REPLAY_PUBLISH,
	REPLAY_SWITCH,
	REPLAY_LEAVE,
	REPLAY_FLUSH,
	REPLAY_FAULT,
	REPLAY_RETURN,
	REPLAY_KICK,
	REPLAY_SEND,
	REPLAY_GUARD,
	REPLAY_MISS,
	REPLAY_LOST,
	REPLAY_KINDS,
};

/* Of struct replay_record, flags; of sync points. */
#define REPLAY_KNOWN		1U	/* @data has what the module did there */
#define REPLAY_FIXED		2U	/* the fault's entry was lacking */

/**
 * struct replay_record - one event
 * @delay: nanoseconds since the record before; more than fits: the most that does
 * @mm: number of the mm; 0 where @kind concerns none
 * @cpu: number of the CPU
 * @kind: enum replay_kind
 * @flags: REPLAY_KNOWN, REPLAY_FIXED
 * @data: of PUBLISH and ENTRY: bits 0-8 the index, bit 9 the user table was written,
 *	bits 10-31 a number for the value, 0 for zero. Of sync points: bits 0-10 words
 *	copied, bits 11-12 clean, dirty or full, bits 16-24 the index of a fault (of GUARD,
 *	too). Of SEND the number of CPUs, of LOST the number of events
 */
struct replay_record {
	uint32_t delay;
	uint32_t mm;
	uint16_t cpu;
	uint8_t kind;
	uint8_t flags;
	uint32_t data;
};

#define REPLAY_INDEX(data)	((data) & 511)
#define REPLAY_USER_PAGE	(1U << 9)
#define REPLAY_VALUE_SHIFT	10
#define REPLAY_VALUE_MAX	((1U << 22) - 1)
#define REPLAY_WORDS(data)	((data) & 2047)
#define REPLAY_SYNC(data)	((data) >> 11 & 3)
#define REPLAY_SYNC_SHIFT	11
#define REPLAY_FAULT_SHIFT	16
#define REPLAY_FAULT_INDEX(data) ((data) >> REPLAY_FAULT_SHIFT & 511)

#define REPLAY_CPUS_MAX		4096U
#define REPLAY_MMS_MAX		(1U << 24)

_Static_assert(sizeof(struct replay_header) == 64, "the header's size is part of the format");
_Static_assert(sizeof(struct replay_record) == 16, "a record's size is part of the format");

#endif
