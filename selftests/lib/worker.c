// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "machine.h"
#include "wait.h"
#include "worker.h"

enum { STARTING, IDLE, BUSY, ENDING };

static void *worker_main(void *arg)
{
	struct pgdm_worker *w = arg;
	int state;

	pgdm_pin(w->cpu);
	atomic_store(&w->state, IDLE);
	while ((state = atomic_load(&w->state)) != ENDING) {
		if (state == BUSY) {
			w->job(w->arg);
			atomic_store(&w->state, IDLE);
		}
		__builtin_ia32_pause();
	}
	return NULL;
}

void pgdm_worker_start(struct pgdm_worker *w, unsigned int cpu)
{
	int err;

	w->cpu = cpu;
	atomic_init(&w->state, STARTING);
	err = pthread_create(&w->thread, NULL, worker_main, w);
	if (err)
		pgdm_die("pthread_create: %s", strerror(err));
	pgdm_wait_for(atomic_load(&w->state) == IDLE);
}

void pgdm_worker_send(struct pgdm_worker *w, void (*job)(void *), void *arg)
{
	if (atomic_load(&w->state) != IDLE)
		pgdm_die("the worker is busy");
	w->job = job;
	w->arg = arg;
	atomic_store(&w->state, BUSY);
}

bool pgdm_worker_busy(struct pgdm_worker *w)
{
	return atomic_load(&w->state) == BUSY;
}

void pgdm_worker_wait(struct pgdm_worker *w)
{
	pgdm_wait_for(!pgdm_worker_busy(w));
}

void pgdm_worker_call(struct pgdm_worker *w, void (*job)(void *), void *arg)
{
	pgdm_worker_send(w, job, arg);
	pgdm_worker_wait(w);
}

static void sleep_job(void *arg)
{
	struct pgdm_worker *w = arg;
	char byte;

	if (read(w->wake[0], &byte, 1) != 1)
		pgdm_die("the worker was not woken");
}

void pgdm_worker_sleep(struct pgdm_worker *w)
{
	if (pipe2(w->wake, O_CLOEXEC))
		pgdm_die("pipe: %s", strerror(errno));
	pgdm_worker_send(w, sleep_job, w);
}

void pgdm_worker_wake(struct pgdm_worker *w)
{
	if (write(w->wake[1], "", 1) != 1)
		pgdm_die("cannot wake the worker");
	pgdm_worker_wait(w);
	close(w->wake[0]);
	close(w->wake[1]);
}

void pgdm_worker_stop(struct pgdm_worker *w)
{
	pgdm_worker_wait(w);
	atomic_store(&w->state, ENDING);
	pthread_join(w->thread, NULL);
}
