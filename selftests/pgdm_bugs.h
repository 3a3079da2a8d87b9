/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeded bugs: a scenario that is clean without the bug, and in which the
 * bug is noticed, each time.
 */
#ifndef _PGDM_BUGS_H
#define _PGDM_BUGS_H

#include "pgdm_test.h"

#define REPEATS		5
#define WINDOW_MS	600
#define HELD_MS		5000

/*
 * Plays a scene with some bugs on, and says how much damage was noticed. The
 * test's mm is tracked when it begins, but for attach_early.
 */
typedef uint64_t scene_fn(FIXTURE_DATA(stage) *self, const char *bugs);

/* Has the bug's window opened, or has the worker come past without one? */
#define wait_for_window(self, pauses) \
	pgdm_wait_for(pgdm_bug_pauses() != (pauses) || \
		      !pgdm_worker_busy(&(self)->worker))

/*
 * Where what happens in the window does not wait for its end, the scene ends it
 * itself: virtual CPUs may stand still for longer than WINDOW_MS. The limit only
 * bounds what would never end.
 */
#define hold_window() pgdm_bug_pause_ms(HELD_MS)
#define release_window() pgdm_bug_pause_ms(0)

static void __attribute__((unused))
judge(struct __test_metadata *_metadata, FIXTURE_DATA(stage) *self,
      scene_fn *play, const char *without, const char *with, bool tracked)
{
	unsigned int i;

	for (i = 0; i < 2 * REPEATS; i++) {
		bool bug = i & 1;
		uint64_t damage;

		pgdm_bug_pause_ms(WINDOW_MS);
		if (tracked)
			track_self();
		damage = play(self, bug ? with : without);
		pgdm_bug("none");
		untrack_self();
		EXPECT_EQ(bug, damage > 0) {
			TH_LOG("turn %u: damage %lu", i, damage);
		}
	}
}

#define SEEDED_BUG(bug, play) \
	STAGE_TEST(bug) { judge(_metadata, self, play, "none", #bug, true); }

#endif
