// SPDX-License-Identifier: GPL-2.0
/*
 * Real threads: writers publish while the owners of mirrors sync.
 *
 * As in the kernel, an entry has one writer at a time, a CPU's sync points run
 * on its own thread, and a primary that was forgotten is used again only after
 * a grace period: here a read-write lock, held for reading by each thread that has
 * looked a primary up.
 */
#include "random.h"
#include "unit.h"
#include "world.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define WRITERS		2
#define OWNERS		3
#define PRIMARIES	4

static struct world *w;
static struct pgdm_primary *slot[PRIMARIES];
static pthread_rwlock_t grace;
static unsigned int writes;		/* by each writer */
static bool stop, stop_reaper;
static unsigned int failures;
static u64 last_id;
static struct pgdm_stats writer_stats[WRITERS];

/* A flush that a writer sends: owners have to reach what was wanted. */
static unsigned long flush_wanted[OWNERS], flush_done[OWNERS];

static void fail(const char *what, unsigned int who)
{
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
	unit_note("thread %u: %s", who, what);
}

static struct pgdm_primary *look_up(unsigned int which)
{
	pthread_rwlock_rdlock(&grace);
	return smp_load_acquire(&slot[which]);
}

static void put(void)
{
	pthread_rwlock_unlock(&grace);
}

static void start(unsigned int mirrors, unsigned int pages)
{
	pthread_rwlockattr_t attr;
	unsigned int i;

	w = world_create(OWNERS, mirrors, PRIMARIES, pages);
	for (i = 0; i < PRIMARIES; i++)
		slot[i] = w->primary[i];
	last_id = PRIMARIES;
	stop = false;
	stop_reaper = false;
	failures = 0;
	memset(flush_wanted, 0, sizeof(flush_wanted));
	memset(flush_done, 0, sizeof(flush_done));
	memset(writer_stats, 0, sizeof(writer_stats));
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&grace, &attr);
	pthread_rwlockattr_destroy(&attr);
}

static bool finish(void)
{
	pthread_rwlock_destroy(&grace);
	world_destroy(w);
	return !failures;
}

/* Returns when every CPU has had a flush receipt. */
static void flush_all(void)
{
	unsigned long wanted[OWNERS];
	unsigned int i;

	for (i = 0; i < OWNERS; i++)
		wanted[i] = __atomic_add_fetch(&flush_wanted[i], 1,
					       __ATOMIC_SEQ_CST);
	for (i = 0; i < OWNERS; i++)
		while (smp_load_acquire(&flush_done[i]) < wanted[i])
			sched_yield();
}

static void receive_flush(unsigned int cpu)
{
	unsigned long wanted = smp_load_acquire(&flush_wanted[cpu]);

	if (wanted == flush_done[cpu])
		return;
	pthread_rwlock_rdlock(&grace);
	world_flush(w, cpu);
	put();
	smp_store_release(&flush_done[cpu], wanted);
}

static void write_entry(struct pgdm_primary *p, unsigned int me,
			unsigned int index, u64 value)
{
	struct pgdm_write write;

	pgdm_write_init(&write, index, value, w->pages == 2, false, true);
	pgdm_write_publish(p, &write, &writer_stats[me]);
}

/* S5: clear, publish, flush; then no loaded mirror leads to the table. */
static void remove_entry(unsigned int me, unsigned int which,
			 unsigned int index)
{
	struct pgdm_primary *p = look_up(which);
	u64 old = 0;

	if (p) {
		old = READ_ONCE(p->page[0][index]);
		write_entry(p, me, index, 0);
	}
	put();
	if (!(old & PGDM_ENTRY_PRESENT))
		return;
	flush_all();
	p = look_up(which);
	if (p && world_find_reaching(p, old & PGDM_ENTRY_ADDR) >= 0)
		fail("a loaded mirror leads to a freed table", me);
	put();
}

/* Entries are shared out among the writers; tables are never used twice. */
static void *writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i;
	struct random random;

	random_init(&random, 100 + me);
	for (i = 0; i < writes; i++) {
		unsigned int which = random_below(&random, PRIMARIES);
		unsigned int index = random_below(&random, 256 / WRITERS) *
				     WRITERS + me;
		unsigned int what = random_below(&random, 100);
		struct pgdm_primary *p;

		if (what < 2) {
			remove_entry(me, which, index);
			continue;
		}
		if (what < 10)
			index += 256;
		p = look_up(which);
		if (p)
			write_entry(p, me, index, ENTRY(i * WRITERS + me + 1));
		put();
	}
	return NULL;
}

