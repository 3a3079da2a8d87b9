// SPDX-License-Identifier: GPL-2.0
/*
 * First copies under the policies that go by marks: what is there is copied, what the
 * mirror's former mm had is gone, and nothing else is touched (M1, M2, M3). Under the
 * other policies everything is copied.
 */
#include <sys/mman.h>

#include "lib/first_copies.h"

PGDM_NEEDS(.cpus = 2, .params = "mirrors=2 oracle=1");

STAGE_UNDER(dirty);
STAGE_UNDER(eager);

#define MANY	65	/* more than the ring holds */
#define SLOT	PGDM_SLOT_FIRST

STAGE_TEST(what_is_there_and_no_more)
{
	struct mms mms;

	start_mms(&mms);
	track_mms(&mms);
	begin_turns(self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	stop_mms(&mms);
}

/* They are evicted with the mirror, and are back in the next one. */
STAGE_TEST(many_entries)
{
	struct mms mms;

	start_mms(&mms);
	track_mms(&mms);
	begin_turns(self, &mms);
	add_slots(&mms, 0, SLOT, SLOT + MANY);
	check_mirrors(_metadata);
	take_turn(self, &mms, 1);
	take_turn(self, &mms, 2);
	expect_sparse_turns(_metadata, self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	remove_slots(&mms, 0, SLOT, SLOT + MANY);
	take_turn(self, &mms, 1);
	take_turn(self, &mms, 2);
	expect_sparse_turns(_metadata, self, &mms);
	stop_mms(&mms);
}

/* Some are the same, and lead elsewhere. */
STAGE_TEST(nothing_of_the_former_mm_stays)
{
	struct pgdm_audit a;
	struct mms mms;

	start_mms(&mms);
	track_mms(&mms);
	begin_turns(self, &mms);
	add_slots(&mms, 0, SLOT, SLOT + 20);
	add_slots(&mms, 1, SLOT + 10, SLOT + 30);
	take_turn(self, &mms, 2);
	expect_sparse_turns(_metadata, self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	a = pgdm_audit();
	EXPECT_EQ(2, a.mirrors);
	EXPECT_EQ(2 * PGDM_ROOT_ENTRIES * pgdm_pages(), a.entries);
	EXPECT_EQ(0, a.stale);
	remove_slots(&mms, 0, SLOT, SLOT + 20);
	add_slots(&mms, 1, SLOT + 30, SLOT + 40);
	remove_slots(&mms, 1, SLOT + 10, SLOT + 15);
	add_slots(&mms, 2, SLOT, SLOT + 1);
	expect_sparse_turns(_metadata, self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	stop_mms(&mms);
}

/* What it has is looked through when it is tracked. */
STAGE_TEST(an_mm_that_existed_before)
{
	struct copies c;
	struct mms mms;

	start_mms(&mms);
	add_slots(&mms, 0, SLOT, SLOT + MANY);
	track_mms(&mms);
	begin_turns(self, &mms);
	expect_sparse_turns(_metadata, self, &mms);

	/* What it adds and removes meanwhile no hook records. */
	ASSERT_EQ(0, pgdm_writef("track", "-pid %d", mms.p[0].pid));
	add_slots(&mms, 0, SLOT + MANY, SLOT + MANY + 10);
	remove_slots(&mms, 0, SLOT, SLOT + 5);
	c = count_copies(THERE);
	track_mms(&mms);
	begin_turns(self, &mms);
	c = copies_since(THERE, c);
	EXPECT_LE(2 * NR_MMS, c.attaches);
	EXPECT_EQ(c.attaches, c.sparse);
	EXPECT_EQ(0, c.full);
	expect_sparse_turns(_metadata, self, &mms);
	stop_mms(&mms);
}

/* A switch to the mm is not counted: under always-exit and others each one copies. */
static void expect_full_turn(struct __test_metadata *_metadata,
			     FIXTURE_DATA(stage) *self, struct mms *mms,
			     unsigned int i, const char *policy)
{
	struct copies c = count_copies(THERE);

	take_turn(self, mms, i);
	c = copies_since(THERE, c);
	EXPECT_EQ(1, c.attaches);
	EXPECT_EQ(0, c.sparse);
	EXPECT_EQ(PGDM_ROOT_ENTRIES * pgdm_pages(), c.first) {
		TH_LOG("%s, mm %u", policy, i);
	}
	check_mirrors(_metadata);
}

/*
 * To each policy that copies everything, and back: the marks of mirrors are made anew by
 * one full copy of each of the two.
 */
STAGE_TEST(full_copies_and_back)
{
	static const char *const full[] = {
		"always", "always-exit", "flag", "flag-mm", "flush-only", "carry",
	};
	unsigned int slot = SLOT, i;
	struct mms mms;

	start_mms(&mms);
	track_mms(&mms);
	begin_turns(self, &mms);
	for (i = 0; i < sizeof(full) / sizeof(full[0]); i++, slot += 3) {
		ASSERT_EQ(0, pgdm_write("policy", full[i]));
		add_slots(&mms, 0, slot, slot + 2);
		add_slots(&mms, 1, slot + 1, slot + 3);
		expect_full_turn(_metadata, self, &mms, 2, full[i]);
		expect_full_turn(_metadata, self, &mms, 0, full[i]);
		remove_slots(&mms, 1, slot + 1, slot + 2);
		expect_full_turn(_metadata, self, &mms, 2, full[i]);

		ASSERT_EQ(0, pgdm_write("policy", variant->policy));
		expect_full_turn(_metadata, self, &mms, 0, variant->policy);
		expect_full_turn(_metadata, self, &mms, 1, variant->policy);
		expect_sparse_turn(_metadata, self, &mms, 2);
		check_mirrors(_metadata);
	}
	expect_sparse_turns(_metadata, self, &mms);
	stop_mms(&mms);
}

/* The other policy that goes by marks finds them as this one has left them. */
STAGE_TEST(to_the_other_and_back)
{
	const char *other = strcmp(variant->policy, "dirty") ? "dirty" : "eager";
	unsigned int i;
	struct mms mms;

	start_mms(&mms);
	track_mms(&mms);
	begin_turns(self, &mms);
	add_slots(&mms, 0, SLOT, SLOT + 5);
	take_turn(self, &mms, 1);
	take_turn(self, &mms, 2);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pgdm_write("policy", i ? variant->policy : other));
		take_turns(self, &mms);
		add_slots(&mms, 0, SLOT + 5 + i, SLOT + 6 + i);
		take_turn(self, &mms, 1);
		take_turn(self, &mms, 2);
		expect_sparse_turns(_metadata, self, &mms);
	}
	stop_mms(&mms);
}

static int *word;

static int write_ldt(void *value)
{
	*word = (int)(intptr_t)value;
	return pgdm_ldt_write(0, (unsigned int)(uintptr_t)word);
}

static int read_ldt(void *unused)
{
	(void)unused;
	return pgdm_ldt_read(0);
}

static void expect_ldts(struct __test_metadata *_metadata,
			FIXTURE_DATA(stage) *self, struct mms *mms)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		expect_sparse_turns(_metadata, self, mms);
		EXPECT_EQ(3000, call_in_turn(mms, 0, read_ldt, NULL));
		check_mirrors(_metadata);
		take_turn(self, mms, 1);
		check_mirrors(_metadata);
		EXPECT_EQ(4000, call_in_turn(mms, 2, read_ldt, NULL));
		check_mirrors(_metadata);
	}
}

