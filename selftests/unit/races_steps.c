// SPDX-License-Identifier: GPL-2.0
/*
 * What the CPUs do in a race. CPU 0 owns the mirror that matters; CPUs 1 and 2
 * write, change the policy, or end the primary.
 *
 * A step reaches the core through the small machine or through one of the
 * first functions here.
 */
#include "races_steps.h"

#include "sim.h"

static struct world *w;

/* Words between the CPUs, in place of the kernel's IPIs and masks. */
static struct {
	bool is_flushed;
	bool is_sent;
	bool is_done;
	bool is_in_mask;
	bool is_asked_to_leave;
} told;

/**
 * steps_begin() - the steps that follow are taken in this machine
 * @world: the machine, as new; the words between the CPUs are watched
 */
void steps_begin(struct world *world)
{
	w = world;
	memset(&told, 0, sizeof(told));
	sim_watch(&told, sizeof(told));
}

static void write_entry(unsigned int cpu, unsigned int index, u64 value)
{
	world_write(w, cpu, 0, index, value);
}

static void leave(unsigned int cpu)
{
	pgdm_cache_unload(w->cache[cpu]);
}

static void forget_primary(void)
{
	pgdm_mirrors_forget(w->primary[0]);
}

static bool loaded_lacks(unsigned int index)
{
	return pgdm_mirror_lacks(w->cache[0]->loaded, w->primary[0], index);
}

static u64 published(void)
{
	return atomic64_read(&w->primary[0]->seq);
}

static void wait_for(const bool *word)
{
	while (!READ_ONCE(*word))
		sim_relax();
}

static void wait_for_publication(u64 seq)
{
	while (published() < seq)
		sim_relax();
}

/* S5: the table that @entry led to is freed now. */
static void expect_unreachable(u64 entry)
{
	if (world_find_reaching(w->primary[0], entry & PGDM_ENTRY_ADDR) >= 0)
		sim_blame("a loaded mirror leads to a freed table");
}

static void flush_and_tell(void)
{
	world_flush(w, 0);
	WRITE_ONCE(told.is_flushed, true);
}

/* --- the user half ------------------------------------------------------ */

void step_write_new(void)
{
	write_entry(1, USER, NEW);
}

/* By the CPU that has the mm's mirror loaded. */
void step_write_own_new(void)
{
	write_entry(0, USER, NEW);
}

void step_remove(void)
{
	write_entry(1, USER, 0);
}

void step_write_second(void)
{
	write_entry(2, USER_2, NEW);
}

/* The first word again: what it was is no proof that nothing happened. */
void step_write_twice(void)
{
	write_entry(1, USER, NEWER);
	write_entry(1, USER, OLD);
}

void step_switch_to_0(void)
{
	world_switch(w, 0, 0);
}

/* What the primary has had all the time, its mirror has, too. */
void step_switch_to_0_and_look(void)
{
	const struct pgdm_mirror *m = world_switch(w, 0, 0);

	if (READ_ONCE(w->primary[0]->page[0][USER]) == (OLD | PGDM_ENTRY_NX) &&
	    READ_ONCE(m->page[0][USER]) != (OLD | PGDM_ENTRY_NX))
		sim_blame("the first copy has overlooked an entry");
}

void step_switch_to_0_and_2(void)
{
	world_switch(w, 0, 0);
	world_switch(w, 0, 2);
}

void step_switch_1_to_0(void)
{
	world_switch(w, 1, 0);
}

void step_switch_2_to_0(void)
{
	world_switch(w, 2, 0);
}

void step_switch_to_1_and_2(void)
{
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
}

void step_flush(void)
{
	world_flush(w, 0);
}

void step_flush_twice(void)
{
	world_flush(w, 0);
	world_flush(w, 0);
}

void step_fault(void)
{
	world_fault(w, 0, USER);
}

