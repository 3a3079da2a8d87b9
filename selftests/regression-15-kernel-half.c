// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 15: kernel-half additions that miss mirrors. modify_ldt under PTI is
 * the one that a program can bring about (memory hotplug is the other).
 *
 * The first LDT of an mm makes an entry in both tables of the pair, by two
 * writes; each is stored into every mirror of the mm, at once.
 */
#include <string.h>

#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

STAGE_TEST(ldt_is_written_through)
{
	uint64_t publishes, through;

	if (!pgdm_has_pti())
		SKIP(return, "needs page table isolation");
	track_self_on_both(self);
	publishes = pgdm_stat("publishes");
	through = pgdm_stat("write_throughs");
	ASSERT_EQ(0, pgdm_ldt_write(0, 0));
	EXPECT_EQ(publishes + 2, pgdm_stat("publishes"));
	EXPECT_EQ(through + 2 * 2, pgdm_stat("write_throughs"));
	check_mirrors(_metadata);
	EXPECT_EQ(0, pgdm_audit().stale);

	/* A larger one moves within the same entry. */
	ASSERT_EQ(0, pgdm_ldt_write(8000, 0));
	EXPECT_EQ(publishes + 2, pgdm_stat("publishes"));
	EXPECT_EQ(through + 2 * 2, pgdm_stat("write_throughs"));
}

/* Mirrors that are cached, of an mm that no CPU runs, get it too. */
STAGE_TEST(mirrors_made_later_have_it)
{
	track_self();
	ASSERT_EQ(0, pgdm_ldt_write(0, 0));
	untrack_self();
	track_self();
	round_trip(self);
	EXPECT_EQ(0, pgdm_audit().stale);
}

/*
 * A newborn has no mirror before a grace period has passed since the last write of a
 * kernel-half entry. The module asks for one, or a quiet machine would have none.
 */
STAGE_TEST(a_newborn_gets_its_mirror)
{
	struct pgdm_partner p;

	if (!pgdm_has_pti())
		SKIP(return, "needs page table isolation");
	ASSERT_EQ(0, pgdm_write_path(PGDM_TRACING "set_ftrace_filter",
				     "start_poll_synchronize_rcu"));
	ASSERT_EQ(0, pgdm_write_path(PGDM_TRACING "current_tracer", "function"));
	track_self();
	ASSERT_EQ(0, pgdm_ldt_write(0, 0));
	pgdm_partner_start(&p, THERE);
	pgdm_wait_for(strstr(pgdm_read_path(PGDM_TRACING "trace"),
			     " start_poll_synchronize_rcu <-"));
	pgdm_wait_for(({
		pgdm_partner_ping(&p);
		pgdm_mirrors(THERE, pgdm_id(p.pid), NULL);
	}));
	pgdm_partner_stop(&p);
	EXPECT_EQ(0, pgdm_write_path(PGDM_TRACING "current_tracer", "nop"));
	EXPECT_EQ(0, pgdm_write_path(PGDM_TRACING "set_ftrace_filter",
				     "!start_poll_synchronize_rcu"));
}

STAGE_TEST(without_pti_nothing_is_written)
{
	uint64_t publishes;

	if (pgdm_has_pti())
		SKIP(return, "needs a kernel without page table isolation");
	track_self();
	publishes = pgdm_stat("publishes");
	ASSERT_EQ(0, pgdm_ldt_write(0, 0));
	EXPECT_EQ(publishes, pgdm_stat("publishes"));
	EXPECT_EQ(0, pgdm_stat("write_throughs"));
}

TEST_HARNESS_MAIN
