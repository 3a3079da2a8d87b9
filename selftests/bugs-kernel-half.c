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
#include <sys/wait.h>

#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .pti = true);

#define VIOLATIONS 42	/* an exit status */

static int write_ldt(void *unused)
{
	(void)unused;
	/* Tracked as a child, and its mirror is made by now. */
	pgdm_wait_for(pgdm_mirrors(HERE, pgdm_id(getpid()), "loaded"));
	if (pgdm_ldt_write(0, 0))
		pgdm_die("modify_ldt");
	return pgdm_audit().violations ? VIOLATIONS : 0;
}

/* In a new mm, whose LDT is not mapped yet. */
static uint64_t first_ldt(FIXTURE_DATA(stage) *self, const char *bugs)
{
	int status;

	(void)self;
	pgdm_bug(bugs);
	status = pgdm_run(write_ldt, NULL);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 1)
		pgdm_die("the child failed");
	return WEXITSTATUS(status) == VIOLATIONS;
}

SEEDED_BUG(no_write_through, first_ldt)

TEST_HARNESS_MAIN
