/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The races of the protocol, as scenarios for sim.h.
 */
#ifndef RACES_H
#define RACES_H

#include "sim.h"

/* name, what meets what */
#define RACES(X) \
	X(write_dirty_sync,	"a user-half write, dirty syncs") \
	X(write_full_sync,	"a user-half write, a full sync") \
	X(two_writers_dirty_sync, "two writers, a dirty sync") \
	X(writers_lap_the_ring,	"a write a whole ring ahead, a dirty sync") \
	X(removal_flush,	"clear, publish, flush, oracle; sync points") \
	X(removal_switch,	"the same; the CPU switches to the mm") \
	X(removal_fast_flush,	"removal_flush, fast paths") \
	X(removal_fast_switch,	"removal_switch, fast paths") \
	X(forget_fast_switch,	"the primary dies, its mirror is loaded") \
	X(write_fault,		"a user-half write, faults on its entry") \
	X(kernel_write_claim,	"a kernel-half write, a mirror is claimed") \
	X(kernel_write_evict,	"a kernel-half write, its mirror is evicted") \
	X(kernel_writes_full_sync, "two kernel-half writes, a full sync") \
	X(kernel_writes_loaded_sync, "the same, of a mirror that is loaded") \
	X(forget_claim,		"the primary dies, a mirror is claimed") \
	X(forget_two_claims,	"the primary dies, two CPUs claim a mirror each") \
	X(forget_evict,		"the primary dies, its mirror is evicted") \
	X(flag_write_flush,	"flag: a write, a copy that lowers the flag") \
	X(flag_write_claim,	"flag: a write, a mirror is claimed") \
	X(flag_removal_flush,	"removal_flush, flag") \
	X(flag_mm_removal_flush, "removal_flush, flag-mm") \
	X(carry_removal_switch,	"removal_switch, carry") \
	X(eager_write_claim,	"eager: a write, a mirror is claimed") \
	X(eager_writes_full_sync, "eager: two writes, a full copy") \
	X(eager_write_evict,	"eager: a write, its mirror is evicted") \
	X(eager_removal_fault,	"eager: an addition and its removal, a fault") \
	X(change_to_flag,	"dirty gives way to flag, a write, flushes") \
	X(change_to_eager,	"dirty gives way to eager, a write, flushes") \
	X(change_from_eager,	"eager gives way to dirty, a write, flushes") \
	X(audit_write,		"the audit, a user-half write") \
	X(audit_kernel_write,	"the audit, a kernel-half write") \
	X(audit_two_writers,	"the audit, two writers")

extern const struct sim_scenario race_write_dirty_sync;
extern const struct sim_scenario race_write_full_sync;
extern const struct sim_scenario race_two_writers_dirty_sync;
extern const struct sim_scenario race_writers_lap_the_ring;
extern const struct sim_scenario race_removal_flush;
extern const struct sim_scenario race_removal_switch;
extern const struct sim_scenario race_removal_fast_flush;
extern const struct sim_scenario race_removal_fast_switch;
extern const struct sim_scenario race_forget_fast_switch;
extern const struct sim_scenario race_write_fault;
extern const struct sim_scenario race_kernel_write_claim;
extern const struct sim_scenario race_kernel_write_evict;
extern const struct sim_scenario race_kernel_writes_full_sync;
extern const struct sim_scenario race_kernel_writes_loaded_sync;
extern const struct sim_scenario race_forget_claim;
extern const struct sim_scenario race_forget_two_claims;
extern const struct sim_scenario race_forget_evict;
extern const struct sim_scenario race_flag_write_flush;
extern const struct sim_scenario race_flag_write_claim;
extern const struct sim_scenario race_flag_removal_flush;
extern const struct sim_scenario race_flag_mm_removal_flush;
extern const struct sim_scenario race_carry_removal_switch;
extern const struct sim_scenario race_eager_write_claim;
extern const struct sim_scenario race_eager_writes_full_sync;
extern const struct sim_scenario race_eager_write_evict;
extern const struct sim_scenario race_eager_removal_fault;
extern const struct sim_scenario race_change_to_flag;
extern const struct sim_scenario race_change_to_eager;
extern const struct sim_scenario race_change_from_eager;
extern const struct sim_scenario race_audit_write;
extern const struct sim_scenario race_audit_kernel_write;
extern const struct sim_scenario race_audit_two_writers;

#endif