/* S4: a fault that comes when the store is done leaves the entry right. */
void step_fault_when_stored(void)
{
	while (READ_ONCE(w->primary[0]->page[0][USER]) == (OLD | PGDM_ENTRY_NX))
		sim_relax();
	world_fault(w, 0, USER);
	if (loaded_lacks(USER))
		sim_blame("the fault would be repeated");
}

/* --- removals ----------------------------------------------------------- */

/* S5. The IPI is the flush on CPU 0, which the writer waits for. */
void step_remove_and_check(void)
{
	write_entry(1, USER, 0);
	wait_for(&told.is_flushed);
	expect_unreachable(OLD);
}

/* Interrupts are taken between sync points, as on a CPU with IRQs off. */
static void receive_flush(void)
{
	world_fault(w, 0, USER_2);
	flush_and_tell();
	world_switch(w, 0, 0);
}

/*
 * The flush is sent after the clear is published; what CPU 0 does before it
 * receives it, a sync point included, must not make it overlook the clear.
 */
void step_receive_flush_when_sent(void)
{
	world_flush(w, 0);
	wait_for_publication(2);
	receive_flush();
}

/* Here the flush is sent when the hook is over, and not when it publishes. */
void step_remove_and_send(void)
{
	write_entry(1, USER, 0);
	WRITE_ONCE(told.is_sent, true);
	wait_for(&told.is_flushed);
	expect_unreachable(OLD);
}

void step_receive_what_was_sent(void)
{
	world_flush(w, 0);
	wait_for(&told.is_sent);
	receive_flush();
}

/*
 * S2. CPU 0 is not in mm_cpumask when the flush is sent, so it gets none. It
 * enters the mask, a full barrier, and then reaches its sync point: the mirror
 * that it loads is right.
 */
void step_remove_and_flush_by_mask(void)
{
	write_entry(1, USER, 0);
	if (READ_ONCE(told.is_in_mask)) {
		WRITE_ONCE(told.is_sent, true);
		wait_for(&told.is_flushed);
	}
	expect_unreachable(OLD);
	WRITE_ONCE(told.is_done, true);
}

/* After the switch IRQs are on: a flush that was sent is received. */
void step_switch_and_receive(void)
{
	WRITE_ONCE(told.is_in_mask, true);
	smp_mb();
	world_switch(w, 0, 0);
	while (!READ_ONCE(told.is_sent) && !READ_ONCE(told.is_done))
		sim_relax();
	flush_and_tell();
}

/* W5: the kernel has stored when the hook is called. */
void step_late_add(void)
{
	world_store(w, 0, USER, NEW);
	world_tell_added(w, 1, 0, USER);
}

/* No flush: what is published must be found later. */
void step_late_remove(void)
{
	world_store(w, 0, USER, 0);
	world_tell_removed(w, 1, 0);
}

void step_late_remove_and_send(void)
{
	step_late_remove();
	WRITE_ONCE(told.is_sent, true);
	wait_for(&told.is_flushed);
	expect_unreachable(OLD);
}

/* Its own flush comes later. */
void step_late_remove_second(void)
{
	world_store(w, 0, USER_2, 0);
	world_tell_removed(w, 2, 0);
	WRITE_ONCE(told.is_done, true);
}

/*
 * The hook of the addition is never called. It is removed when the other remover is done,
 * as mmap_lock has it.
 */
void step_late_add_unseen_and_remove(void)
{
	world_store(w, 0, USER, NEW);
	wait_for(&told.is_done);
	step_late_remove();
}

void step_fault_on_another_cpu(void)
{
	world_fault(w, 2, USER);
}

void step_fault_and_receive_what_was_sent(void)
{
	world_fault(w, 0, USER);
	wait_for(&told.is_sent);
	flush_and_tell();
}

void step_switch_and_receive_what_was_sent(void)
{
	world_switch(w, 0, 0);
	wait_for(&told.is_sent);
	flush_and_tell();
}