/* A violation counts if the mirror was the primary's all the time. */
static void audit(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < w->mirrors; i++) {
		struct pgdm_mirror *m = &w->cache[cpu]->mirror[i];
		struct pgdm_audit found;
		struct pgdm_primary *p;

		pthread_rwlock_rdlock(&grace);
		p = READ_ONCE(m->primary);
		if (p && pgdm_audit_mirror(m, p, m->seen, &found) ==
			 PGDM_AUDIT_VIOLATION && READ_ONCE(m->primary) == p) {
			fail("violation", cpu);
			unit_note("page %u, entry %u: mirror %#llx, primary %#llx",
				  found.page, found.index, found.mirror,
				  found.primary);
		}
		put();
	}
}

static void switch_to(unsigned int cpu, unsigned int which)
{
	world_switch(w, cpu, look_up(which) ? (int)which : -1);
	put();
}

static void compare(unsigned int cpu, unsigned int which)
{
	const struct pgdm_mirror *m = w->cache[cpu]->loaded;

	if (!m)
		fail("no mirror at the end", cpu);
	else if (world_differences(m, slot[which]))
		fail("the mirror differs at the end", cpu);
}

static void *owner(void *argument)
{
	unsigned int cpu = (uintptr_t)argument, i;
	struct random random;

	random_init(&random, 200 + cpu);
	while (!smp_load_acquire(&stop)) {
		unsigned int what = random_below(&random, 100);

		receive_flush(cpu);
		if (what < 40) {
			switch_to(cpu, random_below(&random, PRIMARIES));
		} else if (what < 50) {
			pthread_rwlock_rdlock(&grace);
			world_flush(w, cpu);
			put();
		} else if (what < 90) {
			pthread_rwlock_rdlock(&grace);
			world_fault(w, cpu, random_below(&random, 256));
			put();
		} else if (what < 98) {
			pthread_rwlock_rdlock(&grace);
			if (what & 1)
				world_user_return(w, cpu);
			else
				world_kick(w, cpu);
			put();
		} else {
			audit(cpu);
		}
	}
	/* All is quiet: after a sync nothing differs. */
	for (i = 0; i < PRIMARIES; i++) {
		switch_to(cpu, i);
		compare(cpu, i);
	}
	return NULL;
}

static void recreate(unsigned int which)
{
	struct pgdm_primary *p = slot[which];
	unsigned int cpu, i, page;

	smp_store_release(&slot[which], NULL);
	pgdm_mirrors_forget(p);
	pthread_rwlock_wrlock(&grace);
	pthread_rwlock_unlock(&grace);
	for (cpu = 0; cpu < OWNERS; cpu++)
		for (i = 0; i < w->mirrors; i++)
			if (READ_ONCE(w->cache[cpu]->mirror[i].primary) == p)
				fail("a forgotten primary has a mirror", cpu);
	for (page = 0; page < w->pages; page++)
		memset(p->page[page], 0, PGDM_ENTRIES * PGDM_ENTRY_BYTES);
	world_bear(w, which, ++last_id);
	smp_store_release(&slot[which], p);
}

static const struct pgdm_policy *any_policy(struct random *random)
{
	return pgdm_policies[random_below(random, PGDM_NR_POLICIES)];
}

/* Mms come and go, policies change, hooks are missed. */
static void *reaper(void *argument)
{
	struct random random;
	unsigned int round = 0;

	(void)argument;
	random_init(&random, 300);
	while (!smp_load_acquire(&stop_reaper)) {
		recreate(random_below(&random, PRIMARIES));
		if (round++ % 8 == 0)
			pgdm_policy_change(any_policy(&random));
		if (round % 64 == 0)
			WRITE_ONCE(w->epoch, w->epoch + 1);
		if (round % 64 == 4)
			smp_store_release(&pgdm_epoch.complete, w->epoch);
		sched_yield();
	}
	return NULL;
}

/* Nothing but changes of policy, as fast as they go. */
static void *changer(void *argument)
{
	struct random random;

	(void)argument;
	random_init(&random, 400);
	while (!smp_load_acquire(&stop_reaper)) {
		pgdm_policy_change(any_policy(&random));
		sched_yield();
	}
	return NULL;
}

static void spawn(pthread_t *thread, void *(*function)(void *), unsigned int n)
{
	if (pthread_create(thread, NULL, function, (void *)(uintptr_t)n))
		abort();
}

/*
 * Writers and owners, and one thread that interferes, until the writers are done.
 * The owners end last: they see what all other threads have left.
 */
static void run(void *(*write)(void *), void *(*own)(void *),
		void *(*interfere)(void *))
{
	pthread_t writers[WRITERS], owners[OWNERS], interfering;
	unsigned int i;

	for (i = 0; i < OWNERS; i++)
		spawn(&owners[i], own, i);
	for (i = 0; i < WRITERS; i++)
		spawn(&writers[i], write, i);
	if (interfere)
		spawn(&interfering, interfere, 0);
	for (i = 0; i < WRITERS; i++)
		pthread_join(writers[i], NULL);
	smp_store_release(&stop_reaper, true);
	if (interfere)
		pthread_join(interfering, NULL);
	smp_store_release(&stop, true);
	for (i = 0; i < OWNERS; i++)
		pthread_join(owners[i], NULL);
}

