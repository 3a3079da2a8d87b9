// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 17: a table that is no mm's root is passed to the hook. kexec_load
 * builds an identity map with the same functions, in a single page: its
 * entries are no primary's, and there is no user table 4 KiB behind it.
 * (Hibernation's and EFI's are like it, and cannot be had for a test.)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/kexec.h>
#include <sys/syscall.h>

#include "pgdm_test.h"

PGDM_NEEDS(.cpus = 2, .params = "track=all");

static long kexec_load(unsigned long nr, struct kexec_segment *segments)
{
	return syscall(SYS_kexec_load, 0x1000000ul, nr, segments,
		       KEXEC_ARCH_X86_64);
}

STAGE_TEST(identity_map)
{
	static char code[4096];
	struct kexec_segment segment = {
		.buf = code,
		.bufsz = sizeof(code),
		.mem = (void *)0x1000000,
		.memsz = sizeof(code),
	};
	uint64_t publishes, missed;
	unsigned int turn;
	long ret;

	ret = kexec_load(1, &segment);
	if (ret && (errno == EPERM || errno == ENOSYS))
		SKIP(return, "kexec_load is not allowed");
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, kexec_load(0, NULL));
	publishes = pgdm_stat("publishes");
	missed = pgdm_stat("hooks_missed");
	for (turn = 0; turn < 5; turn++) {
		ASSERT_EQ(0, kexec_load(1, &segment));
		ASSERT_EQ(0, kexec_load(0, NULL));
	}
	EXPECT_EQ(publishes, pgdm_stat("publishes"));
	EXPECT_EQ(missed, pgdm_stat("hooks_missed"));
	EXPECT_EQ(0, pgdm_audit().violations);
}

TEST_HARNESS_MAIN
