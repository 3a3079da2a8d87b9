// SPDX-License-Identifier: GPL-2.0
/*
 * The races of the protocol. CPU 0 owns the mirror that matters; CPUs 1 and 2
 * write. Afterwards each is judged by what the protocol promises, without a
 * sync that would heal it unless the promise is about the next sync.
 */
#include "races.h"
#include "world.h"

#define USER	9		/* a user-half entry */
#define USER_2	10
#define KERNEL	300		/* a kernel-half entry */
#define OLD	ENTRY(1)
#define NEW	ENTRY(2)
#define NEWER	ENTRY(3)
#define TABLE(entry)	((entry) & PGDM_ENTRY_ADDR)

static struct world *w;
static bool flushed;

/* Made once, and made as new for each run. */
static void fresh(void)
{
	if (!w)
		w = world_create(3, 2, 3, 2);
	world_reset(w);
	pgdm_engine.caches = w->cache;
	pgdm_engine.nr_caches = 1;
	pgdm_engine.missed = &w->missed;
	pgdm_engine.missed_stored = &w->missed_stored;
	flushed = false;
}

static void watch_entry(unsigned int which, unsigned int index)
{
	unsigned int i, page;

	for (page = 0; page < w->pages; page++) {
		sim_watch(&w->primary[which]->page[page][index], 8);
		for (i = 0; i < w->mirrors; i++)
			sim_watch(&w->cache[0]->mirror[i].page[page][index], 8);
	}
}

/* The owner may be interrupted before it becomes a sharer of the next mm. */
static void watch_sharers(unsigned int which)
{
	const struct pgdm_sharers *s = &w->primary[which]->sharers;

	sim_watch(s->word, pgdm_sharers_words(w->cpus) * sizeof(*s->word));
}

/* Sequences, ring and death of a primary; who owns which mirror. */
static void watch_state(unsigned int which)
{
	struct pgdm_primary *p = w->primary[which];
	unsigned int i;

	sim_watch(&p->dead, sizeof(p->dead));
	sim_watch(&p->seq, sizeof(p->seq));
	sim_watch(&p->kernel_seq, sizeof(p->kernel_seq));
	sim_watch(&p->inflight, sizeof(p->inflight));
	sim_watch(p->ring, sizeof(p->ring));
	watch_sharers(which);
	sim_watch(&w->cache[0]->loaded, sizeof(void *));
	sim_watch(w->cache[0]->root, w->mirrors * sizeof(w->cache[0]->root[0]));
	for (i = 0; i < w->mirrors; i++) {
		struct pgdm_mirror *m = &w->cache[0]->mirror[i];

		sim_watch(&m->primary, sizeof(m->primary));
		sim_watch(&m->writers, sizeof(m->writers));
	}
}

static struct pgdm_mirror *mirror(void)
{
	return world_mirror(w, 0, 0);
}

static bool differs(unsigned int index)
{
	return !mirror() || pgdm_mirror_lacks(mirror(), w->primary[0], index);
}

/* --- what CPUs do ------------------------------------------------------- */

static void write_new(void)
{
	world_write(w, 1, 0, USER, NEW);
}

static void write_second(void)
{
	world_write(w, 2, 0, USER_2, NEW);
}

static void write_kernel_new(void)
{
	world_write(w, 1, 0, KERNEL, NEW);
}

/* The first word again: what it was is no proof that nothing happened. */
static void write_kernel_twice(void)
{
	world_write(w, 1, 0, KERNEL, NEWER);
	world_write(w, 1, 0, KERNEL, OLD);
}

static void switch_to_0(void)
{
	world_switch(w, 0, 0);
}

static void switch_to_1_and_2(void)
{
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
}

static void flush(void)
{
	world_flush(w, 0);
}

static void flush_twice(void)
{
	world_flush(w, 0);
	world_flush(w, 0);
}

static void fault(void)
{
	world_fault(w, 0, USER);
}

/* --- user half ---------------------------------------------------------- */

static void setup_loaded(void)
{
	fresh();
	world_write(w, 1, 0, USER, OLD);
	world_write(w, 1, 0, KERNEL, OLD);
	world_switch(w, 0, 0);
	watch_entry(0, USER);
	watch_state(0);
}

/* All is published now: one more sync, and nothing differs. */
static bool next_sync_is_right(void)
{
	world_flush(w, 0);
	return !world_differences(mirror(), w->primary[0]);
}

