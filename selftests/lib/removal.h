/* SPDX-License-Identifier: GPL-2.0 */
/* A scene on the stage: a removal of many entries among additions of another thread. */
#ifndef _PGDM_REMOVAL_H
#define _PGDM_REMOVAL_H

#include "stage.h"

#define MANY_SLOTS 40

/* Additions by the worker, one after the other, in slots that are mapped. */
struct slots {
	unsigned int first;
	unsigned int end;
};

static void touch_slots_job(void *arg)
{
	const struct slots *s = arg;
	unsigned int slot;

	for (slot = s->first; slot < s->end; slot++)
		pgdm_slot_touch(slot, 0);
}

/**
 * remove_while_worker_adds() - remove many entries while the worker adds as many
 * @self: the stage; the test's mm is tracked
 * @bugs: seeded bugs that are on meanwhile, or NULL
 *
 * The removal is one munmap() with one flush. Under carry each addition is a flush of
 * another thread. The slots are as they were when this returns.
 */
static void remove_while_worker_adds(FIXTURE_DATA(stage) *self, const char *bugs)
{
	struct slots added = { PGDM_SLOT_FIRST + MANY_SLOTS,
			       PGDM_SLOT_FIRST + 2 * MANY_SLOTS };

	pgdm_slots_add(PGDM_SLOT_FIRST, added.first);
	touch_there(self, PGDM_SLOT_FIRST, 1);
	pgdm_slots_map(added.first, added.end);
	round_trips(self);
	if (bugs)
		pgdm_bug(bugs);
	pgdm_worker_send(&self->worker, touch_slots_job, &added);
	if (munmap(pgdm_slot_address(PGDM_SLOT_FIRST, 0),
		   (size_t)MANY_SLOTS << pgdm_slot_shift()))
		pgdm_die("cannot unmap the slots");
	pgdm_worker_wait(&self->worker);
	if (bugs)
		pgdm_bug("none");
	pgdm_slots_unmap(added.first, added.end);
}

#endif
