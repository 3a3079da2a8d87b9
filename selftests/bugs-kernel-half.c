// SPDX-License-Identifier: GPL-2.0
/*
 * A seeded bug of kernel-half writes (W3): modify_ldt under PTI makes an
 * entry of the kernel half, once in the life of an mm.
 *
 * no_kernel_repeat has no scene here: the copy stores kernel-half words by
 * exchange, which already refuses a value that was overtaken, so that the
 * bug shows only when the new value is what the mirror held long before. The
 * unit tests play that.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .pti = true);

static int write_ldt(void)
{
	struct user_desc desc = {
		.entry_number = 0,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};

	return (int)syscall(SYS_modify_ldt, 0x11, &desc, sizeof(desc));
}

/* In a new mm, whose LDT is not mapped yet. */
static uint64_t first_ldt(FIXTURE_DATA(stage) *self, const char *bugs)
{
	int status;
	pid_t pid;

	(void)self;
	pgdm_bug(bugs);
	pid = fork();
	if (pid < 0)
		pgdm_die("fork");
	if (!pid) {
		/* Tracked as a child, and its mirror is made by now. */
		pgdm_wait_for(pgdm_mirrors(HERE, pgdm_id(getpid()), "loaded"));
		if (write_ldt())
			pgdm_die("modify_ldt");
		_exit(pgdm_audit().violations ? 42 : 0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		pgdm_die("the child is gone");
	if (WEXITSTATUS(status) == 1)
		pgdm_die("the child failed");
	return WEXITSTATUS(status) == 42;
}

SEEDED_BUG(no_write_through, first_ldt)

TEST_HARNESS_MAIN
