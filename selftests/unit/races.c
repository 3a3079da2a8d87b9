// SPDX-License-Identifier: GPL-2.0
/*
 * The races of the protocol: what is set up for each, and how it is judged
 * afterwards, by what the protocol promises, without a sync that would heal it
 * unless the promise is about the next sync.
 */
#include "races.h"

#include "races_steps.h"
#include "world.h"

static struct world *w;

static void use_policy(const struct pgdm_policy *policy)
{
	pgdm_policy_in_force = policy;
}

/* The first @nr CPUs may have mirrors; the other CPUs only write. */
static void use_caches(unsigned int nr)
{
	pgdm_mirrors.nr_caches = nr;
}

/* Made once, and made as new for each run. */
static void begin(const struct pgdm_policy *policy)
{
	if (!w)
		w = world_create(3, 2, 3, 2);
	world_reset(w);
	pgdm_mirrors.caches = w->cache;
	pgdm_epoch.latest = &w->epoch;
	pgdm_epoch.complete = 0;
	use_caches(1);
	use_policy(policy);
	steps_begin(w);
}

static struct pgdm_mirror *mirror(void)
{
	return world_mirror(w, 0, 0);
}

static bool differs(unsigned int index)
{
	return !mirror() || pgdm_mirror_lacks(mirror(), w->primary[0], index);
}

/* --- what is watched ---------------------------------------------------- */

static void watch_entry(unsigned int which, unsigned int index)
{
	unsigned int i, page;

	for (page = 0; page < w->pages; page++) {
		sim_watch(&w->primary[which]->page[page][index], 8);
		for (i = 0; i < w->mirrors; i++)
			sim_watch(&w->cache[0]->mirror[i].page[page][index], 8);
	}
}

/* The first 64 entries of a primary, and of CPU 0's mirrors. */
static void watch_marks(unsigned int which)
{
	unsigned int i;

	sim_watch(&w->primary[which]->marks[0], sizeof(unsigned long));
	for (i = 0; i < w->mirrors; i++)
		sim_watch(&w->cache[0]->mirror[i].marks[0],
			  sizeof(unsigned long));
}

/* Few words, so that many preemptions are bearable. */
static void watch_word(unsigned int index)
{
	sim_watch(&w->primary[0]->page[0][index], 8);
	sim_watch(&mirror()->page[0][index], 8);
}

/* The owner may be interrupted before it becomes a sharer of the next mm. */
static void watch_sharers(unsigned int which)
{
	const struct pgdm_sharers *s = &w->primary[which]->sharers;

	sim_watch(s->word, pgdm_sharers_words(w->cpus) * sizeof(*s->word));
}

/* Sequences, ring and death of a primary; the primary of each mirror. */
static void watch_state(void)
{
	struct pgdm_primary *p = w->primary[0];
	unsigned int i;

	sim_watch(&p->dead, sizeof(p->dead));
	sim_watch(&p->seq, sizeof(p->seq));
	sim_watch(&p->kernel_seq, sizeof(p->kernel_seq));
	sim_watch(&p->inflight, sizeof(p->inflight));
	sim_watch(p->ring, sizeof(p->ring));
	watch_sharers(0);
	sim_watch(&w->cache[0]->loaded, sizeof(void *));
	sim_watch(w->cache[0]->root, w->mirrors * sizeof(w->cache[0]->root[0]));
	for (i = 0; i < w->mirrors; i++) {
		struct pgdm_mirror *m = &w->cache[0]->mirror[i];

		sim_watch(&m->primary, sizeof(m->primary));
		sim_watch(&m->writers, sizeof(m->writers));
	}
}

static void watch_flags(void)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++)
		sim_watch(&w->cache[0]->mirror[i].flag, sizeof(int));
}

/* --- what is set up ----------------------------------------------------- */

static void write_entry(unsigned int index, u64 value)
{
	world_write(w, 1, 0, index, value);
}

