// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations that fail: each one of loading, of tracking, of a birth. The
 * error is told, the state before is unchanged, nothing is left, and it works
 * when there is memory again.
 */
#include <errno.h>
#include <string.h>

#include "lib/stage.h"

PGDM_NEEDS(.seeded = true, .unloaded = true, .cpus = 2);

static void fail_at(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	if (pgdm_write_path(PGDM_PARAMS "fail_at", text))
		pgdm_die("fail_at=%d", n);
}

/* At least: caches and their mirrors of each CPU, hooks, the registry. */
#define MIRRORS 2

/* Its allocation @n fails; 0 or ENOMEM, and then nothing is left. */
static int load_failing(struct __test_metadata *_metadata, const char *params,
			int n)
{
	char all[128];
	int err;

	snprintf(all, sizeof(all), "%s mirrors=%d fail_at=%d", params, MIRRORS,
		 n);
	err = pgdm_load(all);
	if (err) {
		EXPECT_EQ(ENOMEM, err);
		EXPECT_FALSE(pgdm_is_loaded());
	}
	return err;
}

STAGE_TEST(loading)
{
	const int at_least = (int)pgdm_nr_cpus() * (1 + MIRRORS) + 12;
	int n, err;

	/* A worker that spins only slows the loads down. */
	pgdm_worker_stop(&self->worker);
	for (n = 1; n < 100; n++) {
		pgdm_log_mark();
		err = load_failing(_metadata, "oracle=1", n);
		if (!err)
			break;
		EXPECT_EQ(-1, access(PGDM_DIR, F_OK));
		EXPECT_TRUE(pgdm_log_has("pgd_mirror: not loaded, error -12")) {
			TH_LOG("allocation %d", n);
		}
	}
	ASSERT_EQ(0, err);
	EXPECT_LE(at_least, n - 1) {
		TH_LOG("%d allocations", n - 1);
	}
	/* The one that was to fail is still to come. */
	EXPECT_LT(0, atoi(pgdm_read_path(PGDM_PARAMS "fail_at")));
	fail_at(0);
	pgdm_worker_start(&self->worker, THERE);
	track_self();
	check_and_unload(_metadata);
}

STAGE_TEST(loading_with_all)
{
	int n = (int)pgdm_nr_cpus() * (1 + MIRRORS) + 12, err;

	pgdm_worker_stop(&self->worker);
	/* At several of the allocations for existing mms. */
	for (; n < 100; n += 4) {
		err = load_failing(_metadata, "track=all", n);
		if (!err)
			break;
	}
	ASSERT_EQ(0, err);
	fail_at(0);
	pgdm_worker_start(&self->worker, THERE);
	check_and_unload(_metadata);
}

/* The last step fails, when all is tracked and live. */
STAGE_TEST(loading_without_debugfs)
{
	pgdm_worker_stop(&self->worker);
	EXPECT_EQ(ENODEV, pgdm_load("track=all live=1 fail_check=debugfs"));
	EXPECT_FALSE(pgdm_is_loaded());
	ASSERT_EQ(0, pgdm_load("track=all live=1"));
	pgdm_worker_start(&self->worker, THERE);
	check_and_unload(_metadata);
}

STAGE_TEST(tracking_a_process)
{
	ASSERT_EQ(0, pgdm_load(""));
	ASSERT_EQ(0, pgdm_writef("track", "pid %d", self->partner.pid));
	pgdm_log_mark();
	fail_at(1);
	EXPECT_EQ(ENOMEM, pgdm_writef("track", "pid %d", getpid()));
	EXPECT_TRUE(pgdm_log_has("track: no memory"));
	EXPECT_EQ(0, pgdm_id(getpid()));
	EXPECT_EQ(1, pgdm_nr_tracked());
	EXPECT_NE(0, pgdm_id(self->partner.pid));
	track_self();
	EXPECT_EQ(2, pgdm_nr_tracked());
	check_and_unload(_metadata);
}

/* The hooks of flushes were out, and one of them cannot be put in again. */
STAGE_TEST(tracking_after_nothing_was)
{
	static const char *const symbols[] = {
		"native_flush_tlb_local", "native_flush_tlb_one_user",
		"flush_tlb_func",
	};
	static const char out[] = ": armed while something is tracked";
	char line[80];
	int n;

	ASSERT_EQ(0, pgdm_load(""));
	for (n = 1; n <= 3; n++) {
		pgdm_wait_for(strstr(pgdm_read("preflight"), out));
		pgdm_log_mark();
		fail_at(n);
		EXPECT_EQ(ENOMEM, n == 2 ? pgdm_write("track", "all") :
				  pgdm_writef("track", "pid %d", getpid()));
		snprintf(line, sizeof(line), "cannot hook %s ", symbols[n - 1]);
		EXPECT_TRUE(pgdm_log_has(line)) {
			TH_LOG("%s", line);
		}
		EXPECT_EQ(0, strncmp(pgdm_read("track"), "mode none\n", 10));
		EXPECT_EQ(0, pgdm_nr_tracked());
		EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), "FAIL"));
	}
	track_self();
	EXPECT_EQ(NULL, strstr(pgdm_read("preflight"), out));
	check_and_unload(_metadata);
}