const struct sim_scenario race_write_dirty_sync = {
	.name = "write_dirty_sync",
	.setup = setup_loaded,
	.cpu = { flush_twice, write_new },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 1,
};

static void setup_full(void)
{
	setup_loaded();
	pgdm_engine.policy = &pgdm_policy_always;
}

static bool next_dirty_sync_is_right(void)
{
	pgdm_engine.policy = &pgdm_policy_dirty;
	return next_sync_is_right();
}

const struct sim_scenario race_write_full_sync = {
	.name = "write_full_sync",
	.setup = setup_full,
	.cpu = { flush, write_new },
	.check = next_dirty_sync_is_right,
	.preemptions = 3,
	.delays = 1,
};

static void setup_two(void)
{
	setup_loaded();
	watch_entry(0, USER_2);
}

const struct sim_scenario race_two_writers_dirty_sync = {
	.name = "two_writers_dirty_sync",
	.setup = setup_two,
	.cpu = { flush, write_new, write_second },
	.check = next_sync_is_right,
	.preemptions = 2,
	.delays = 1,
};

/*
 * The mirror is as far behind as the ring goes. One write more overwrites the
 * record that it needs first, while it reads.
 */
static void setup_lap(void)
{
	unsigned int i;

	fresh();
	world_switch(w, 0, 0);
	world_write(w, 1, 0, USER_2, NEW);
	for (i = 1; i < PGDM_RING; i++)
		world_write(w, 1, 0, 100, ENTRY(i));
	watch_entry(0, USER);
	watch_entry(0, USER_2);
	sim_watch(&w->primary[0]->seq, 8);
	sim_watch(&w->primary[0]->ring[1], 8);
	sim_watch(&w->primary[0]->ring[2], 8);
}

const struct sim_scenario race_writers_lap_the_ring = {
	.name = "writers_lap_the_ring",
	.setup = setup_lap,
	.cpu = { flush, write_new, write_second },
	.check = next_sync_is_right,
	.preemptions = 2,
	.delays = 1,
};

/* S5. The IPI is the flush on CPU 0, which the writer waits for. */
static void remove_and_check(void)
{
	world_write(w, 1, 0, USER, 0);
	while (!READ_ONCE(flushed))
		sim_relax();
	if (world_find_reaching(w->primary[0], TABLE(OLD)) >= 0)
		sim_blame("a loaded mirror leads to a freed table");
}

/* Interrupts are taken between sync points, as on a CPU with IRQs off. */
static void receive_flush(void)
{
	world_fault(w, 0, USER_2);
	world_flush(w, 0);
	WRITE_ONCE(flushed, true);
	world_switch(w, 0, 0);
}

/*
 * The flush is sent after the clear is published; what CPU 0 does before it
 * receives it, a sync point included, must not make it overlook the clear.
 */
static void receive_flush_when_sent(void)
{
	world_flush(w, 0);
	while (atomic64_read(&w->primary[0]->seq) < 2)
		sim_relax();
	receive_flush();
}

static bool nothing_more(void)
{
	return true;
}

static void setup_removal(void)
{
	setup_loaded();
	sim_watch(&flushed, sizeof(flushed));
}