static void setup_loaded(void)
{
	write_entry(USER, OLD);
	write_entry(KERNEL, OLD);
	world_switch(w, 0, 0);
	watch_entry(0, USER);
	watch_state();
}

static void setup_loaded_two_entries(void)
{
	setup_loaded();
	watch_entry(0, USER_2);
}

/* A clean mirror needs no long way. */
static void setup_loaded_fast(void)
{
	setup_loaded();
	w->fast = true;
}

/* The CPU has a mirror, and runs another mm. */
static void setup_left(void)
{
	setup_loaded();
	world_switch(w, 0, -1);
}

static void setup_left_fast(void)
{
	setup_left();
	w->fast = true;
}

/*
 * The mirror is as far behind as the ring goes. One write more overwrites the
 * record that it needs first, while it reads.
 */
static void setup_ring_behind(void)
{
	unsigned int i;

	world_switch(w, 0, 0);
	write_entry(USER_2, NEW);
	for (i = 1; i < PGDM_RING; i++)
		write_entry(100, ENTRY(i));
	watch_entry(0, USER);
	watch_entry(0, USER_2);
	sim_watch(&w->primary[0]->seq, 8);
	sim_watch(&w->primary[0]->ring[1], 8);
	sim_watch(&w->primary[0]->ring[2], 8);
}

static void setup_missed_hook(void)
{
	setup_loaded();
	w->epoch = 1;
}

/* The entry is removed and copied; what the steps publish begins at 2. */
static void setup_removed(void)
{
	setup_loaded();
	write_entry(USER, 0);
	world_flush(w, 0);
	w->primary[0]->seq.counter = 1;
	w->cache[0]->loaded->seen = 1;
}

/* What a mirror had before it is claimed is just what will be written. */
static void left_over(unsigned int index)
{
	const u64 nx = index == USER ? PGDM_ENTRY_NX : 0;
	unsigned int i, page;

	write_entry(index, OLD);
	for (i = 0; i < w->mirrors; i++)
		for (page = 0; page < w->pages; page++)
			w->cache[0]->mirror[i].page[page][index] =
				page ? NEW : NEW | nx;
	for (i = 0; index == USER && i < w->mirrors; i++)
		pgdm_marks_set(w->cache[0]->mirror[i].marks, index);
	watch_entry(0, index);
	watch_state();
}

static void setup_user_left_over(void)
{
	left_over(USER);
	watch_marks(0);
}

/* M3: the roots agree, and CPU 0's mirrors have the same kernel half. */
static void know_kernel_halves(void)
{
	unsigned int i;

	for (i = 0; i < w->primaries; i++)
		w->primary[i]->page[0][KERNEL] = OLD;
	for (i = 0; i < w->mirrors; i++) {
		w->cache[0]->mirror[i].page[0][KERNEL] = OLD;
		w->cache[0]->mirror[i].kernel_seen = pgdm_common_agreed();
	}
}

/* The first copy is by the marks alone: where it looks, and when. */
static void watch_first_copy(void)
{
	watch_entry(0, USER);
	watch_marks(0);
	sim_watch(&w->primary[0]->seq, 8);
}

static void setup_unused(void)
{
	know_kernel_halves();
	watch_first_copy();
}

static void setup_unused_with_entry(void)
{
	write_entry(USER, OLD);
	setup_unused();
}

/* The former primary's entry, in the place of the one that is removed. */
static void setup_used_with_entry(void)
{
	unsigned int i, page;

	write_entry(USER, OLD);
	know_kernel_halves();
	for (i = 0; i < w->mirrors; i++) {
		for (page = 0; page < w->pages; page++)
			w->cache[0]->mirror[i].page[page][USER] = NEWER;
		pgdm_marks_set(w->cache[0]->mirror[i].marks, USER);
	}
	watch_first_copy();
}

static void setup_unused_two_entries(void)
{
	setup_unused_with_entry();
	watch_entry(0, USER_2);
}