/*
 * A request to track more is refused for each of four memories that fail, and what was
 * tracked stays; then it is granted. @shown: how the file track begins meanwhile.
 */
static void request_fails_first(struct __test_metadata *_metadata,
				const char *request, const char *shown)
{
	uint64_t id;
	int n;

	ASSERT_EQ(0, pgdm_load(""));
	track_self();
	id = pgdm_id(getpid());
	for (n = 1; n <= 4; n++) {
		pgdm_log_mark();
		fail_at(n);
		EXPECT_EQ(ENOMEM, pgdm_write("track", request));
		EXPECT_TRUE(pgdm_log_has("track: no memory"));
		EXPECT_EQ(0, strncmp(pgdm_read("track"), shown, strlen(shown)));
		EXPECT_EQ(1, pgdm_nr_tracked());
		EXPECT_EQ(id, pgdm_id(getpid()));
		EXPECT_EQ(1, pgdm_mirrors(THERE, id, "loaded"));
		check_mirrors(_metadata);
	}
	EXPECT_EQ(0, pgdm_write("track", request));
	EXPECT_LT(3, pgdm_nr_tracked());
	EXPECT_EQ(id, pgdm_id(getpid()));
	check_and_unload(_metadata);
}

STAGE_TEST(tracking_all)
{
	request_fails_first(_metadata, "all", "mode none\n");
}

/* The first is the cgroup's entry, the others are those of mms. */
STAGE_TEST(tracking_a_cgroup)
{
	request_fails_first(_metadata, "cgroup /", "mode none\npid ");
}

/* The child runs without a mirror, and is counted. */
STAGE_TEST(a_birth)
{
	struct pgdm_partner p;

	ASSERT_EQ(0, pgdm_load(""));
	track_self();
	EXPECT_EQ(0, pgdm_stat("births_native"));
	fail_at(1);
	pgdm_partner_start(&p, THERE);
	EXPECT_EQ(1, pgdm_stat("births_native"));
	EXPECT_EQ(0, pgdm_id(p.pid));
	EXPECT_EQ(1, pgdm_nr_tracked());
	pgdm_partner_add(&p, PGDM_SLOT_FIRST);
	check_mirrors(_metadata);
	/* By hand it works now. */
	EXPECT_EQ(0, pgdm_writef("track", "pid %d", p.pid));
	EXPECT_NE(0, pgdm_id(p.pid));
	pgdm_partner_stop(&p);
	check_and_unload(_metadata);
}

/* Under "all" it is found when a CPU switches to it. */
STAGE_TEST(a_birth_under_all)
{
	struct pgdm_partner p;

	ASSERT_EQ(0, pgdm_load("track=all"));
	fail_at(1);
	pgdm_partner_start(&p, THERE);
	EXPECT_EQ(1, pgdm_stat("births_native"));
	pgdm_partner_ping(&p);
	pgdm_wait_for(pgdm_id(p.pid));
	check_mirrors(_metadata);
	pgdm_partner_stop(&p);
	check_and_unload(_metadata);
}

/* The other CPU is not told, and faults when it comes to the entry. */
STAGE_TEST(a_kick)
{
	static const char *const params[] = { "policy=flag", "policy=carry" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		ASSERT_EQ(0, pgdm_load(params[i]));
		track_self_on_both(self);
		fail_at(1);
		pgdm_slot_add(PGDM_SLOT_FIRST);
		EXPECT_EQ(0, atoi(pgdm_read_path(PGDM_PARAMS "fail_at")));
		EXPECT_EQ(1, pgdm_stat("kicks_lost"));
		EXPECT_EQ(0, pgdm_stat("ipis"));
		touch_there(self, PGDM_SLOT_FIRST, 1);
		check_mirrors(_metadata);
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
		pgdm_slot_add(PGDM_SLOT_FIRST);
		EXPECT_EQ(1, pgdm_stat("kicks_lost"));
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
		check_and_unload(_metadata);
	}
}

TEST_HARNESS_MAIN
