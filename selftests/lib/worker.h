/* SPDX-License-Identifier: GPL-2.0 */
/* A thread of the test's mm that is pinned to a CPU and does what it is told. */
#ifndef _PGDM_WORKER_H
#define _PGDM_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/**
 * struct pgdm_worker - a thread pinned to a CPU
 * @thread: it
 * @cpu: where it runs
 * @state: starting, without a job, with one, or ending; set by the side whose turn it is
 * @job: the function of the last job
 * @arg: its argument
 * @wake: pipe that it reads from while it sleeps
 *
 * Between jobs it spins in user mode, so that its CPU stays in the mm and
 * passes no sync point.
 */
struct pgdm_worker {
	pthread_t thread;
	unsigned int cpu;
	atomic_int state;
	void (*job)(void *arg);
	void *arg;
	int wake[2];
};

/**
 * pgdm_worker_start() - start a worker
 * @w: not started, or stopped
 * @cpu: where it runs
 *
 * It runs there, and has no job, when this returns.
 */
void pgdm_worker_start(struct pgdm_worker *w, unsigned int cpu);

/**
 * pgdm_worker_send() - give a worker a job, and do not wait for it
 * @w: has no job, else the process dies
 * @job: called on the worker's CPU
 * @arg: its argument, which must last until the job is done
 */
void pgdm_worker_send(struct pgdm_worker *w, void (*job)(void *), void *arg);

/**
 * pgdm_worker_busy() - has a worker a job?
 * @w: the worker
 *
 * Return: false once the job has returned.
 */
bool pgdm_worker_busy(struct pgdm_worker *w);

/**
 * pgdm_worker_wait() - wait until a worker's job is done
 * @w: the worker
 *
 * The process dies after 100 s.
 */
void pgdm_worker_wait(struct pgdm_worker *w);

/**
 * pgdm_worker_call() - give a worker a job and wait until it is done
 * @w: has no job
 * @job: called on the worker's CPU
 * @arg: its argument
 */
void pgdm_worker_call(struct pgdm_worker *w, void (*job)(void *), void *arg);

/**
 * pgdm_worker_sleep() - have a worker sleep, so that its CPU is free for other tasks
 * @w: has no job; it has one until it is woken
 *
 * It does not wait until the worker sleeps. The CPU may keep the mm lazily.
 */
void pgdm_worker_sleep(struct pgdm_worker *w);

/**
 * pgdm_worker_wake() - wake a worker from pgdm_worker_sleep()
 * @w: has no job, and spins again, when this returns
 */
void pgdm_worker_wake(struct pgdm_worker *w);

/**
 * pgdm_worker_stop() - end a worker, once its job is done
 * @w: may be started again
 */
void pgdm_worker_stop(struct pgdm_worker *w);

#endif
