// SPDX-License-Identifier: GPL-2.0
/*
 * What a machine pays while nothing is tracked: the hooks of flushes, of which a
 * flush of many pages passes one a page, are out then, and in again before anything
 * is tracked.
 */
#include <errno.h>
#include <string.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define SLOT PGDM_SLOT_FIRST
#define ENABLED "/sys/kernel/tracing/enabled_functions"

static const char *const symbols[] = {
	"native_flush_tlb_local", "native_flush_tlb_one_user", "flush_tlb_func",
};

/* How many of them does ftrace hook? Lines are "function (users) ...". */
static unsigned int nr_hooked(void)
{
	const char *text = pgdm_read_path(ENABLED);
	unsigned int i, n = 0;
	char start[64];

	for (i = 0; i < ARRAY_SIZE(symbols); i++) {
		snprintf(start, sizeof(start), "%s (", symbols[i]);
		if (strstr(text, start))
			n++;
	}
	return n;
}

/* Lines of preflight about them that end like this. */
static unsigned int nr_said(const char *verdict)
{
	const char *text = pgdm_read("preflight"), *at = text;
	unsigned int n = 0;

	while ((at = strstr(at, verdict))) {
		n++;
		at++;
	}
	return n;
}

#define WAITING ": armed while something is tracked\n"

/* All three, or none: they go one after the other. */
#define wait_until_out() \
	pgdm_wait_for(nr_said(WAITING) == ARRAY_SIZE(symbols) && !nr_hooked())

#define expect_in() do {						\
	EXPECT_EQ(ARRAY_SIZE(symbols), nr_hooked());			\
	EXPECT_EQ(0, nr_said(WAITING));					\
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "FAIL"));	\
} while (0)

/* A removal is received by both CPUs, and synced. */
#define expect_flushes(self) do {					\
	uint64_t receipts_;						\
	pgdm_slot_add(SLOT);						\
	touch_there(self, SLOT, 0);					\
	receipts_ = pgdm_stat("flush_receipts");			\
	pgdm_slot_unmap(SLOT);						\
	EXPECT_LT(receipts_, pgdm_stat("flush_receipts"));		\
	check_mirrors(_metadata);					\
} while (0)

STAGE_TEST(in_after_loading_and_out_soon)
{
	ASSERT_EQ(0, pgdm_unload());
	ASSERT_EQ(0, pgdm_load(""));
	wait_until_out();
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "FAIL"));
	/* A failed attempt leaves them out, in the end. */
	EXPECT_EQ(EINVAL, pgdm_write("track", "pid 2"));
	wait_until_out();
	/* Live mode asks for what is tracked only. */
	EXPECT_EQ(0, pgdm_write("live", "1"));
	EXPECT_EQ(0, pgdm_write("live", "0"));
}

STAGE_TEST(all)
{
	ASSERT_EQ(0, pgdm_write("track", "all"));
	expect_in();
	wait_for_worker(self);
	expect_flushes(self);
	ASSERT_EQ(0, pgdm_write("track", "none"));
	wait_until_out();
}

/* Its end is the end of tracking, and comes with no process to do the work. */
STAGE_TEST(the_last_one_dies)
{
	struct pgdm_partner p;

	wait_until_out();
	pgdm_partner_start(&p, THERE);
	ASSERT_EQ(0, pgdm_writef("track", "pid %d", p.pid));
	expect_in();
	pgdm_partner_stop(&p);
	/* A CPU may keep the mm lazily until it next switches. */
	round_trips(self);
	wait_until_out();
	EXPECT_EQ(0, pgdm_nr_tracked());
}

/* Again and again: nothing of the time before is in the way. */
STAGE_TEST(one_process_in_turn)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		wait_until_out();
		ASSERT_EQ(0, pgdm_write("live", i % 2 ? "1" : "0"));
		track_self_on_both(self);
		expect_in();
		expect_flushes(self);
		untrack_self();
	}
}

TEST_HARNESS_MAIN
