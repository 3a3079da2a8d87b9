/* SPDX-License-Identifier: GPL-2.0 */
/* What workers are told to do; each takes what the comment says. */
#ifndef _PGDM_JOBS_H
#define _PGDM_JOBS_H

#include <stdatomic.h>

#include "partner.h"

/**
 * pgdm_job_nop() - nothing
 * @unused: NULL
 *
 * When it is done the worker's CPU runs the worker.
 */
void pgdm_job_nop(void *unused);

/**
 * pgdm_job_ping() - ping a partner on the same CPU: a round trip to another mm
 * @partner: a struct pgdm_partner
 */
void pgdm_job_ping(void *partner);

/**
 * struct pgdm_touch - a page to be touched
 * @slot: one that is mapped
 * @page: number of the page in it
 */
struct pgdm_touch {
	unsigned int slot;
	unsigned int page;
};

/**
 * pgdm_job_touch() - touch a page
 * @touch: a struct pgdm_touch
 */
void pgdm_job_touch(void *touch);

/**
 * pgdm_job_read() - read a byte
 * @address: where
 */
void pgdm_job_read(void *address);

/**
 * struct pgdm_load - a word to be read
 * @address: where
 * @value: what was there
 */
struct pgdm_load {
	const volatile void *address;
	long value;
};

/**
 * pgdm_job_load() - read a word, and tell it
 * @load: a struct pgdm_load
 */
void pgdm_job_load(void *load);

/**
 * struct pgdm_churn - slots that come and go, again and again
 * @first: the first of them
 * @end: the one behind the last
 * @partner: pinged each time that all are there; NULL: none
 * @stop: set by another thread to end it, once all are gone
 */
struct pgdm_churn {
	unsigned int first;
	unsigned int end;
	struct pgdm_partner *partner;
	atomic_bool stop;
};

/**
 * pgdm_job_churn() - add and unmap slots until told to stop
 * @churn: a struct pgdm_churn
 */
void pgdm_job_churn(void *churn);

#endif
