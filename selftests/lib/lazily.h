/* SPDX-License-Identifier: GPL-2.0 */
/* A scene on the stage: a CPU keeps the test's mm lazily, while no task of it runs there. */
#ifndef _PGDM_LAZILY_H
#define _PGDM_LAZILY_H

#include <sys/syscall.h>

#include "cr3.h"
#include "stage.h"

static void lazily_tid_job(void *tid)
{
	*(pid_t *)tid = (pid_t)syscall(SYS_gettid);
}

/**
 * sleep_lazily() - put the worker to sleep, so that its CPU keeps the tracked mm
 * @self: the stage; to be followed by pgdm_worker_wake()
 *
 * Again, if another process had the CPU and left its own mm there.
 *
 * Return: what the file cr3 says of that CPU then.
 */
static struct pgdm_cr3 __attribute__((unused))
sleep_lazily(FIXTURE_DATA(stage) *self)
{
	struct pgdm_cr3 l;
	pid_t tid;

	pgdm_worker_call(&self->worker, lazily_tid_job, &tid);
	for (;;) {
		pgdm_worker_sleep(&self->worker);
		pgdm_wait_for(pgdm_sleeps(tid));
		l = pgdm_cr3(THERE);
		if (l.id)
			return l;
		pgdm_worker_wake(&self->worker);
	}
}

#endif
