/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeded bugs: a scenario that is clean without the bug, and in which the
 * bug is noticed, each time (for exceptions see play_bug()).
 */
#ifndef _PGDM_SEEDED_H
#define _PGDM_SEEDED_H

#include "kinds.h"
#include "stage.h"

#define REPEATS		5
#define WINDOW_MS	300
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
 * itself: virtual CPUs may stand still for long. The limit only bounds what
 * would never end.
 */
static bool window_is_held;

static void __attribute__((unused)) hold_window(void)
{
	window_is_held = true;
	pgdm_bug_pause_ms(HELD_MS);
}

#define release_window() pgdm_bug_pause_ms(0)

struct turn {
	scene_fn *play;
	const char *bugs;
	bool tracked;
};

static uint64_t play_turn(struct __test_metadata *_metadata,
			  FIXTURE_DATA(stage) *self, const struct turn *t,
			  unsigned int window_ms)
{
	uint64_t damage;

	window_is_held = false;
	pgdm_bug_pause_ms(window_ms);
	if (t->tracked)
		track_self();
	damage = t->play(self, t->bugs);
	pgdm_bug("none");
	untrack_self();
	return damage;
}

/*
 * A window that ends by itself may be over before the other CPU has done its
 * part in it: a longer one then. Otherwise the bug is noticed each time, but for
 * once in a test: another process may have had the CPU, and spared it the damage.
 */
static uint64_t play_bug(struct __test_metadata *_metadata,
			 FIXTURE_DATA(stage) *self, const struct turn *t,
			 bool *was_spared)
{
	unsigned int pauses, ms = WINDOW_MS;
	uint64_t damage;

	for (;;) {
		pauses = pgdm_bug_pauses();
		damage = play_turn(_metadata, self, t, ms);
		if (damage)
			return damage;
		TH_LOG("no damage, with a window of %u ms", ms);
		if (!window_is_held && pgdm_bug_pauses() != pauses &&
		    ms < HELD_MS)
			ms *= 2;
		else if (!*was_spared)
			*was_spared = true;
		else
			return 0;
	}
}

/**
 * judge() - play a scene without and with a bug, in turn, several times
 * @_metadata: of the test
 * @self: the stage
 * @play: the scene
 * @without: the bugs of the clean turns, mostly "none": they must do no damage, and the
 *	module must find no violation
 * @with: the bugs of the other turns: each must do damage, for exceptions see play_bug()
 * @tracked: the test's mm is tracked when the scene begins
 *
 * Violations are expected, so the counts begin again after each turn with the bug.
 */
static void __attribute__((unused))
judge(struct __test_metadata *_metadata, FIXTURE_DATA(stage) *self,
      scene_fn *play, const char *without, const char *with, bool tracked)
{
	const struct turn good = { play, without, tracked };
	const struct turn bad = { play, with, tracked };
	bool was_spared = false;
	unsigned int i;

	for (i = 0; i < REPEATS; i++) {
		EXPECT_EQ(0, play_turn(_metadata, self, &good, WINDOW_MS)) {
			TH_LOG("turn %u, without the bug", i);
		}
		EXPECT_EQ(0, pgdm_stat("violations")) {
			TH_LOG("turn %u, without the bug", i);
		}
		EXPECT_LT(0, play_bug(_metadata, self, &bad, &was_spared)) {
			TH_LOG("turn %u, with the bug", i);
		}
		forget_damage(_metadata);
	}
}

/* The usual test of a bug: it has the bug's name. */
#define SEEDED_BUG(bug, play) \
	STAGE_TEST(bug) { judge(_metadata, self, play, "none", #bug, true); }

/* W5: a bug that cannot do damage where the kernel stores before the hook is called. */
#define SKIP_BY_TABLES(why)						\
	do {								\
		if (pgdm_kinds_here() & PGDM_BY_TABLES)			\
			SKIP(return, "with hooks=tables " why);		\
	} while (0)

/*
 * The damage is an addition that a mirror lacks, which is legal then. (tables-bugs plays
 * some of these bugs with removals.)
 */
#define SKIP_ADDITION_BY_TABLES() \
	SKIP_BY_TABLES("an addition may lack until the CPU faults on it")

#define ADDITION_BUG(bug, play)						\
STAGE_TEST(bug)								\
{									\
	SKIP_ADDITION_BY_TABLES();					\
	judge(_metadata, self, play, "none", #bug, true);		\
}

#endif