const struct sim_scenario race_removal_flush = {
	.name = "removal_flush",
	.setup = setup_removal,
	.cpu = { receive_flush_when_sent, remove_and_check },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

/*
 * S2. CPU 0 is not in mm_cpumask when the flush is sent, so it gets none. It
 * enters the mask, a full barrier, and then reaches its sync point: the mirror
 * that it loads is right.
 */
static bool is_in_mask, is_sent, is_done;

static void remove_and_flush_by_mask(void)
{
	world_write(w, 1, 0, USER, 0);
	if (READ_ONCE(is_in_mask)) {
		WRITE_ONCE(is_sent, true);
		while (!READ_ONCE(flushed))
			sim_relax();
	}
	if (world_find_reaching(w->primary[0], TABLE(OLD)) >= 0)
		sim_blame("a loaded mirror leads to a freed table");
	WRITE_ONCE(is_done, true);
}

/* After the switch IRQs are on: a flush that was sent is received. */
static void switch_and_receive(void)
{
	WRITE_ONCE(is_in_mask, true);
	smp_mb();
	world_switch(w, 0, 0);
	while (!READ_ONCE(is_sent) && !READ_ONCE(is_done))
		sim_relax();
	world_flush(w, 0);
	WRITE_ONCE(flushed, true);
}

static void setup_switch(void)
{
	setup_removal();
	world_switch(w, 0, -1);
	is_in_mask = false;
	is_sent = false;
	is_done = false;
	sim_watch(&is_in_mask, sizeof(is_in_mask));
	sim_watch(&is_sent, sizeof(is_sent));
	sim_watch(&is_done, sizeof(is_done));
}

const struct sim_scenario race_removal_switch = {
	.name = "removal_switch",
	.setup = setup_switch,
	.cpu = { switch_and_receive, remove_and_flush_by_mask },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

/* The same where a clean mirror needs no long way. */
static void setup_fast_removal(void)
{
	setup_removal();
	w->fast = true;
}

const struct sim_scenario race_removal_fast_flush = {
	.name = "removal_fast_flush",
	.setup = setup_fast_removal,
	.cpu = { receive_flush_when_sent, remove_and_check },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

static void setup_fast_switch(void)
{
	setup_switch();
	w->fast = true;
}

const struct sim_scenario race_removal_fast_switch = {
	.name = "removal_fast_switch",
	.setup = setup_fast_switch,
	.cpu = { switch_and_receive, remove_and_flush_by_mask },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

/* S4: a fault that comes when the store is done leaves the entry right. */
static void fault_when_stored(void)
{
	while (READ_ONCE(w->primary[0]->page[0][USER]) == (OLD | PGDM_ENTRY_NX))
		sim_relax();
	fault();
	if (pgdm_mirror_lacks(w->cache[0]->loaded, w->primary[0], USER))
		sim_blame("the fault would be repeated");
}

const struct sim_scenario race_write_fault = {
	.name = "write_fault",
	.setup = setup_loaded,
	.cpu = { fault_when_stored, write_new },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 1,
};

/* --- kernel half: right at once, without a sync -------------------------- */

static bool kernel_half_is_right(void)
{
	return !differs(KERNEL);
}

/* What the mirror had before is just what will be written. */
static void setup_claim(void)
{
	unsigned int i, page;

	fresh();
	world_write(w, 1, 0, KERNEL, OLD);
	for (i = 0; i < w->mirrors; i++)
		for (page = 0; page < w->pages; page++)
			w->cache[0]->mirror[i].page[page][KERNEL] = NEW;
	watch_entry(0, KERNEL);
	watch_state(0);
}

const struct sim_scenario race_kernel_write_claim = {
	.name = "kernel_write_claim",
	.setup = setup_claim,
	.cpu = { switch_to_0, write_kernel_new },
	.check = kernel_half_is_right,
	.preemptions = 2,
	.delays = 1,
};

/* The mirror changes hands twice: nothing of mm 0 may show in mm 1 or 2. */
static void setup_evict(void)
{
	fresh();
	world_write(w, 1, 0, KERNEL, OLD);
	world_switch(w, 0, 0);
	watch_entry(0, KERNEL);
	watch_entry(1, KERNEL);
	watch_state(0);
	watch_sharers(2);
}

static bool others_are_right(void)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++) {
		const struct pgdm_mirror *m = &w->cache[0]->mirror[i];

		if (m->primary && world_differences(m, m->primary))
			return false;
	}
	return true;
}

const struct sim_scenario race_kernel_write_evict = {
	.name = "kernel_write_evict",
	.setup = setup_evict,
	.cpu = { switch_to_1_and_2, write_kernel_new },
	.check = others_are_right,
	.preemptions = 2,
	.delays = 1,
};

const struct sim_scenario race_kernel_writes_full_sync = {
	.name = "kernel_writes_full_sync",
	.setup = setup_claim,
	.cpu = { switch_to_0, write_kernel_twice },
	.check = kernel_half_is_right,
	.preemptions = 2,
	.delays = 1,
};

/*
 * A loaded mirror may not even pass through an older word: nobody repairs a
 * kernel fault, and the writer's caller goes on to use the new entry.
 */
static void write_kernel_and_walk(void)
{
	const u64 *word = &mirror()->page[0][KERNEL];

	world_write(w, 1, 0, KERNEL, NEW);
	if (READ_ONCE(*word) != NEW)
		sim_blame("the first word is not there");
	world_write(w, 1, 0, KERNEL, NEWER);
	if (READ_ONCE(*word) != NEWER)
		sim_blame("the second word is not there");
}

/* Few words are watched, so that many preemptions are bearable. */
static void setup_loaded_kernel(void)
{
	fresh();
	world_write(w, 1, 0, KERNEL, OLD);
	world_switch(w, 0, 0);
	pgdm_engine.policy = &pgdm_policy_always;
	sim_watch(&w->primary[0]->page[0][KERNEL], 8);
	sim_watch(&mirror()->page[0][KERNEL], 8);
}

const struct sim_scenario race_kernel_writes_loaded_sync = {
	.name = "kernel_writes_loaded_sync",
	.setup = setup_loaded_kernel,
	.cpu = { flush, write_kernel_and_walk },
	.check = kernel_half_is_right,
	.preemptions = 5,
	.delays = 0,
};

/* --- policies that tell --------------------------------------------------- */

static void watch_flags(void)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++)
		sim_watch(&w->cache[0]->mirror[i].flag, sizeof(int));
}