/* The records do not reach back: the marks are needed. */
static void setup_far_behind(void)
{
	unsigned int i;

	world_switch(w, 0, 0);
	for (i = 0; i <= PGDM_RING; i++)
		write_entry(100, ENTRY(i));
	watch_first_copy();
}

static void setup_far_behind_two_entries(void)
{
	setup_far_behind();
	watch_entry(0, USER_2);
}

static void watch_common(void)
{
	sim_watch(&pgdm_common.writes, sizeof(pgdm_common.writes));
	sim_watch(&pgdm_common.agreed, sizeof(pgdm_common.agreed));
}

static void setup_kernel_known(void)
{
	know_kernel_halves();
	watch_entry(0, KERNEL);
	watch_state();
	watch_common();
}

static void setup_kernel_known_no_ldt(void)
{
	setup_kernel_known();
	pgdm_common.nr_own = 0;
}

/* The mirror that is taken is primary 1's, which is written. */
static void change_hands(unsigned int index)
{
	know_kernel_halves();
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
	watch_entry(0, index);
	sim_watch(&w->primary[1]->page[0][index], 8);
	sim_watch(&w->primary[1]->kernel_seq, 8);
	watch_sharers(1);
	watch_state();
	watch_common();
}

static void setup_kernel_change_hands(void)
{
	change_hands(KERNEL);
}

static void setup_ldt_change_hands(void)
{
	world_write(w, 1, 1, OWN, OLD);
	world_write_user_page(w, 1, 1, OWN, OLD);
	change_hands(OWN);
}

/* The writer's CPU, and another one that has no mirror yet. */
static void setup_own(void)
{
	write_entry(USER_2, OLD);
	world_switch(w, 0, 0);
	use_caches(2);
	w->cache[1]->mirror[0].kernel_seen = pgdm_common_agreed();
	watch_word(USER);
	sim_watch(&w->cache[1]->mirror[0].page[0][USER], 8);
	sim_watch(&w->primary[0]->marks[0], sizeof(unsigned long));
	sim_watch(&w->primary[0]->seq, 8);
	sim_watch(w->primary[0]->ring, 8 * 4);
}

static void setup_own_forget(void)
{
	world_switch(w, 0, 1);
	world_switch(w, 0, 0);
	watch_word(USER);
	watch_marks(0);
	watch_state();
}

/* Under a baseline no marks of mirrors were kept. */
static void setup_change_unmarked(void)
{
	world_write(w, 1, 1, USER, OLD);
	world_switch(w, 0, 1);
	world_switch(w, 0, 1);
	watch_entry(0, USER);
	sim_watch(&w->cache[0]->mirror[0].marks[0], sizeof(unsigned long));
	sim_watch(&pgdm_policy_in_force, sizeof(void *));
	sim_watch(&w->epoch, sizeof(w->epoch));
	sim_watch(&pgdm_epoch.complete, sizeof(pgdm_epoch.complete));
}

static void setup_kernel_left_over(void)
{
	left_over(KERNEL);
}

static void loaded_with(unsigned int index)
{
	write_entry(index, OLD);
	world_switch(w, 0, 0);
	watch_entry(0, index);
	watch_state();
}

static void setup_kernel_loaded(void)
{
	loaded_with(KERNEL);
}

/* The mirror gets another mm twice: no word of mm 0 may stay for mm 1 or 2. */
static void setup_user_evict(void)
{
	loaded_with(USER);
	watch_entry(1, USER);
	watch_marks(0);
}

static void setup_kernel_evict(void)
{
	loaded_with(KERNEL);
	watch_entry(1, KERNEL);
	watch_sharers(2);
}

static void setup_kernel_word(void)
{
	write_entry(KERNEL, OLD);
	world_switch(w, 0, 0);
	watch_word(KERNEL);
}

static void setup_flag_loaded(void)
{
	setup_loaded();
	watch_flags();
}

