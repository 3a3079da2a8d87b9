/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What holds at the end of each test, whatever it is about: the mirrors are right, and
 * no counter of damage has counted. The teardown of each fixture looks at it. A test that
 * brings damage about on purpose says so with forget_damage() or forget_livelocks().
 */
#ifndef _PGDM_VERDICT_H
#define _PGDM_VERDICT_H

#include <kselftest_harness.h>

#include "audit.h"
#include "files.h"
#include "module.h"
#include "stats.h"

/**
 * check_mirrors() - expect that an audit finds no violation now
 * @_metadata: of the test, which fails if it finds one
 */
static void __attribute__((unused))
check_mirrors(struct __test_metadata *_metadata)
{
	struct pgdm_audit a = pgdm_audit();

	EXPECT_EQ(0, a.violations) {
		TH_LOG("%s", a.text);
	}
}

/**
 * check_counts() - expect that no damage was counted, and let the counts begin again
 * @_metadata: of the test, which fails if some was
 *
 * These are the violations that the oracle or an audit has found, the freed tables that
 * the oracle could not check (none with the oracle off), and the endless faults that
 * the guard ended. All counts are zero when this returns: what comes is another test's.
 */
static void __attribute__((unused))
check_counts(struct __test_metadata *_metadata)
{
	EXPECT_EQ(0, pgdm_stat("violations"));
	EXPECT_EQ(0, pgdm_stat("oracle_unchecked"));
	EXPECT_EQ(0, pgdm_stat("livelocks_broken"));
	EXPECT_EQ(0, pgdm_write("reset", "1"));
}

/**
 * forget_damage() - let the counts begin again after damage that was expected
 * @_metadata: of the test, which fails if the oracle could not check a table
 *
 * What is counted after this is found by check_counts() as ever.
 */
static void __attribute__((unused))
forget_damage(struct __test_metadata *_metadata)
{
	EXPECT_EQ(0, pgdm_stat("oracle_unchecked"));
	EXPECT_EQ(0, pgdm_write("reset", "1"));
}

/**
 * forget_livelocks() - the same where only endless faults were expected
 * @_metadata: of the test, which fails if there was a violation
 */
static void __attribute__((unused))
forget_livelocks(struct __test_metadata *_metadata)
{
	EXPECT_EQ(0, pgdm_stat("violations"));
	forget_damage(_metadata);
}

/**
 * check_and_unload() - expect that all is well, and that the module can go
 * @_metadata: of the test
 *
 * For a test that has loaded the module itself: its counts go with it.
 */
static void __attribute__((unused))
check_and_unload(struct __test_metadata *_metadata)
{
	check_mirrors(_metadata);
	check_counts(_metadata);
	EXPECT_EQ(0, pgdm_unload());
}

#endif