static void setup_flag(void)
{
	setup_loaded();
	pgdm_engine.policy = &pgdm_policy_flag;
	watch_flags();
}

/* One flag is raised already, so that the copy has one to lower. */
static void setup_flag_raised(void)
{
	setup_flag();
	world_write(w, 1, 0, USER_2, OLD);
}

const struct sim_scenario race_flag_write_flush = {
	.name = "flag_write_flush",
	.setup = setup_flag_raised,
	.cpu = { flush, write_new },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 1,
};

static void setup_flag_claim(void)
{
	fresh();
	pgdm_engine.policy = &pgdm_policy_flag;
	world_write(w, 1, 0, USER, OLD);
	watch_entry(0, USER);
	watch_state(0);
	watch_flags();
}

const struct sim_scenario race_flag_write_claim = {
	.name = "flag_write_claim",
	.setup = setup_flag_claim,
	.cpu = { switch_to_0, write_new },
	.check = next_sync_is_right,
	.preemptions = 2,
	.delays = 1,
};

/* Here the flush is sent when the hook is over, and not when it publishes. */
static void remove_and_send(void)
{
	world_write(w, 1, 0, USER, 0);
	WRITE_ONCE(is_sent, true);
	while (!READ_ONCE(flushed))
		sim_relax();
	if (world_find_reaching(w->primary[0], TABLE(OLD)) >= 0)
		sim_blame("a loaded mirror leads to a freed table");
}

static void receive_what_was_sent(void)
{
	world_flush(w, 0);
	while (!READ_ONCE(is_sent))
		sim_relax();
	receive_flush();
}

static void setup_flag_removal(void)
{
	setup_removal();
	is_sent = false;
	pgdm_engine.policy = &pgdm_policy_flag;
	sim_watch(&is_sent, sizeof(is_sent));
	watch_flags();
}

