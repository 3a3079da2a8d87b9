/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The races of the protocol, as scenarios for sim.h: one table.
 */
#ifndef RACES_H
#define RACES_H

#include "bug.h"
#include "sim.h"

/* A seeded bug that the race has to find: one interleaving goes wrong with it. */
#define FINDS(bug)	BIT(PGDM_BUG_##bug)

/*
 * A row is
 *
 *	name, what meets what,
 *	policy, setup, the owner (CPU 0), a writer or another (CPU 1), CPU 2,
 *	what must hold, at most so many preemptions, delays, bugs found
 *
 * races.c has pgdm_policy_POLICY from the start, setup_SETUP() and what must
 * hold afterwards; races_steps.c has step_STEP(), what each CPU does.
 */
#define RACES(X) \
	X(write_dirty_sync, "a user-half write, dirty syncs", \
	  dirty, loaded, flush_twice, write_new, none, \
	  next_sync_is_right, 3, 1, FINDS(publish_first) | \
	  FINDS(lost_publish) | FINDS(user_half_late)) \
	X(write_full_sync, "a user-half write, a full sync", \
	  always, loaded, flush, write_new, none, \
	  next_dirty_sync_is_right, 3, 1, FINDS(late_sequence)) \
	X(two_writers_dirty_sync, "two writers, a dirty sync", \
	  dirty, loaded_two_entries, flush, write_new, write_second, \
	  next_sync_is_right, 2, 1, FINDS(late_sequence)) \
	X(writers_lap_the_ring, "a write a whole ring ahead, a dirty sync", \
	  dirty, ring_behind, flush, write_new, write_second, \
	  next_sync_is_right, 2, 1, FINDS(ignore_overrun)) \
	X(removal_flush, "clear, publish, flush, oracle; sync points", \
	  dirty, loaded, receive_flush_when_sent, remove_and_check, none, \
	  nothing_more, 2, 1, FINDS(publish_first) | FINDS(skip_flush_sync)) \
	X(removal_switch, "the same; the CPU switches to the mm", \
	  dirty, left, switch_and_receive, remove_and_flush_by_mask, none, \
	  nothing_more, 2, 1, FINDS(publish_first)) \
	X(removal_fast_flush, "removal_flush, fast paths", \
	  dirty, loaded_fast, receive_flush_when_sent, remove_and_check, none, \
	  nothing_more, 2, 1, 0) \
	X(removal_fast_switch, "removal_switch, fast paths", \
	  dirty, left_fast, switch_and_receive, remove_and_flush_by_mask, none, \
	  nothing_more, 2, 1, 0) \
	X(forget_fast_switch, "the primary dies, its mirror is loaded", \
	  dirty, left_fast, fast_switch_and_leave, die_and_forget, none, \
	  has_no_mirror, 3, 1, 0) \
	X(write_fault, "a user-half write, faults on its entry", \
	  dirty, loaded, fault_when_stored, write_new, none, \
	  next_sync_is_right, 3, 1, FINDS(skip_fault_sync)) \
	X(kernel_write_claim, "a kernel-half write, a mirror is claimed", \
	  dirty, kernel_left_over, switch_to_0, write_kernel_new, none, \
	  kernel_half_is_right, 2, 1, FINDS(no_write_through) | \
	  FINDS(join_late) | FINDS(no_kernel_repeat)) \
	X(kernel_write_evict, "a kernel-half write, its mirror is evicted", \
	  dirty, kernel_evict, switch_to_1_and_2, write_kernel_new, none, \
	  others_are_right, 2, 1, 0) \
	X(kernel_writes_full_sync, "two kernel-half writes, a full sync", \
	  dirty, kernel_left_over, switch_to_0, write_kernel_twice, none, \
	  kernel_half_is_right, 2, 1, 0) \
	X(kernel_writes_loaded_sync, "the same, of a mirror that is loaded", \
	  always, kernel_word, flush, write_kernel_and_walk, none, \
	  kernel_half_is_right, 5, 0, 0) \
	X(forget_claim, "the primary dies, a mirror is claimed", \
	  dirty, state, switch_to_0, forget, none, \
	  has_no_mirror, 3, 1, FINDS(join_late)) \
	X(forget_two_claims, "the primary dies, two CPUs claim a mirror each", \
	  dirty, state_of_two, switch_to_0, forget, switch_2_to_0, \
	  none_has_a_mirror, 2, 1, FINDS(join_late)) \
	X(forget_evict, "the primary dies, its mirror is evicted", \
	  dirty, state_loaded, switch_to_1_and_2, forget, none, \
	  has_no_mirror_and_others_are_kept, 3, 1, 0) \
	X(flag_write_flush, "flag: a write, a copy that lowers the flag", \
	  flag, flag_raised, flush, write_new, none, \
	  next_sync_is_right, 3, 1, FINDS(late_lower) | FINDS(scan_first)) \
	X(flag_write_claim, "flag: a write, a mirror is claimed", \
	  flag, flag_claim, switch_to_0, write_new, none, \
	  next_sync_is_right, 2, 1, FINDS(join_late)) \
	X(flag_removal_flush, "removal_flush, flag", \
	  flag, flag_loaded, receive_what_was_sent, remove_and_send, none, \
	  nothing_more, 2, 1, 0) \
	X(flag_mm_removal_flush, "removal_flush, flag-mm", \
	  flag_mm, loaded, receive_flush_when_sent, remove_and_check, none, \
	  nothing_more, 2, 1, 0) \
	X(carry_removal_switch, "removal_switch, carry", \
	  carry, left, switch_and_receive, remove_and_flush_by_mask, none, \
	  nothing_more, 2, 1, 0) \
	X(eager_write_claim, "eager: a write, a mirror is claimed", \
	  eager, user_left_over, switch_to_0, write_new, none, \
	  user_half_is_right, 2, 1, FINDS(join_late) | FINDS(scan_first) | \
	  FINDS(plain_attach)) \
	X(eager_writes_full_sync, "eager: two writes, a full copy", \
	  eager, missed_hook, flush, write_twice, none, \
	  user_half_is_right, 2, 1, FINDS(plain_attach)) \
	X(eager_write_evict, "eager: a write, its mirror is evicted", \
	  eager, user_evict, switch_to_1_and_2, write_new, none, \
	  others_are_right, 2, 1, 0) \
	X(eager_removal_fault, "eager: an addition and its removal, a fault", \
	  eager, removed, fault_and_receive, add_and_remove, none, \
	  user_half_is_right, 3, 0, FINDS(plain_attach)) \
	X(change_to_flag, "dirty gives way to flag, a write, flushes", \
	  dirty, change, flush_twice, write_new, change_to_flag, \
	  next_sync_is_right, 3, 0, FINDS(change_early)) \
	X(change_to_eager, "dirty gives way to eager, a write, flushes", \
	  dirty, change, flush_twice, write_new, change_to_eager, \
	  next_sync_is_right, 3, 0, 0) \
	X(change_from_eager, "eager gives way to dirty, a write, flushes", \
	  eager, change, flush_twice, write_new, change_to_dirty, \
	  next_sync_is_right, 3, 0, 0) \
	X(change_fault, "dirty gives way to eager, two writes, a fault far behind", \
	  dirty, change_behind, fault, change_to_eager_and_write, none, \
	  next_sync_is_right, 5, 0, 0) \
	X(first_copy_write, "a user-half write, a first copy", \
	  dirty, unused, switch_to_0, write_new, none, \
	  marks_and_next_sync_are_right, 3, 1, FINDS(mark_late)) \
	X(first_copy_removal, "a removal, a first copy", \
	  dirty, unused_with_entry, switch_to_0_and_look, remove, none, \
	  marks_and_next_sync_are_right, 3, 1, FINDS(unmark_early)) \
	X(first_copy_leftover, "the same; the mirror has another one's entry", \
	  dirty, used_with_entry, switch_to_0, remove, none, \
	  marks_and_next_sync_are_right, 3, 1, FINDS(keep_leftover)) \
	X(first_copy_two_writers, "two writers of one word of marks, a first copy", \
	  dirty, unused_two_entries, switch_to_0, remove, write_second, \
	  marks_and_next_sync_are_right, 2, 1, FINDS(mark_late)) \
	X(marks_write, "a user-half write, a sync by the marks", \
	  dirty, far_behind, flush, write_new, none, \
	  marks_and_next_sync_are_right, 3, 1, FINDS(mark_late)) \
	X(marks_two_writers, "two writers of one word of marks, such a sync", \
	  dirty, far_behind_two_entries, flush, write_new, write_second, \
	  marks_and_next_sync_are_right, 2, 1, FINDS(mark_late)) \
	X(common_write_claim, "a kernel-half write, a claim; the roots agreed", \
	  dirty, kernel_known, switch_to_0, write_kernel_new, none, \
	  kernel_half_is_right, 2, 1, FINDS(ignore_kernel_write) | \
	  FINDS(count_late) | FINDS(no_write_through) | FINDS(join_late)) \
	X(common_write_no_ldt, "the same without PTI: nothing is compared", \
	  dirty, kernel_known_no_ldt, switch_to_0, write_kernel_new, none, \
	  kernel_half_is_right, 2, 1, FINDS(ignore_kernel_write) | \
	  FINDS(count_late) | FINDS(no_write_through) | FINDS(join_late)) \
	X(common_former_write, "such a write of the mirror's former primary", \
	  dirty, kernel_change_hands, switch_to_0, write_kernel_former, none, \
	  others_are_right, 2, 1, FINDS(ignore_kernel_write) | \
	  FINDS(count_late)) \
	X(common_writes, "the same of all roots, one by one", \
	  dirty, kernel_change_hands, switch_to_0, write_kernel_all, none, \
	  others_are_right, 2, 0, FINDS(ignore_kernel_write)) \
	X(ldt_write_claim, "an LDT's entry is written, a mirror is claimed", \
	  dirty, ldt_change_hands, switch_to_0, write_ldt, none, \
	  ldt_is_right, 2, 1, FINDS(skip_own_entries)) \
	X(ldt_former_write, "the same of the mirror's former primary", \
	  dirty, ldt_change_hands, switch_to_0, write_ldt_former, none, \
	  others_are_right, 2, 1, FINDS(skip_own_entries)) \
	X(own_write_first_copy, "a write, a first copy on another CPU", \
	  dirty, own, write_own_new, switch_1_to_0, none, \
	  both_next_syncs_are_right, 3, 1, FINDS(mark_late)) \
	X(own_write_other_writer, "a write, another CPU's write", \
	  dirty, loaded_two_entries, write_own_new, write_second, none, \
	  next_sync_is_right, 2, 1, FINDS(own_too_far)) \
	X(own_write_all, "both, and a first copy", \
	  dirty, own, write_own_new, switch_1_to_0, write_second, \
	  both_next_syncs_are_right, 2, 0, FINDS(mark_late) | \
	  FINDS(own_too_far)) \
	X(own_write_forget, "a write, the primary dies", \
	  dirty, own_forget, write_own_new, forget, none, \
	  next_primary_is_right, 3, 1, 0) \
	X(change_to_marks, "always gives way to dirty, a mirror changes hands", \
	  always, change_unmarked, switch_to_0_and_2, change_to_dirty, none, \
	  others_have_what_they_should, 3, 0, 0) \
	X(late_removal_flush, "the kernel clears, then the hook, flush, oracle", \
	  dirty, late_loaded, receive_what_was_sent, late_remove_and_send, none, \
	  nothing_more, 2, 1, FINDS(lost_publish)) \
	X(late_two_removers, "the same; another removal of the same mm", \
	  dirty, late_two, receive_what_was_sent, late_remove_and_send, \
	  late_remove_second, nothing_more, 2, 0, FINDS(unmark_first)) \
	X(late_write_first_copy, "the kernel adds, then the hook, a first copy", \
	  dirty, late_unused, switch_to_0, late_add, none, \
	  marks_and_next_sync_are_right, 3, 1, FINDS(mark_late)) \
	X(late_write_removal, "an addition, another entry's removal, a left mark", \
	  dirty, late_left_mark, flush, late_add, late_remove_second, \
	  marks_and_next_sync_are_right, 2, 1, FINDS(no_second_look)) \
	X(late_unseen_fault, "an addition that no hook saw: a fault, its removal", \
	  dirty, late_unseen, fault_and_receive_what_was_sent, \
	  late_remove_and_send, none, nothing_more, 2, 1, \
	  FINDS(copy_unmarked) | FINDS(no_second_copy)) \
	X(late_unseen_first_copy, "the same; a first copy by the mirror's marks", \
	  dirty, late_unseen_used, switch_and_receive_what_was_sent, \
	  late_remove_and_send, none, nothing_more, 2, 1, \
	  FINDS(copy_unmarked) | FINDS(no_second_copy)) \
	X(late_unseen_full_copy, "the same; a full copy", \
	  flag_mm, late_unseen, fault_and_receive_what_was_sent, \
	  late_remove_and_send, none, nothing_more, 2, 1, \
	  FINDS(copy_unmarked) | FINDS(no_second_copy)) \
	X(late_unseen_exchange, "the same under eager", \
	  eager, late_unseen, fault_and_receive_what_was_sent, \
	  late_remove_and_send, none, nothing_more, 2, 1, \
	  FINDS(copy_unmarked) | FINDS(no_second_copy)) \
	X(late_unseen_two_owners, "an addition that no hook saw: two faults, its removal", \
	  dirty, late_unseen_two, fault, late_remove, fault_on_another_cpu, \
	  next_sync_is_right, 2, 0, FINDS(copy_unmarked) | FINDS(trust_mark) | \
	  FINDS(no_second_copy)) \
	X(late_unseen_left_mark, "a left mark is taken away meanwhile", \
	  dirty, late_left_mark, fault, late_add_unseen_and_remove, \
	  late_remove_second, next_sync_is_right, 2, 0, \
	  FINDS(copy_unmarked) | FINDS(no_second_look)) \
	X(late_audit, "the audit, an addition and a removal", \
	  dirty, late_left_mark, audit_sync_audit, late_add, late_remove_second, \
	  next_sync_is_right, 2, 0, 0) \
	X(audit_write, "the audit, a user-half write", \
	  dirty, loaded, audit_sync_audit, write_new, none, \
	  next_sync_is_right, 3, 1, FINDS(publish_first) | \
	  FINDS(lost_publish) | FINDS(user_half_late)) \
	X(audit_kernel_write, "the audit, a kernel-half write", \
	  dirty, kernel_loaded, audit, write_kernel_new, none, \
	  kernel_half_is_right, 3, 1, FINDS(no_write_through)) \
	X(audit_two_writers, "the audit, two writers", \
	  dirty, loaded_two_entries, audit, write_new, write_second, \
	  next_sync_is_right, 2, 1, 0)

/**
 * struct race - a row of the table
 * @scenario: what is interleaved, and what must hold
 * @finds: a bit for each seeded bug that it must find
 */
struct race {
	struct sim_scenario scenario;
	unsigned long finds;
};

#define RACE_NUMBER(name, ...)	RACE_##name,
enum race_number { RACES(RACE_NUMBER) NR_RACES };

#undef RACE_NUMBER

extern const struct race races[NR_RACES];

#endif
