/* SPDX-License-Identifier: GPL-2.0 */
/* The module's counters: files stats and stats_percpu. */
#ifndef _PGDM_STATS_H
#define _PGDM_STATS_H

#include <stdint.h>

/**
 * pgdm_stat() - a counter, of the whole machine
 * @name: as in the file stats
 *
 * The process dies when there is none of that name.
 *
 * Return: its value.
 */
uint64_t pgdm_stat(const char *name);

/**
 * pgdm_cpu_stat() - a counter of one CPU
 * @cpu: its number
 * @name: as in the file stats_percpu
 *
 * The process dies when there is none of that name.
 *
 * Return: its value; 0 when the file has no such CPU.
 */
uint64_t pgdm_cpu_stat(unsigned int cpu, const char *name);

/**
 * pgdm_cpu_stats() - several counters of one CPU, by one reading of the file
 * @cpu: its number
 * @nr: how many
 * @names: as in the file stats_percpu; the process dies when one is not there
 * @values: set to their values; to 0 when the file has no such CPU
 */
void pgdm_cpu_stats(unsigned int cpu, unsigned int nr, const char *const *names,
		    uint64_t *values);

#endif
