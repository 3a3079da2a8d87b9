/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trace is replayed on the simulated machine, under one policy.
 */
#ifndef PLAY_H
#define PLAY_H

#include "machine.h"
#include "trace_file.h"

struct pgdm_policy;

/**
 * enum play_cycles - what is measured
 * @PLAY_COUNT: nothing: the trace is replayed as fast as possible
 * @PLAY_HOT: cycles of each operation, one after the other
 * @PLAY_COLD: the same, and before each the lines that it may touch are flushed
 */
enum play_cycles {
	PLAY_COUNT,
	PLAY_HOT,
	PLAY_COLD,
};

/**
 * struct play_setup - how a trace is replayed
 * @trace: what
 * @policy: under which policy
 * @cpus: simulated ones; 0: as many as the trace has
 * @copies: so many times each address space
 * @mirrors: that each CPU owns; 0: as many as the trace says
 * @warm: so many times before anything is counted: then mirrors were used before, as on
 *	a machine that has been up for a while
 * @cycles: what is measured
 * @compare: hold each sync against what the trace says about it
 */
struct play_setup {
	const struct trace_file *trace;
	const struct pgdm_policy *policy;
	unsigned int cpus;
	unsigned int copies;
	unsigned int mirrors;
	unsigned int warm;
	enum play_cycles cycles;
	bool compare;
};

/**
 * struct play_cost - cycles of one kind of operation
 * @ops: how many were measured
 * @cycles: of all of them, less what taking the time costs
 */
struct play_cost {
	u64 ops;
	u64 cycles;
};

/**
 * struct play_result - what a replay found
 * @stats: the core's counters, of all CPUs
 * @sync: sync points
 * @publish: root writes
 * @events: records that were applied, each copy's
 * @strays: records of an address space that is not there (any more), passed over
 * @compared: syncs of which the trace says what the module did
 * @different: those of them of which the replay did something else
 * @first_different: the record of the first of them
 * @most_live: address spaces at a time
 * @seconds: of this process on its core
 */
struct play_result {
	struct pgdm_stats stats;
	struct play_cost sync;
	struct play_cost publish;
	u64 events;
	u64 strays;
	u64 compared;
	u64 different;
	u64 first_different;
	unsigned long most_live;
	double seconds;
};

int play(const struct play_setup *setup, struct play_result *result);

#endif
