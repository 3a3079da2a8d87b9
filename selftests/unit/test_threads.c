// SPDX-License-Identifier: GPL-2.0
/*
 * Real threads: writers publish while the owners of mirrors sync.
 *
 * As in the kernel, an entry has one writer at a time, a CPU's sync points run
 * on its own thread, and a primary that was forgotten is used again only after
 * a grace period: here a read-write lock, held for reading by each thread that has
 * looked a primary up. A newborn gets no mirror before another grace period: a writer
 * that found nothing has stored then (A1).
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

/* Entries are shared out: that many threads write. */
#define SHARES		(WRITERS + OWNERS)

static struct world *w;
static struct pgdm_primary *slot[PRIMARIES];
static bool ready[PRIMARIES];	/* may it have mirrors? */
static u64 *root[PRIMARIES];	/* the kernel knows them without us */
static pthread_rwlock_t grace;

/*
 * The kernel's half: init_mm's entries, from which newborns copy; the lock that is
 * held where an entry goes to all roots; and what the worker waits on for writers that
 * counted themselves, in the kernel a grace period of RCU tasks (M3).
 */
static u64 init_half[KERNEL_ENTRIES];
static pthread_mutex_t pgd_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t tasks;
static unsigned int writes;		/* by each writer */
static bool stop, stop_reaper;
static unsigned int failures;
static unsigned int quiet;		/* owners that write no more */
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

static void init_rwlock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr,
				      PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attr);
	pthread_rwlockattr_destroy(&attr);
}

static void start(unsigned int mirrors, unsigned int pages)
{
	unsigned int i;

	w = world_create(OWNERS, mirrors, PRIMARIES, pages);
	for (i = 0; i < PRIMARIES; i++) {
		slot[i] = w->primary[i];
		ready[i] = true;
		root[i] = w->primary[i]->page[PGDM_KERNEL_PAGE];
	}
	last_id = PRIMARIES;
	stop = false;
	stop_reaper = false;
	failures = 0;
	quiet = 0;
	memset(flush_wanted, 0, sizeof(flush_wanted));
	memset(flush_done, 0, sizeof(flush_done));
	memset(writer_stats, 0, sizeof(writer_stats));
	memset(init_half, 0, sizeof(init_half));
	init_rwlock(&grace);
	init_rwlock(&tasks);
}

