// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 11 (Xen 6b9562dac1): a CPU goes offline and comes back while it holds
 * mirrors.
 */
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1 track=all");

#define ONLINE "/sys/devices/system/cpu/cpu1/online"
#define TURNS 5
#define HOTPLUG_TEST(name) TEST_F_TIMEOUT(hotplug, name, STAGE_TIMEOUT)

static atomic_bool done;

FIXTURE(hotplug) {
	struct pgdm_mode mode;
};

FIXTURE_SETUP(hotplug)
{
	self->mode = get_mode();
	if (access(ONLINE, W_OK))
		SKIP(return, "CPU 1 cannot be taken offline");
}

FIXTURE_TEARDOWN(hotplug)
{
	check_mirrors(_metadata);
	put_mode(_metadata, &self->mode);
	check_counts(_metadata);
}

static void *churn_main(void *churn)
{
	pgdm_job_churn(churn);
	return NULL;
}

static void goes_and_comes_back(struct __test_metadata *_metadata)
{
	struct pgdm_churn churn = { .first = 20, .end = 60 };
	struct pgdm_partner p;
	pthread_t churner;
	unsigned int turn;
	uint64_t id;

	ASSERT_EQ(0, pthread_create(&churner, NULL, churn_main, &churn));
	for (turn = 0; turn < TURNS; turn++) {
		pgdm_partner_start(&p, THERE);
		id = pgdm_id(p.pid);
		ASSERT_NE(0, id);
		pgdm_partner_ping(&p);
		EXPECT_EQ(1, pgdm_mirrors(THERE, id, NULL));

		ASSERT_EQ(0, pgdm_write_path(ONLINE, "0"));
		EXPECT_EQ(0, pgdm_mirrors(THERE, id, NULL));
		check_mirrors(_metadata);
		/* The kernel has moved it to a CPU that is left. */
		pgdm_partner_add(&p, 3);
		EXPECT_EQ(0, pgdm_mirrors(THERE, id, NULL));

		ASSERT_EQ(0, pgdm_write_path(ONLINE, "1"));
		check_mirrors(_metadata);
		pgdm_partner_stop(&p);

		/* The CPU takes part again. */
		pgdm_partner_start(&p, THERE);
		EXPECT_EQ(1, pgdm_mirrors(THERE, pgdm_id(p.pid), NULL));
		pgdm_partner_stop(&p);
	}
	atomic_store(&churn.stop, true);
	ASSERT_EQ(0, pthread_join(churner, NULL));
}

HOTPLUG_TEST(cpu_goes_and_comes_back)
{
	goes_and_comes_back(_metadata);
}

/* L2: it leaves its mirror before it goes, and does not take one again. */
HOTPLUG_TEST(cpu_goes_and_comes_back_live)
{
	ASSERT_EQ(0, pgdm_write("live", "1"));
	goes_and_comes_back(_metadata);
}

static void *change_main(void *unused)
{
	static const char *const names[] = {
		"always-exit", "flag", "carry", "eager", "dirty",
	};
	unsigned int i = 0;

	(void)unused;
	while (!atomic_load(&done))
		if (pgdm_write("policy", names[i++ % 5]))
			pgdm_die("cannot change the policy");
	return NULL;
}

/* What a policy has set up on a CPU goes and comes back with it. */
HOTPLUG_TEST(cpu_goes_and_comes_back_while_policies_change)
{
	pthread_t changer;

	atomic_store(&done, false);
	ASSERT_EQ(0, pgdm_write("live", "1"));
	ASSERT_EQ(0, pthread_create(&changer, NULL, change_main, NULL));
	goes_and_comes_back(_metadata);
	atomic_store(&done, true);
	ASSERT_EQ(0, pthread_join(changer, NULL));
}

/* A CPU that comes up gets the notifier of returns to user mode, too. */
HOTPLUG_TEST(cpu_comes_back_under_always_exit)
{
	struct pgdm_partner p;
	uint64_t returns;

	ASSERT_EQ(0, pgdm_write_path(ONLINE, "0"));
	ASSERT_EQ(0, pgdm_write("policy", "always-exit"));
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "1"));
	pgdm_partner_start(&p, THERE);
	returns = pgdm_cpu_stat(THERE, "user_returns");
	pgdm_partner_ping(&p);
	EXPECT_LT(returns, pgdm_cpu_stat(THERE, "user_returns"));
	/* And it goes offline with the notifier. */
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "0"));
	ASSERT_EQ(0, pgdm_write("policy", "dirty"));
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "1"));
	pgdm_partner_stop(&p);
	ASSERT_EQ(0, pgdm_write("reset", "1"));
	EXPECT_EQ(0, pgdm_stat("user_returns"));
}

/* Loaded while the CPU is away: it gets its mirrors when it first comes up. */
HOTPLUG_TEST(cpu_comes_after_the_module)
{
	struct pgdm_partner p;

	check_and_unload(_metadata);
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "0"));
	ASSERT_EQ(0, pgdm_load("oracle=1 track=all"));
	EXPECT_EQ(NULL, strstr(pgdm_read("mirrors"), "cpu 1 "));
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "1"));
	EXPECT_NE(NULL, strstr(pgdm_read("mirrors"), "cpu 1 "));
	pgdm_partner_start(&p, THERE);
	EXPECT_EQ(1, pgdm_mirrors(THERE, pgdm_id(p.pid), NULL));
	pgdm_partner_stop(&p);
}

/* And unloaded while it is away. */
HOTPLUG_TEST(module_goes_while_the_cpu_is_away)
{
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "0"));
	check_and_unload(_metadata);
	ASSERT_EQ(0, pgdm_write_path(ONLINE, "1"));
	EXPECT_EQ(0, pgdm_load("track=all"));
}

TEST_HARNESS_MAIN
