/* SPDX-License-Identifier: GPL-2.0 */
/* tracefs: kprobes that count the calls of a function. */
#ifndef _PGDM_TRACING_H
#define _PGDM_TRACING_H

#define PGDM_TRACING "/sys/kernel/tracing/"

/**
 * struct pgdm_calls - what a probe has counted
 * @hits: calls that it has seen
 * @misses: calls in which it could not run, as those inside another probe's handler
 */
struct pgdm_calls {
	unsigned long hits;
	unsigned long misses;
};

/**
 * pgdm_probe_add() - count the calls of a kernel function
 * @name: of the probe, as no other has it
 * @function: its name, with "MODULE:" before it where it is a module's
 *
 * It counts from zero when this returns. The process dies when it cannot be probed.
 */
void pgdm_probe_add(const char *name, const char *function);

/**
 * pgdm_probe_calls() - what a probe has counted so far
 * @name: of the probe
 *
 * Return: its counts.
 */
struct pgdm_calls pgdm_probe_calls(const char *name);

/**
 * pgdm_probe_remove() - count no more
 * @name: of the probe
 */
void pgdm_probe_remove(const char *name);

#endif