void step_add_and_remove(void)
{
	write_entry(1, USER, NEW);
	write_entry(1, USER, 0);
	wait_for(&told.is_flushed);
	expect_unreachable(NEW);
}

void step_fault_and_receive(void)
{
	world_fault(w, 0, USER);
	wait_for_publication(3);
	flush_and_tell();
}

/* --- the kernel half ---------------------------------------------------- */

void step_write_kernel_new(void)
{
	write_entry(1, KERNEL, NEW);
}

void step_write_kernel_twice(void)
{
	write_entry(1, KERNEL, NEWER);
	write_entry(1, KERNEL, OLD);
}

/*
 * A loaded mirror may not even pass through an older word: the kernel repairs no
 * kernel fault, and the writer's caller goes on to use the new entry.
 */
void step_write_kernel_and_walk(void)
{
	const u64 *word = &world_mirror(w, 0, 0)->page[0][KERNEL];

	write_entry(1, KERNEL, NEW);
	if (READ_ONCE(*word) != NEW)
		sim_blame("the first word is not there");
	write_entry(1, KERNEL, NEWER);
	if (READ_ONCE(*word) != NEWER)
		sim_blame("the second word is not there");
}

/* Of the root that has the mirror, or had it. */
void step_write_kernel_former(void)
{
	world_write(w, 1, 1, KERNEL, NEW);
}

/* The kernel writes one root after the other. */
void step_write_kernel_all(void)
{
	world_write(w, 1, 1, KERNEL, NEW);
	world_write(w, 1, 0, KERNEL, NEW);
	world_write(w, 1, 2, KERNEL, NEW);
}

void step_write_ldt(void)
{
	world_write(w, 1, 0, OWN, NEW);
	world_write_user_page(w, 1, 0, OWN, NEWER);
}

void step_write_ldt_former(void)
{
	world_write(w, 1, 1, OWN, NEW);
	world_write_user_page(w, 1, 1, OWN, NEWER);
}

/* --- a policy gives way to another -------------------------------------- */

void step_change_to_flag(void)
{
	pgdm_policy_change(&pgdm_policy_flag);
}

void step_change_to_eager(void)
{
	pgdm_policy_change(&pgdm_policy_eager);
}

void step_change_to_eager_and_write(void)
{
	step_change_to_eager();
	step_write_twice();
}

void step_change_to_dirty(void)
{
	pgdm_policy_change(&pgdm_policy_dirty);
}

/* --- the end of a primary ----------------------------------------------- */

void step_forget(void)
{
	forget_primary();
}

/*
 * The module's order at the end of tracking: dead, CPUs leave, forget. A CPU
 * that loads the mirror at last did so before it was asked to leave, or not.
 */
void step_die_and_forget(void)
{
	WRITE_ONCE(w->primary[0]->dead, 1);
	WRITE_ONCE(told.is_asked_to_leave, true);
	wait_for(&told.is_flushed);
	forget_primary();
	if (READ_ONCE(w->cache[0]->loaded))
		sim_blame("a mirror of a dead primary is loaded");
}

/* The registry does not find a dead primary. */
static void look_up_and_switch(void)
{
	world_switch(w, 0, READ_ONCE(w->primary[0]->dead) ? -1 : 0);
}

/* The request is an IPI: it waits for the end of the sync point. */
void step_fast_switch_and_leave(void)
{
	look_up_and_switch();
	wait_for(&told.is_asked_to_leave);
	leave(0);
	smp_mb();
	WRITE_ONCE(told.is_flushed, true);
	look_up_and_switch();
}

/* --- the audit ---------------------------------------------------------- */

void step_audit(void)
{
	struct pgdm_audit found;

	if (world_audit(w, 0, &found) == PGDM_AUDIT_VIOLATION)
		sim_blame("violation");
}

void step_audit_sync_audit(void)
{
	step_audit();
	world_flush(w, 0);
	step_audit();
}
