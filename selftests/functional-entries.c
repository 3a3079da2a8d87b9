// SPDX-License-Identifier: GPL-2.0
/*
 * New and removed root entries: what is published, counted and mirrored.
 */
#define _GNU_SOURCE
#include "lib/kinds.h"
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

STAGE_TEST(one_publish_for_a_new_entry_and_one_for_its_end)
{
	uint64_t before;

	track_self();
	pgdm_slot_map(PGDM_SLOT_FIRST);
	before = pgdm_stat("publishes");
	pgdm_slot_touch(PGDM_SLOT_FIRST, 0);
	EXPECT_EQ(before + 1, pgdm_stat("publishes"));
	pgdm_slot_touch(PGDM_SLOT_FIRST, 1);
	EXPECT_EQ(before + 1, pgdm_stat("publishes"));
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	EXPECT_EQ(before + 2, pgdm_stat("publishes"));
}

STAGE_TEST(publishes_and_sequence_count_every_entry)
{
	struct pgdm_tracked t;
	uint64_t seq;

	track_self();
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	seq = t.seq;
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_END);
	EXPECT_EQ(PGDM_NR_SLOTS, pgdm_stat("publishes"));
	ASSERT_TRUE(pgdm_tracked(getpid(), &t));
	EXPECT_EQ(seq + PGDM_NR_SLOTS, t.seq);
	pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_END);
	EXPECT_EQ(2 * PGDM_NR_SLOTS, pgdm_stat("publishes"));
}

STAGE_TEST(every_mirror_has_all_its_pages_audited)
{
	uint64_t id;
	struct pgdm_audit a;

	track_self_on_both(self);
	id = pgdm_id(getpid());
	EXPECT_EQ(1, pgdm_mirrors(HERE, id, "loaded"));
	EXPECT_EQ(1, pgdm_mirrors(THERE, id, "loaded"));
	a = pgdm_audit();
	EXPECT_EQ(2, a.mirrors);
	EXPECT_EQ(2 * PGDM_ROOT_ENTRIES * pgdm_pages(), a.entries);
	EXPECT_EQ(0, a.violations);
}

struct span {
	unsigned int first;
	unsigned int last;
	unsigned int turns;
};

static void churn_job(void *arg)
{
	const struct span *s = arg;
	unsigned int turn;

	for (turn = 0; turn < s->turns; turn++) {
		pgdm_slots_add(s->first, s->last + 1);
		pgdm_slots_unmap(s->first, s->last + 1);
	}
}

/*
 * What concurrent writers publish beyond one each. With hooks=tables a sync may meet a
 * removal and leave the mark of an entry that has just gone: the next removal publishes
 * that, too (W5, core/stored.h). On two CPUs only the other one can be in a sync then, so
 * there is at most one such mark for each removal.
 */
static uint64_t most_left_marks(uint64_t removals)
{
	return pgdm_kinds_here() & PGDM_BY_TABLES ? removals : 0;
}

/* Writers of different entries meet in the sequence and in the ring. */
STAGE_TEST(two_cpus_write_at_the_same_time)
{
	const struct span mine = { PGDM_SLOT_FIRST, 33, 20 };
	struct span theirs = { 34, 65, 20 };
	const uint64_t each = 2 * 32 * 20;

	track_self();
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	pgdm_worker_send(&self->worker, churn_job, &theirs);
	churn_job((void *)&mine);
	pgdm_worker_wait(&self->worker);
	EXPECT_LE(each, pgdm_cpu_stat(HERE, "publishes"));
	EXPECT_LE(each, pgdm_cpu_stat(THERE, "publishes"));
	EXPECT_GE(2 * each + most_left_marks(each), pgdm_stat("publishes"));
	check_mirrors(_metadata);
	round_trip(self);
}

/* As above, from several threads that the scheduler moves about. */
#define NR_THREADS 4

static void *thread_main(void *arg)
{
	churn_job(arg);
	return NULL;
}

STAGE_TEST(many_threads_write_at_the_same_time)
{
	pthread_t thread[NR_THREADS];
	struct span span[NR_THREADS];
	const uint64_t all = NR_THREADS * 2 * 16 * 10;
	unsigned int i;

	track_self();
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	for (i = 0; i < NR_THREADS; i++) {
		span[i].first = PGDM_SLOT_FIRST + 16 * i;
		span[i].last = span[i].first + 15;
		span[i].turns = 10;
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, thread_main,
					    &span[i]));
	}
	for (i = 0; i < NR_THREADS; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	EXPECT_LE(all, pgdm_stat("publishes"));
	EXPECT_GE(all + most_left_marks(all / 2), pgdm_stat("publishes"));
}