const struct sim_scenario race_flag_removal_flush = {
	.name = "flag_removal_flush",
	.setup = setup_flag_removal,
	.cpu = { receive_what_was_sent, remove_and_send },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

static void setup_flag_mm_removal(void)
{
	setup_removal();
	pgdm_engine.policy = &pgdm_policy_flag_mm;
}

const struct sim_scenario race_flag_mm_removal_flush = {
	.name = "flag_mm_removal_flush",
	.setup = setup_flag_mm_removal,
	.cpu = { receive_flush_when_sent, remove_and_check },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

static void setup_carry_switch(void)
{
	setup_switch();
	pgdm_engine.policy = &pgdm_policy_carry;
}

const struct sim_scenario race_carry_removal_switch = {
	.name = "carry_removal_switch",
	.setup = setup_carry_switch,
	.cpu = { switch_and_receive, remove_and_flush_by_mask },
	.check = nothing_more,
	.preemptions = 2,
	.delays = 1,
};

/* --- eager: the user half is right without a sync, as the kernel half is -- */

static bool user_half_is_right(void)
{
	return !differs(USER);
}

static void write_twice(void)
{
	world_write(w, 1, 0, USER, NEWER);
	world_write(w, 1, 0, USER, OLD);
}

/* What the mirror had before is just what will be written. */
static void setup_eager_claim(void)
{
	unsigned int i, page;

	fresh();
	pgdm_engine.policy = &pgdm_policy_eager;
	world_write(w, 1, 0, USER, OLD);
	for (i = 0; i < w->mirrors; i++)
		for (page = 0; page < w->pages; page++)
			w->cache[0]->mirror[i].page[page][USER] =
				page ? NEW : NEW | PGDM_ENTRY_NX;
	watch_entry(0, USER);
	watch_state(0);
}

const struct sim_scenario race_eager_write_claim = {
	.name = "eager_write_claim",
	.setup = setup_eager_claim,
	.cpu = { switch_to_0, write_new },
	.check = user_half_is_right,
	.preemptions = 2,
	.delays = 1,
};

/* After a missed hook. */
static void setup_eager_full(void)
{
	setup_loaded();
	pgdm_engine.policy = &pgdm_policy_eager;
	w->missed = 1;
}

const struct sim_scenario race_eager_writes_full_sync = {
	.name = "eager_writes_full_sync",
	.setup = setup_eager_full,
	.cpu = { flush, write_twice },
	.check = user_half_is_right,
	.preemptions = 2,
	.delays = 1,
};

static void setup_eager_evict(void)
{
	fresh();
	pgdm_engine.policy = &pgdm_policy_eager;
	world_write(w, 1, 0, USER, OLD);
	world_switch(w, 0, 0);
	watch_entry(0, USER);
	watch_entry(1, USER);
	watch_state(0);
}

const struct sim_scenario race_eager_write_evict = {
	.name = "eager_write_evict",
	.setup = setup_eager_evict,
	.cpu = { switch_to_1_and_2, write_new },
	.check = others_are_right,
	.preemptions = 2,
	.delays = 1,
};

static void add_and_remove(void)
{
	world_write(w, 1, 0, USER, NEW);
	world_write(w, 1, 0, USER, 0);
	while (!READ_ONCE(flushed))
		sim_relax();
	if (world_find_reaching(w->primary[0], TABLE(NEW)) >= 0)
		sim_blame("a loaded mirror leads to a freed table");
}

static void fault_and_receive(void)
{
	world_fault(w, 0, USER);
	while (atomic64_read(&w->primary[0]->seq) < 3)
		sim_relax();
	world_flush(w, 0);
	WRITE_ONCE(flushed, true);
}

static void setup_eager_fault(void)
{
	setup_removal();
	world_write(w, 1, 0, USER, 0);
	world_flush(w, 0);
	w->primary[0]->seq.counter = 1;
	w->cache[0]->loaded->seen = 1;
	pgdm_engine.policy = &pgdm_policy_eager;
}

const struct sim_scenario race_eager_removal_fault = {
	.name = "eager_removal_fault",
	.setup = setup_eager_fault,
	.cpu = { fault_and_receive, add_and_remove },
	.check = user_half_is_right,
	.preemptions = 3,
	.delays = 0,
};

/* --- a policy gives way to another ---------------------------------------- */

static void change_to_flag(void)
{
	pgdm_policy_change(&pgdm_policy_flag);
}

static void change_to_eager(void)
{
	pgdm_policy_change(&pgdm_policy_eager);
}

static void change_to_dirty(void)
{
	pgdm_policy_change(&pgdm_policy_dirty);
}

/* Few words are watched: three CPUs have many ways. */
static void setup_change(void)
{
	fresh();
	world_write(w, 1, 0, USER, OLD);
	world_switch(w, 0, 0);
	sim_watch(&w->primary[0]->page[0][USER], 8);
	sim_watch(&mirror()->page[0][USER], 8);
	sim_watch(&w->primary[0]->seq, 8);
	sim_watch(&mirror()->flag, sizeof(int));
	sim_watch(&pgdm_engine.policy, sizeof(void *));
	sim_watch(&w->missed, sizeof(w->missed));
	sim_watch(&w->missed_stored, sizeof(w->missed_stored));
}

static void setup_change_from_eager(void)
{
	setup_change();
	pgdm_engine.policy = &pgdm_policy_eager;
}

const struct sim_scenario race_change_to_flag = {
	.name = "change_to_flag",
	.setup = setup_change,
	.cpu = { flush_twice, write_new, change_to_flag },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 0,
};

const struct sim_scenario race_change_to_eager = {
	.name = "change_to_eager",
	.setup = setup_change,
	.cpu = { flush_twice, write_new, change_to_eager },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 0,
};

const struct sim_scenario race_change_from_eager = {
	.name = "change_from_eager",
	.setup = setup_change_from_eager,
	.cpu = { flush_twice, write_new, change_to_dirty },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 0,
};

/* --- the end of a primary ----------------------------------------------- */

static void forget(void)
{
	pgdm_engine_forget(w->primary[0]);
}

static bool has_no_mirror(void)
{
	return !mirror();
}

static void setup_forget(void)
{
	fresh();
	watch_state(0);
}

const struct sim_scenario race_forget_claim = {
	.name = "forget_claim",
	.setup = setup_forget,
	.cpu = { switch_to_0, forget },
	.check = has_no_mirror,
	.preemptions = 3,
	.delays = 1,
};

/* Two CPUs that share a word of the set of sharers. */
static void setup_forget_two(void)
{
	setup_forget();
	pgdm_engine.nr_caches = 3;
	sim_watch(&w->cache[2]->mirror[0].primary, sizeof(void *));
	sim_watch(w->cache[2]->root, sizeof(w->cache[2]->root[0]));
}

static void switch_2_to_0(void)
{
	world_switch(w, 2, 0);
}

static bool none_has_a_mirror(void)
{
	return !mirror() && !world_mirror(w, 2, 0);
}

const struct sim_scenario race_forget_two_claims = {
	.name = "forget_two_claims",
	.setup = setup_forget_two,
	.cpu = { switch_to_0, forget, switch_2_to_0 },
	.check = none_has_a_mirror,
	.preemptions = 2,
	.delays = 1,
};

static void setup_forget_evict(void)
{
	fresh();
	world_switch(w, 0, 0);
	watch_state(0);
}

static bool has_no_mirror_and_others_are_kept(void)
{
	return !mirror() && world_mirror(w, 0, 2) == w->cache[0]->loaded &&
	       others_are_right();
}

const struct sim_scenario race_forget_evict = {
	.name = "forget_evict",
	.setup = setup_forget_evict,
	.cpu = { switch_to_1_and_2, forget },
	.check = has_no_mirror_and_others_are_kept,
	.preemptions = 3,
	.delays = 1,
};

/*
 * The module's order at the end of tracking: dead, CPUs leave, forget. A CPU
 * that loads the mirror at last did so before it was asked to leave, or not.
 */
static bool is_asked_to_leave;

static void die_and_forget(void)
{
	WRITE_ONCE(w->primary[0]->dead, 1);
	WRITE_ONCE(is_asked_to_leave, true);
	while (!READ_ONCE(flushed))
		sim_relax();
	pgdm_engine_forget(w->primary[0]);
	if (READ_ONCE(w->cache[0]->loaded))
		sim_blame("a mirror of a dead primary is loaded");
}

/* The registry finds nothing that is dead. */
static void look_up_and_switch(void)
{
	world_switch(w, 0, READ_ONCE(w->primary[0]->dead) ? -1 : 0);
}

/* The request is an IPI: it waits for the end of the sync point. */
static void fast_switch_and_leave(void)
{
	look_up_and_switch();
	while (!READ_ONCE(is_asked_to_leave))
		sim_relax();
	pgdm_cache_unload(w->cache[0]);
	smp_mb();
	WRITE_ONCE(flushed, true);
	look_up_and_switch();
}

static void setup_forget_fast(void)
{
	setup_loaded();
	world_switch(w, 0, -1);
	w->fast = true;
	is_asked_to_leave = false;
	sim_watch(&is_asked_to_leave, sizeof(is_asked_to_leave));
	sim_watch(&flushed, sizeof(flushed));
}

const struct sim_scenario race_forget_fast_switch = {
	.name = "forget_fast_switch",
	.setup = setup_forget_fast,
	.cpu = { fast_switch_and_leave, die_and_forget },
	.check = has_no_mirror,
	.preemptions = 3,
	.delays = 1,
};

/* --- the audit ---------------------------------------------------------- */

static void audit(void)
{
	struct pgdm_audit found;

	if (world_audit(w, 0, &found) == PGDM_AUDIT_VIOLATION)
		sim_blame("violation");
}

static void audit_sync_audit(void)
{
	audit();
	world_flush(w, 0);
	audit();
}

const struct sim_scenario race_audit_write = {
	.name = "audit_write",
	.setup = setup_loaded,
	.cpu = { audit_sync_audit, write_new },
	.check = next_sync_is_right,
	.preemptions = 3,
	.delays = 1,
};

static void setup_kernel(void)
{
	fresh();
	world_write(w, 1, 0, KERNEL, OLD);
	world_switch(w, 0, 0);
	watch_entry(0, KERNEL);
	watch_state(0);
}

const struct sim_scenario race_audit_kernel_write = {
	.name = "audit_kernel_write",
	.setup = setup_kernel,
	.cpu = { audit, write_kernel_new },
	.check = kernel_half_is_right,
	.preemptions = 3,
	.delays = 1,
};

const struct sim_scenario race_audit_two_writers = {
	.name = "audit_two_writers",
	.setup = setup_two,
	.cpu = { audit, write_new, write_second },
	.check = next_sync_is_right,
	.preemptions = 2,
	.delays = 1,
};
