/* SPDX-License-Identifier: GPL-2.0 */
/* The machine that the test runs on: its CPUs and its page tables. */
#ifndef _PGDM_MACHINE_H
#define _PGDM_MACHINE_H

#include <stdbool.h>

/* Of each page table, so of a root too. */
#define PGDM_ROOT_ENTRIES 512

/**
 * pgdm_cpu_has() - does the CPU have a feature?
 * @flag: its name in /proc/cpuinfo
 *
 * Return: is it among the flags?
 */
bool pgdm_cpu_has(const char *flag);

/**
 * pgdm_has_pti() - is page table isolation on?
 *
 * Return: is a root a pair of pages?
 */
bool pgdm_has_pti(void);

/**
 * pgdm_has_5_levels() - has the kernel 5 levels of page tables?
 *
 * Return: 5 (true) or 4 (false).
 */
bool pgdm_has_5_levels(void);

/**
 * pgdm_pages() - the pages of a root
 *
 * Return: 2 with page table isolation, else 1.
 */
unsigned int pgdm_pages(void);

/**
 * pgdm_nr_cpus() - the CPUs that are online now
 *
 * Return: their number.
 */
unsigned int pgdm_nr_cpus(void);

/**
 * pgdm_pin() - let the calling thread run on one CPU only
 * @cpu: its number
 *
 * It runs there when this returns. The process dies when the CPU is not online.
 */
void pgdm_pin(unsigned int cpu);

#endif