/*
 * Two of the three have an LDT, and under PTI an entry of the kernel half for it. On the
 * mirrors themselves a wrong one would lead the CPU to another's descriptors.
 */
STAGE_TEST(each_has_its_own_ldt)
{
	struct mms mms;

	/* Segments begin below 4 GiB. Touched before the processes are forked. */
	word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)word);
	*word = 0;
	start_mms(&mms);
	track_mms(&mms);
	begin_turns(self, &mms);
	expect_sparse_turns(_metadata, self, &mms);
	ASSERT_EQ(0, call_in_turn(&mms, 0, write_ldt, (void *)3000));
	check_mirrors(_metadata);
	take_turn(self, &mms, 1);
	check_mirrors(_metadata);
	ASSERT_EQ(0, call_in_turn(&mms, 2, write_ldt, (void *)4000));
	check_mirrors(_metadata);
	expect_ldts(_metadata, self, &mms);

	ASSERT_EQ(0, pgdm_write("live", "1"));
	begin_turns(self, &mms);
	expect_ldts(_metadata, self, &mms);
	stop_mms(&mms);
}

/* M3. Only the LDT's entry is each mm's own. */
STAGE_TEST(kernel_halves_agree)
{
	char line[96];

	track_self();
	snprintf(line, sizeof(line),
		 "ok kernel_halves: the same in all roots, but for %d entries;",
		 pgdm_has_pti() ? 1 : 0);
	EXPECT_NE(NULL, strstr(pgdm_read("preflight"), line)) {
		TH_LOG("%s", pgdm_read("preflight"));
	}
}

TEST_HARNESS_MAIN