/* One flag is raised already, so that the copy has one to lower. */
static void setup_flag_raised(void)
{
	setup_flag_loaded();
	write_entry(USER_2, OLD);
}

static void setup_flag_claim(void)
{
	write_entry(USER, OLD);
	watch_entry(0, USER);
	watch_state();
	watch_flags();
}

/* Few words are watched: three CPUs have many ways. */
static void setup_change(void)
{
	write_entry(USER, OLD);
	world_switch(w, 0, 0);
	watch_word(USER);
	sim_watch(&w->primary[0]->seq, 8);
	sim_watch(&mirror()->flag, sizeof(int));
	sim_watch(&pgdm_policy_in_force, sizeof(void *));
	sim_watch(&w->epoch, sizeof(w->epoch));
	sim_watch(&pgdm_epoch.complete, sizeof(pgdm_epoch.complete));
}

/* Further behind than the ring reaches; what faults is among it. */
static void setup_change_behind(void)
{
	unsigned int i;

	write_entry(USER, OLD);
	world_switch(w, 0, 0);
	watch_word(USER);
	sim_watch(&pgdm_policy_in_force, sizeof(void *));
	write_entry(USER, NEW);
	for (i = 0; i < PGDM_RING; i++)
		write_entry(100, ENTRY(i));
}

static void setup_state(void)
{
	watch_state();
}

static void setup_state_loaded(void)
{
	world_switch(w, 0, 0);
	watch_state();
}

/* W5: the kernel stores first. Two entries, and a CPU that has them. */
static void add_late(void)
{
	world_make_late(w);
	world_store(w, 0, USER, OLD);
	world_tell_added(w, 1, 0, USER);
	world_store(w, 0, USER_2, NEWER);
	world_tell_added(w, 1, 0, USER_2);
	world_switch(w, 0, 0);
}

static void setup_late_loaded(void)
{
	add_late();
	watch_first_copy();
	watch_entry(0, USER_2);
}

/* What the two look at in their search, and when they publish. */
static void setup_late_two(void)
{
	add_late();
	sim_watch(&w->primary[0]->page[0][USER], 8);
	sim_watch(&w->primary[0]->page[0][USER_2], 8);
	sim_watch(&w->primary[0]->marks[0], sizeof(unsigned long));
	sim_watch(&w->primary[0]->seq, 8);
}

/* The mark of an entry that is gone was left over. */
static void setup_late_left_mark(void)
{
	setup_late_loaded();
	world_store(w, 0, USER, 0);
	world_tell_removed(w, 1, 0);
	world_flush(w, 0);
	pgdm_marks_set(w->primary[0]->marks, USER);
}

/* An addition of which no hook was called. */
static void setup_late_unseen(void)
{
	world_make_late(w);
	world_switch(w, 0, 0);
	world_store(w, 0, USER, OLD);
	watch_first_copy();
}

/* Two CPUs lack it. */
static void setup_late_unseen_two(void)
{
	use_caches(3);
	world_make_late(w);
	world_switch(w, 0, 0);
	world_switch(w, 2, 0);
	world_store(w, 0, USER, OLD);
	watch_first_copy();
}

/* The same, and a mirror that has its former primary's entry in that place. */
static void setup_late_unseen_used(void)
{
	unsigned int i;

	world_make_late(w);
	know_kernel_halves();
	world_store(w, 0, USER, OLD);
	for (i = 0; i < w->mirrors; i++) {
		w->cache[0]->mirror[i].page[PGDM_KERNEL_PAGE][USER] = NEWER;
		pgdm_marks_set(w->cache[0]->mirror[i].marks, USER);
	}
	watch_first_copy();
}

static void setup_late_unused(void)
{
	world_make_late(w);
	setup_unused();
}

/* Two CPUs that share a word of the set of sharers. */
static void setup_state_of_two(void)
{
	watch_state();
	use_caches(3);
	sim_watch(&w->cache[2]->mirror[0].primary, sizeof(void *));
	sim_watch(w->cache[2]->root, sizeof(w->cache[2]->root[0]));
}