static bool writers_owners_and_a_reaper(void)
{
	start(3, 2);
	w->fast = true;
	writes = 6000;
	run(writer, owner, reaper);
	return finish();
}

static bool policies_change_under_writers_and_owners(void)
{
	start(3, 2);
	w->fast = true;
	writes = 6000;
	run(writer, owner, changer);
	return finish();
}

/* Each policy alone: no policy may repair what another one left wrong. */
static bool writers_and_owners_under_each_policy(void)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		start(3, 2);
		pgdm_policy_in_force = pgdm_policies[i];
		w->fast = i & 1;
		writes = 2000;
		run(writer, owner, NULL);
		if (failures)
			unit_note("under %s", pgdm_policies[i]->name);
		if (!finish())
			return false;
	}
	return true;
}

static bool writers_and_owners_with_two_mirrors(void)
{
	start(2, 1);
	writes = 6000;
	run(writer, owner, NULL);
	return finish();
}

/* --- kernel-half writes against constant eviction ----------------------- */

static void *kernel_writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i;

	for (i = 0; i < writes; i++) {
		unsigned int index = 256 + i % 8 * WRITERS + me;
		struct pgdm_primary *p = look_up(i % PRIMARIES);

		/* Few values, so that stale words look like fresh ones. */
		write_entry(p, me, index, i / 16 % 3 ? ENTRY(i / 16 % 3) : 0);
		put();
	}
	return NULL;
}

static void *evicting_owner(void *argument)
{
	unsigned int cpu = (uintptr_t)argument, i = 0;

	while (!smp_load_acquire(&stop)) {
		switch_to(cpu, i++ % PRIMARIES);
		if (i % 16 == 0)
			audit(cpu);
	}
	/* No sync any more: the kernel half is right without. */
	for (i = 0; i < w->mirrors; i++) {
		const struct pgdm_mirror *m = &w->cache[cpu]->mirror[i];

		if (m->primary && world_differences(m, m->primary))
			fail("the kernel half differs", cpu);
	}
	return NULL;
}

static bool kernel_writers_against_evictions(void)
{
	start(2, 2);
	writes = 60000;
	run(kernel_writer, evicting_owner, NULL);
	return finish();
}

/* --- one primary, as much publishing as possible ------------------------ */

static void *one_primary_writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i;

	for (i = 0; i < writes; i++)
		write_entry(slot[0], me, i * 7 % 128 * WRITERS + me, ENTRY(i));
	return NULL;
}

static void *one_primary_owner(void *argument)
{
	unsigned int cpu = (uintptr_t)argument;

	switch_to(cpu, 0);
	while (!smp_load_acquire(&stop)) {
		world_flush(w, cpu);
		if (READ_ONCE(w->primary[0]->seq.counter) % 64 == cpu)
			audit(cpu);
	}
	world_flush(w, cpu);
	compare(cpu, 0);
	return NULL;
}

static bool writers_overrun_the_ring(void)
{
	start(2, 1);
	writes = 200000;
	run(one_primary_writer, one_primary_owner, NULL);
	return finish();
}

/* Under eager the user half of a mirror is right without a sync, too. */
static void *passive_owner(void *argument)
{
	unsigned int cpu = (uintptr_t)argument, i = 0;

	switch_to(cpu, 0);
	while (!smp_load_acquire(&stop)) {
		if (i++ % 4 == 0)
			switch_to(cpu, i / 4 % PRIMARIES);
		audit(cpu);
	}
	for (i = 0; i < w->mirrors; i++) {
		const struct pgdm_mirror *m = &w->cache[cpu]->mirror[i];

		if (m->primary && world_differences(m, m->primary))
			fail("a mirror differs", cpu);
	}
	return NULL;
}

static bool eager_writers_against_first_copies(void)
{
	start(2, 1);
	pgdm_policy_in_force = &pgdm_policy_eager;
	writes = 100000;
	run(one_primary_writer, passive_owner, NULL);
	return finish();
}

static const struct unit_test tests[] = {
	UNIT_TEST(writers_owners_and_a_reaper),
	UNIT_TEST(writers_and_owners_with_two_mirrors),
	UNIT_TEST(kernel_writers_against_evictions),
	UNIT_TEST(writers_overrun_the_ring),
	UNIT_TEST(policies_change_under_writers_and_owners),
	UNIT_TEST(writers_and_owners_under_each_policy),
	UNIT_TEST(eager_writers_against_first_copies),
};

UNIT_SUITE(threads);
