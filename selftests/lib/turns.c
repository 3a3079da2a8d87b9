// SPDX-License-Identifier: GPL-2.0
#include "die.h"
#include "jobs.h"
#include "stats.h"
#include "turns.h"

#define TRIES 10

static uint64_t switches(const struct pgdm_watch *w)
{
	uint64_t n = 0;

	if (w->worker) {
		pgdm_worker_call(w->worker, pgdm_job_nop, NULL);
		n += pgdm_cpu_stat(w->worker->cpu, "switches");
	}
	if (w->here)
		n += pgdm_cpu_stat(w->cpu, "switches");
	return n;
}

void pgdm_watch_begin(struct pgdm_watch *w)
{
	w->switches = switches(w);
}

bool pgdm_watch_end(struct pgdm_watch *w, unsigned int own)
{
	w->undisturbed = switches(w) == w->switches + own;
	return w->undisturbed;
}

bool pgdm_watch_again(struct pgdm_watch *w)
{
	if (w->undisturbed) {
		w->tries = 0;
		return false;
	}
	if (++w->tries == TRIES)
		pgdm_die("the CPUs are not left alone");
	return true;
}

void pgdm_turn_begin(struct pgdm_turns *t)
{
	pgdm_watch_begin(&t->watch);
}

void pgdm_turn_count(struct pgdm_turns *t)
{
	t->seen = pgdm_cpu_stat(t->cpu, "faults_seen");
	t->fixed = pgdm_cpu_stat(t->cpu, "faults_fixed");
}

void pgdm_turn_faults(const struct pgdm_turns *t, uint64_t *seen,
		      uint64_t *fixed)
{
	if (seen)
		*seen = pgdm_cpu_stat(t->cpu, "faults_seen") - t->seen;
	if (fixed)
		*fixed = pgdm_cpu_stat(t->cpu, "faults_fixed") - t->fixed;
}

bool pgdm_turn_end(struct pgdm_turns *t)
{
	bool alone;

	pgdm_turn_faults(t, &t->seen, &t->fixed);
	alone = pgdm_watch_end(&t->watch, 0);
	t->nr++;
	t->undisturbed += alone;
	return alone;
}