/* --- what must hold ----------------------------------------------------- */

/* All is published now: one more sync, and nothing differs. */
static bool next_sync_is_right(void)
{
	world_flush(w, 0);
	return !world_differences(mirror(), w->primary[0]);
}

static bool next_dirty_sync_is_right(void)
{
	use_policy(&pgdm_policy_dirty);
	return next_sync_is_right();
}

/* The steps have judged. */
static bool nothing_more(void)
{
	return true;
}

/* Right at once, without a sync. */
static bool kernel_half_is_right(void)
{
	return !differs(KERNEL);
}

/* M1, M2: what is not zero is marked. */
static bool marks_are_right(void)
{
	unsigned int i, j;

	for (j = 0; j < PGDM_USER_ENTRIES; j++) {
		if (pgdm_primary_has(w->primary[0], j) &&
		    !pgdm_marks_have(w->primary[0]->marks, j))
			return false;
		for (i = 0; i < w->mirrors; i++) {
			const struct pgdm_mirror *m = &w->cache[0]->mirror[i];

			if ((m->page[0][j] || m->page[1][j]) &&
			    !pgdm_marks_have(m->marks, j))
				return false;
		}
	}
	return true;
}

/* Under eager the user half is right without a sync, as the kernel half is. */
static bool user_half_is_right(void)
{
	return !differs(USER) && marks_are_right();
}

static bool ldt_is_right(void)
{
	return !differs(OWN);
}

static bool others_are_right(void)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++) {
		const struct pgdm_mirror *m = &w->cache[0]->mirror[i];

		if (m->primary && world_differences(m, m->primary))
			return false;
	}
	return marks_are_right();
}

static bool marks_and_next_sync_are_right(void)
{
	return marks_are_right() && next_sync_is_right() && marks_are_right();
}

static bool both_next_syncs_are_right(void)
{
	world_flush(w, 1);
	return !world_differences(world_mirror(w, 1, 0), w->primary[0]) &&
	       marks_and_next_sync_are_right();
}

/* Under always marks are not kept; the next sync under dirty makes them right. */
static bool others_have_what_they_should(void)
{
	world_flush(w, 0);
	world_switch(w, 0, 1);
	world_switch(w, 0, 0);
	world_flush(w, 0);
	world_switch(w, 0, 2);
	return others_are_right();
}

/* The mirror was taken away in the middle of a write: its next primary is right. */
static bool next_primary_is_right(void)
{
	if (mirror())
		return false;
	world_switch(w, 0, 1);
	world_switch(w, 0, 2);
	return others_are_right();
}

static bool has_no_mirror(void)
{
	return !mirror();
}

static bool none_has_a_mirror(void)
{
	return !mirror() && !world_mirror(w, 2, 0);
}

static bool has_no_mirror_and_others_are_kept(void)
{
	return !mirror() && world_mirror(w, 0, 2) == w->cache[0]->loaded &&
	       others_are_right();
}

/* --- the table ---------------------------------------------------------- */

#define RACE_SETUP(name, text, policy, setup, ...)			\
static void begin_##name(void)						\
{									\
	begin(&pgdm_policy_##policy);					\
	setup_##setup();						\
}

RACES(RACE_SETUP)

#define RACE_ROW(name_, text, policy, setup_, owner, writer, third,	\
		 must_hold, preemptions_, delays_, finds_)		\
	[RACE_##name_] = {						\
		.scenario = {						\
			.name = #name_,					\
			.setup = begin_##name_,				\
			.cpu = {					\
				step_##owner, step_##writer,		\
				step_##third,				\
			},						\
			.check = must_hold,				\
			.preemptions = preemptions_,			\
			.delays = delays_,				\
		},							\
		.finds = finds_,					\
	},

const struct race races[] = { RACES(RACE_ROW) };