static bool finish(void)
{
	pthread_rwlock_destroy(&grace);
	pthread_rwlock_destroy(&tasks);
	world_destroy(w);
	return !failures;
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

#define NO_CPU		OWNERS

/* Returns when every CPU has had a flush receipt; this one, if it is a CPU, as well. */
static void flush_all(unsigned int cpu)
{
	unsigned long wanted[OWNERS];
	unsigned int i;

	for (i = 0; i < OWNERS; i++)
		wanted[i] = __atomic_add_fetch(&flush_wanted[i], 1,
					       __ATOMIC_SEQ_CST);
	for (i = 0; i < OWNERS; i++)
		while (smp_load_acquire(&flush_done[i]) < wanted[i]) {
			if (cpu != NO_CPU)
				receive_flush(cpu);
			sched_yield();
		}
}

/* By a thread that is no CPU. */
static void write_page(struct pgdm_primary *p, unsigned int me,
		       unsigned int index, u64 value, bool user_page)
{
	struct pgdm_write write;

	pgdm_write_init(&write, index, value, w->pages == 2, user_page, true);
	pgdm_write_publish(p, &write, &writer_stats[me]);
}

static void write_entry(struct pgdm_primary *p, unsigned int me,
			unsigned int index, u64 value)
{
	write_page(p, me, index, value, false);
}

/* The kernel's store, whether the hook has found the root or not. */
static void kernel_store(unsigned int which, unsigned int index, u64 value)
{
	WRITE_ONCE(root[which][index], value);
}

/* A kernel-half entry of one root: counted, looked up, stored (M3). */
static void write_kernel_entry(unsigned int me, unsigned int which,
			       unsigned int index, u64 value)
{
	struct pgdm_primary *p;

	pthread_rwlock_rdlock(&tasks);
	pgdm_common_count(index);
	p = look_up(which);
	if (p)
		write_entry(p, me, index, value);
	put();
	pthread_rwlock_unlock(&tasks);
}

/* One for init_mm, and then for all roots. */
static void write_all_roots(unsigned int me, unsigned int index, u64 value)
{
	unsigned int which;

	pthread_rwlock_rdlock(&tasks);
	pgdm_common_count(index);
	WRITE_ONCE(init_half[index - PGDM_USER_ENTRIES], value);
	pthread_mutex_lock(&pgd_lock);
	for (which = 0; which < PRIMARIES; which++) {
		struct pgdm_primary *p;

		pgdm_common_count(index);
		p = look_up(which);
		if (p)
			write_entry(p, me, index, value);
		kernel_store(which, index, value);
		put();
	}
	pthread_mutex_unlock(&pgd_lock);
	pthread_rwlock_unlock(&tasks);
}

/* The LDT of one mm, in either table. */
static void write_own_entry(unsigned int me, unsigned int which, u64 value)
{
	struct pgdm_primary *p = look_up(which);

	if (p)
		write_page(p, me, OWN, value, value >> 12 & w->pages >> 1);
	put();
}

static bool is_like_init(const struct pgdm_primary *p)
{
	unsigned int i;

	for (i = 0; i < KERNEL_ENTRIES; i++)
		if (!pgdm_common_is_own(i + PGDM_USER_ENTRIES) &&
		    READ_ONCE(p->page[0][i + PGDM_USER_ENTRIES]) !=
		    READ_ONCE(init_half[i]))
			return false;
	return true;
}

/* Do all roots agree? (M3) */
static void *worker(void *argument)
{
	(void)argument;
	while (!smp_load_acquire(&stop)) {
		unsigned long epoch = pgdm_epoch_complete();
		u64 counted = pgdm_common_writes();
		unsigned int which, differ = 0;

		pthread_rwlock_wrlock(&tasks);
		pthread_rwlock_unlock(&tasks);
		for (which = 0; which < PRIMARIES; which++) {
			const struct pgdm_primary *p = look_up(which);

			differ += p && !is_like_init(p);
			put();
		}
		if (differ)
			pgdm_common_disagree();
		else
			pgdm_common_agree(counted, epoch);
		sched_yield();
	}
	return NULL;
}

/* S5: clear, publish, flush; then no loaded mirror leads to the table. */
static void remove_entry(unsigned int me, unsigned int cpu, unsigned int which,
			 unsigned int index)
{
	struct pgdm_primary *p = look_up(which);
	u64 old = 0;

	if (p) {
		old = READ_ONCE(p->page[0][index]);
		if (cpu != NO_CPU)
			world_write(w, cpu, which, index, 0);
		else
			write_entry(p, me, index, 0);
	}
	put();
	if (!(old & PGDM_ENTRY_PRESENT))
		return;
	flush_all(cpu);
	p = look_up(which);
	if (p && world_find_reaching(p, old & PGDM_ENTRY_ADDR) >= 0)
		fail("a loaded mirror leads to a freed table", me);
	put();
}

/* Tables are never used twice. */
static void *writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i;
	struct random random;

	random_init(&random, 100 + me);
	for (i = 0; i < writes; i++) {
		unsigned int which = random_below(&random, PRIMARIES);
		unsigned int index = random_below(&random, 256 / SHARES) *
				     SHARES + me;
		unsigned int what = random_below(&random, 100);
		u64 value = ENTRY(i * SHARES + me + 1);
		struct pgdm_primary *p;

		if (what < 2) {
			remove_entry(me, NO_CPU, which, index);
			continue;
		}
		if (what < 6) {
			if (index + 256 != OWN)
				write_all_roots(me, index + 256, value);
			continue;
		}
		if (what < 10 && !me) {
			write_own_entry(me, which, what & 1 ? value : 0);
			continue;
		}
		p = look_up(which);
		if (p)
			write_entry(p, me, index, value);
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
	bool found = look_up(which) && smp_load_acquire(&ready[which]);

	world_switch(w, cpu, found ? (int)which : -1);
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

/* The CPU writes, often into the mm that it runs in: its own mirror gets the entry. */
static void write_on(unsigned int cpu, struct random *random, unsigned int n)
{
	unsigned int me = WRITERS + cpu, which = random_below(random, PRIMARIES);
	unsigned int index = random_below(random, 256 / SHARES) * SHARES + me;
	const struct pgdm_mirror *m = w->cache[cpu]->loaded;

	if (m && random_below(random, 4))
		which = (m->id - 1) % PRIMARIES;
	if (!random_below(random, 16)) {
		remove_entry(me, cpu, which, index);
		return;
	}
	if (look_up(which))
		world_write(w, cpu, which, index, ENTRY(n * SHARES + me + 1));
	put();
}

static void *owner(void *argument)
{
	unsigned int cpu = (uintptr_t)argument, i, n = 0;
	struct random random;

	random_init(&random, 200 + cpu);
	while (!smp_load_acquire(&stop)) {
		unsigned int what = random_below(&random, 100);

		receive_flush(cpu);
		if (what < 30) {
			switch_to(cpu, random_below(&random, PRIMARIES));
		} else if (what < 40) {
			write_on(cpu, &random, n++);
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
	/* Another CPU may wait for its flush still. */
	__atomic_fetch_add(&quiet, 1, __ATOMIC_SEQ_CST);
	while (smp_load_acquire(&quiet) < OWNERS) {
		receive_flush(cpu);
		sched_yield();
	}
	/* All is quiet: after a sync nothing differs. */
	for (i = 0; i < PRIMARIES; i++) {
		switch_to(cpu, i);
		compare(cpu, i);
	}
	return NULL;
}

static void wait_for_readers(void)
{
	pthread_rwlock_wrlock(&grace);
	pthread_rwlock_unlock(&grace);
}

static void recreate(unsigned int which)
{
	struct pgdm_primary *p = slot[which];
	unsigned int cpu, i, page;
	u64 counted;

	smp_store_release(&ready[which], false);
	smp_store_release(&slot[which], NULL);
	pgdm_mirrors_forget(p);
	wait_for_readers();
	for (cpu = 0; cpu < OWNERS; cpu++)
		for (i = 0; i < w->mirrors; i++)
			if (READ_ONCE(w->cache[cpu]->mirror[i].primary) == p)
				fail("a forgotten primary has a mirror", cpu);
	/* A newborn: init_mm's kernel half. A write during its birth is counted again. */
	counted = pgdm_common_writes();
	pthread_mutex_lock(&pgd_lock);
	for (page = 0; page < w->pages; page++)
		memset(p->page[page], 0, PGDM_ENTRIES * PGDM_ENTRY_BYTES);
	for (i = 0; i < KERNEL_ENTRIES; i++)
		if (!pgdm_common_is_own(i + PGDM_USER_ENTRIES))
			kernel_store(which, i + PGDM_USER_ENTRIES,
				     READ_ONCE(init_half[i]));
	pthread_mutex_unlock(&pgd_lock);
	last_id += PRIMARIES;
	world_bear(w, which, last_id + which + 1);
	if (last_id & PRIMARIES)
		pgdm_primary_empty(p);
	if (pgdm_common_writes() != counted)
		pgdm_common_count(PGDM_USER_ENTRIES);
	smp_store_release(&slot[which], p);
	wait_for_readers();
	smp_store_release(&ready[which], true);
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
	pthread_t writers[WRITERS], owners[OWNERS], interfering, agreeing;
	unsigned int i;

	spawn(&agreeing, worker, 0);
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
	pthread_join(agreeing, NULL);
}

static bool writers_owners_and_a_reaper(void)
{
	start(3, 2);
	w->fast = true;
	writes = 15000;
	run(writer, owner, reaper);
	return finish();
}

static bool policies_change_under_writers_and_owners(void)
{
	start(3, 2);
	w->fast = true;
	writes = 15000;
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
		writes = 6000;
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
	writes = 15000;
	run(writer, owner, NULL);
	return finish();
}

/* --- kernel-half writes against constant eviction ----------------------- */

static void *kernel_writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i;

	for (i = 0; i < writes; i++) {
		unsigned int index = 256 + i % 8 * WRITERS + me;

		/* Few values, so that stale words look like fresh ones. */
		write_kernel_entry(me, i % PRIMARIES, index,
				   i / 16 % 3 ? ENTRY(i / 16 % 3) : 0);
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

/*
 * The roots are the same most of the time: first copies leave the kernel half out, but
 * for the LDT's entry, which is another one's each time.
 */
static void *common_writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i, patience;

	for (i = 0; i < writes; i++) {
		if (i % 4) {
			if (!me)
				write_own_entry(me, i % PRIMARIES,
						i % 3 ? ENTRY(i % 5 + 1) : 0);
		} else {
			write_all_roots(me, 256 + i / 4 % 8 * WRITERS + me,
					i / 32 % 3 ? ENTRY(i / 32 % 3) : 0);
		}
		for (patience = 20; !pgdm_common_agreed() && patience;
		     patience--)
			sched_yield();
	}
	return NULL;
}

static u64 sum(enum pgdm_stat stat)
{
	unsigned int cpu;
	u64 total = 0;

	for (cpu = 0; cpu < OWNERS; cpu++)
		total += world_stat(w, cpu, stat);
	return total;
}

static bool common_kernel_half_against_evictions(void)
{
	u64 attaches, words;

	start(2, 2);
	writes = 1500;
	run(common_writer, evicting_owner, NULL);
	attaches = sum(PGDM_STAT_attaches);
	words = sum(PGDM_STAT_entries_first);
	if (!finish())
		return false;
	/* Was it left out, now and then, and compared? */
	CHECK(words < attaches * 2 * KERNEL_ENTRIES);
	CHECK(words > attaches * 2);
	return true;
}

/* --- one primary, as much publishing as possible ------------------------ */

static void *one_primary_writer(void *argument)
{
	unsigned int me = (uintptr_t)argument, i;

	for (i = 0; i < writes; i++)
		write_entry(slot[0], me, i * 7 % 128 * WRITERS + me,
			    i % 5 ? ENTRY(i) : 0);
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
	UNIT_TEST(common_kernel_half_against_evictions),
	UNIT_TEST(writers_overrun_the_ring),
	UNIT_TEST(policies_change_under_writers_and_owners),
	UNIT_TEST(writers_and_owners_under_each_policy),
	UNIT_TEST(eager_writers_against_first_copies),
};

UNIT_SUITE(threads);
