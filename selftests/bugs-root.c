// SPDX-License-Identifier: GPL-2.0
/*
 * A seeded bug of knowing roots (A2): a table that is not in the registry is taken
 * for the root of the mm that runs.
 */
#include <string.h>

#include "lib/seeded.h"

PGDM_NEEDS(.seeded = true, .cpus = 2);

static uint64_t write_an_identity_map(FIXTURE_DATA(stage) *self
				      __attribute__((unused)),
				      const char *bugs)
{
	uint64_t before = pgdm_stat("publishes");
	int err;

	pgdm_bug(bugs);
	err = pgdm_make_identity_map();
	if (err)
		pgdm_die("kexec_load: %s", strerror(err));
	return pgdm_stat("publishes") - before;
}

STAGE_TEST(any_root)
{
	SKIP_BY_TABLES("no hook is told of such a table");
	judge(_metadata, self, write_an_identity_map, "none", "any_root", true);
}

TEST_HARNESS_MAIN