/* With five levels, 512 GiB below a root entry are another table's business. */
STAGE_TEST(tables_below_the_root_publish_nothing)
{
	char *where = pgdm_slot_address(PGDM_SLOT_FIRST, 0);
	uint64_t before;
	unsigned int i;

	if (!pgdm_has_5_levels())
		SKIP(return, "needs 5-level paging");
	track_self();
	pgdm_slot_add(PGDM_SLOT_FIRST);
	before = pgdm_stat("publishes");
	for (i = 1; i <= 8; i++) {
		char *page = where + ((uintptr_t)i << 39);

		ASSERT_EQ(page, mmap(page, 4096, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS |
					     MAP_FIXED_NOREPLACE, -1, 0));
		*(volatile char *)page = 1;
	}
	EXPECT_EQ(before, pgdm_stat("publishes"));
	for (i = 1; i <= 8; i++)
		munmap(where + ((uintptr_t)i << 39), 4096);
	EXPECT_EQ(before, pgdm_stat("publishes"));
}

/**
 * struct trip - new entries, then a switch on the other CPU
 * @stale_before: words that both CPUs' mirrors lacked together
 * @stale_after: ... when that CPU had left the mm and was back
 * @entries: copied there
 * @dirty: syncs there that copied what had changed
 * @sparse: of these, by the marks
 * @full: syncs there that copied everything
 */
struct trip {
	uint64_t stale_before;
	uint64_t stale_after;
	uint64_t entries;
	uint64_t dirty;
	uint64_t sparse;
	uint64_t full;
};

/* Again, if another process had a CPU meanwhile. The round trip is a switch of ours. */
static struct trip trip_after_new_entries(FIXTURE_DATA(stage) *self,
					  unsigned int nr)
{
	struct pgdm_watch watch = WATCH_BOTH(self);
	struct trip t;

	do {
		pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + nr);
		round_trip(self);
		pgdm_watch_begin(&watch);
		t.entries = pgdm_cpu_stat(THERE, "entries_copied");
		t.dirty = pgdm_cpu_stat(THERE, "syncs_dirty");
		t.sparse = pgdm_cpu_stat(THERE, "syncs_sparse");
		t.full = pgdm_cpu_stat(THERE, "syncs_full");
		pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + nr);
		t.stale_before = pgdm_audit().stale;
		round_trip(self);
		t.stale_after = pgdm_audit().stale;
		t.entries = pgdm_cpu_stat(THERE, "entries_copied") - t.entries;
		t.dirty = pgdm_cpu_stat(THERE, "syncs_dirty") - t.dirty;
		t.sparse = pgdm_cpu_stat(THERE, "syncs_sparse") - t.sparse;
		t.full = pgdm_cpu_stat(THERE, "syncs_full") - t.full;
		pgdm_watch_end(&watch, 1);
	} while (pgdm_watch_again(&watch));
	return t;
}

/*
 * A CPU that was elsewhere gets exactly what changed meanwhile. The CPU that added the
 * entries has them already.
 */
STAGE_TEST(a_switch_copies_what_changed)
{
	struct trip t;

	track_self();
	t = trip_after_new_entries(self, 3);
	EXPECT_EQ(3 * pgdm_pages(), t.stale_before);
	EXPECT_EQ(0, t.stale_after);
	EXPECT_EQ(3 * pgdm_pages(), t.entries);
	EXPECT_EQ(1, t.dirty);
	EXPECT_EQ(0, t.sparse);
	EXPECT_EQ(0, t.full);
	EXPECT_EQ(8 * pgdm_stat("entries_copied"), pgdm_stat("bytes_copied"));
}

/* A program's own: its text, heap, stack, and what the kernel puts beside them. */
#define ENTRIES_OF_A_PROGRAM	8

/* More changes than the ring remembers: what is there is copied, and no more. */
STAGE_TEST(a_switch_after_many_changes_copies_what_is_there)
{
	struct trip t;

	track_self();
	t = trip_after_new_entries(self, 65);
	EXPECT_EQ(65 * pgdm_pages(), t.stale_before);
	EXPECT_EQ(0, t.stale_after);
	EXPECT_LT(65 * pgdm_pages(), t.entries);
	EXPECT_GE((65 + ENTRIES_OF_A_PROGRAM) * pgdm_pages(), t.entries);
	EXPECT_EQ(1, t.dirty);
	EXPECT_EQ(1, t.sparse);
	EXPECT_EQ(0, t.full);
}

TEST_HARNESS_MAIN
