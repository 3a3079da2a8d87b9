// SPDX-License-Identifier: GPL-2.0
/*
 * Seeded bugs of the file cr3: what a CPU walks is read from its CR3, and whose that is
 * does not depend on what runs there.
 */
#include <string.h>

#include "lib/lazily.h"
#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2, .params = "live=1");

/*
 * A fault puts the CPU on its primary, while its mirror stays noted as loaded. Another
 * process may put it back: again then.
 */
static uint64_t leave_the_mirror(FIXTURE_DATA(stage) *self __attribute__((unused)),
				 const char *bugs)
{
	uint64_t wrong = 0, primary;
	struct pgdm_cr3 l;
	bool left;

	pgdm_bug("none");
	if (pgdm_write("live", "0"))
		pgdm_die("live mode does not end");
	primary = pgdm_cr3_address(pgdm_cr3(HERE).cr3);
	if (pgdm_write("live", "1"))
		pgdm_die("live mode does not begin");
	pgdm_bug(bugs);
	do {
		pgdm_slot_add(PGDM_SLOT_FIRST);
		l = pgdm_cr3(HERE);
		left = pgdm_cr3_address(l.cr3) == primary;
		wrong = left && strcmp(l.mirror, "primary");
		pgdm_slot_unmap(PGDM_SLOT_FIRST);
	} while (!left);
	return wrong;
}

STAGE_TEST(noted_mirror)
{
	judge(_metadata, self, leave_the_mirror, "vm_exit", "vm_exit,noted_mirror", true);
}

/* No task of the process runs there, and it is named all the same. */
static uint64_t sleep_and_look(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct pgdm_cr3 l;

	pgdm_bug(bugs);
	l = sleep_lazily(self);
	pgdm_worker_wake(&self->worker);
	return l.pid != getpid();
}

SEEDED_BUG(name_current, sleep_and_look)

TEST_HARNESS_MAIN
