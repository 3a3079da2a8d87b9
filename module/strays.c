// SPDX-License-Identifier: GPL-2.0
/*
 * Strays: mms that are loaded, should be tracked and are not.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "strays.h"

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/printk.h>

#include "bell.h"
#include "registry.h"
#include "sync_points.h"
#include "track_walk.h"

#define STRAY_DELAY	(HZ / 2)
#define STRAY_DELAY_MAX	(64 * HZ)

/*
 * A CPU has loaded a root that is not in the registry, and may belong there. Under
 * track=all its mm was born before the hook was in, or there was no memory for an
 * entry, or the probe missed its birth (more tasks were asleep in pgd_alloc() than it
 * can follow), and its task was not on the list yet when the list was walked. Without
 * track=all the probe missed a birth of a tracked parent, perhaps this one. So the
 * list is walked again soon. The switch itself holds a run queue's lock and can only
 * ring for that.
 *
 * A walk that finds nothing makes the next one wait twice as long. The next one comes
 * soon again after a birth that was not entered, and after track=all.
 *
 * A walk does not find the children of a parent that has ended, or has executed
 * another program, meanwhile; nor a process that executes a program itself and has no
 * tracked parent.
 */
static unsigned long stray_delay = STRAY_DELAY;
static unsigned long stray_walks;	/* pgdm_track_mutex to write */

static void walk_for_strays(void)
{
	unsigned int found = 0;

	mutex_lock(&pgdm_track_mutex);
	if ((pgdm_registry_is_all() || pgdm_registry_count()) &&
	    pgdm_track_walk(&found))
		pr_warn_ratelimited("track: no memory for a stray mm, it stays native\n");
	WRITE_ONCE(stray_delay, found ? STRAY_DELAY :
		   min_t(unsigned long, 2 * stray_delay, STRAY_DELAY_MAX));
	WRITE_ONCE(stray_walks, stray_walks + 1);
	mutex_unlock(&pgdm_track_mutex);
}

/* In an interrupt; bell->seen is the number of births not entered, last time. */
static void put_walk_off(struct pgdm_bell *bell)
{
	unsigned long births = pgdm_registry_native_births();

	if (births != READ_ONCE(bell->seen)) {
		WRITE_ONCE(bell->seen, births);
		/* Only once, or births without end would put the walk off. */
		if (READ_ONCE(stray_delay) != STRAY_DELAY) {
			WRITE_ONCE(stray_delay, STRAY_DELAY);
			pgdm_bell_put_off(bell, STRAY_DELAY);
		}
	}
	pgdm_bell_answer_in(bell, READ_ONCE(stray_delay));
}

/**
 * pgdm_strays_walks() - how often the task list was walked for strays
 */
unsigned long pgdm_strays_walks(void)
{
	return READ_ONCE(stray_walks);
}

/**
 * pgdm_strays_soon() - let the next walk come soon again
 *
 * Context: any.
 */
void pgdm_strays_soon(void)
{
	WRITE_ONCE(stray_delay, STRAY_DELAY);
}

/**
 * pgdm_strays_init() - answer for strays
 *
 * Context: before any hook is in.
 */
void pgdm_strays_init(void)
{
	pgdm_bell_init(&pgdm_sync_points_stray, put_walk_off, walk_for_strays);
}
