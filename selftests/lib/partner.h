/* SPDX-License-Identifier: GPL-2.0 */
/* A process with an mm of its own that is pinned to a CPU and answers. */
#ifndef _PGDM_PARTNER_H
#define _PGDM_PARTNER_H

#include <sys/types.h>

/**
 * struct pgdm_partner - a process pinned to a CPU, which answers
 * @pid: its number
 * @cpu: where it runs
 * @to: pipe that it reads orders from
 * @from: pipe that it writes answers to
 *
 * It sleeps between orders. It dies with the thread that has started it.
 */
struct pgdm_partner {
	pid_t pid;
	unsigned int cpu;
	int to[2];
	int from[2];
};

/**
 * pgdm_partner_start() - fork a partner
 * @p: not started, or stopped
 * @cpu: where it runs
 *
 * It has answered once, on that CPU, when this returns.
 */
void pgdm_partner_start(struct pgdm_partner *p, unsigned int cpu);

/**
 * pgdm_partner_ping() - have the partner answer
 * @p: the partner
 *
 * Called on the partner's CPU, it leaves the caller's mm and comes back: a switch to
 * each of the two.
 */
void pgdm_partner_ping(struct pgdm_partner *p);

/**
 * pgdm_partner_add() - have the partner map a slot and touch its first page
 * @p: the partner
 * @slot: see pgdm_slot_add()
 */
void pgdm_partner_add(struct pgdm_partner *p, unsigned int slot);

/**
 * pgdm_partner_remove() - have the partner unmap a slot
 * @p: the partner
 * @slot: see pgdm_slot_unmap()
 */
void pgdm_partner_remove(struct pgdm_partner *p, unsigned int slot);

/**
 * pgdm_partner_call() - have the partner call a function
 * @p: the partner
 * @job: what it calls; a function of the program that has started it
 * @arg: its argument; an address is one of the partner's own mm
 *
 * Return: what @job has returned.
 */
int pgdm_partner_call(struct pgdm_partner *p, int (*job)(void *arg), void *arg);

/**
 * pgdm_partner_stop() - end the partner
 * @p: may be started again
 *
 * The process is gone when this returns; a CPU may keep its mm lazily.
 */
void pgdm_partner_stop(struct pgdm_partner *p);

#endif
