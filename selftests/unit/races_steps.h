/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the CPUs do in a race: the steps that rows of RACES() name.
 */
#ifndef RACES_STEPS_H
#define RACES_STEPS_H

#include "world.h"

#define USER	9		/* a user-half entry */
#define USER_2	10
#define KERNEL	300		/* a kernel-half entry */
#define OLD	ENTRY(1)
#define NEW	ENTRY(2)
#define NEWER	ENTRY(3)

void steps_begin(struct world *world);

#define step_none	NULL

/* The owner, at sync points and away from them. */
void step_switch_to_0(void);
void step_switch_to_0_and_look(void);
void step_switch_to_0_and_2(void);
void step_switch_to_1_and_2(void);
void step_flush(void);
void step_flush_twice(void);
void step_fault(void);
void step_fault_when_stored(void);
void step_receive_flush_when_sent(void);
void step_receive_what_was_sent(void);
void step_switch_and_receive(void);
void step_fault_and_receive(void);
void step_fast_switch_and_leave(void);
void step_audit(void);
void step_audit_sync_audit(void);

/* Writers. */
void step_write_new(void);
void step_write_own_new(void);
void step_remove(void);
void step_write_second(void);
void step_write_twice(void);
void step_write_kernel_new(void);
void step_write_kernel_twice(void);
void step_write_kernel_and_walk(void);
void step_write_kernel_former(void);
void step_write_kernel_all(void);
void step_write_ldt(void);
void step_write_ldt_former(void);
void step_remove_and_check(void);
void step_remove_and_send(void);
void step_remove_and_flush_by_mask(void);
void step_add_and_remove(void);
void step_late_add(void);
void step_late_remove_and_send(void);
void step_late_remove_second(void);
void step_late_add_unseen_and_remove(void);
void step_late_remove(void);
void step_fault_on_another_cpu(void);
void step_fault_and_receive_what_was_sent(void);
void step_switch_and_receive_what_was_sent(void);

/* The rest: a third CPU, changes of policy, the end of a primary. */
void step_switch_1_to_0(void);
void step_switch_2_to_0(void);
void step_change_to_flag(void);
void step_change_to_eager(void);
void step_change_to_eager_and_write(void);
void step_change_to_dirty(void);
void step_forget(void);
void step_die_and_forget(void);

#endif
