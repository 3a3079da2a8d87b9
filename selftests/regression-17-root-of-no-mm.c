// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 17: a table that is no mm's root is passed to the hook. kexec_load
 * builds an identity map with the same functions, in a single page: its
 * entries are no primary's, and there is no user table 4 KiB behind it.
 * (Hibernation makes such a table too, but no virtual machine here can hibernate;
 * EFI's is in live-efi.)
 */
#include <errno.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "track=all");

STAGE_TEST(identity_map)
{
	unsigned int turn, quiet = 0;
	uint64_t publishes, missed;
	int err;

	err = pgdm_make_identity_map();
	if (err == EPERM || err == ENOSYS)
		SKIP(return, "kexec_load is not allowed");
	ASSERT_EQ(0, err);
	missed = pgdm_stat("hooks_missed");
	/* Other processes may publish meanwhile. */
	for (turn = 0; turn < 20 && quiet < 5; turn++) {
		publishes = pgdm_stat("publishes");
		ASSERT_EQ(0, pgdm_make_identity_map());
		quiet += publishes == pgdm_stat("publishes");
	}
	EXPECT_EQ(5, quiet);
	EXPECT_EQ(missed, pgdm_stat("hooks_missed"));
}

TEST_HARNESS_MAIN
