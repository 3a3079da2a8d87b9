/* SPDX-License-Identifier: GPL-2.0 */
/* The switches of the module's build with seeded bugs. Each dies without that build. */
#ifndef _PGDM_BUGS_H
#define _PGDM_BUGS_H

/**
 * pgdm_bug() - say which seeded bugs are on
 * @names: their names with commas between them, or "none"
 *
 * All other bugs are off when this returns.
 */
void pgdm_bug(const char *names);

/**
 * pgdm_bug_pause_ms() - say how long the windows of bugs stay open
 * @ms: at the most so long, from now on, those that are open too; 0 closes them
 */
void pgdm_bug_pause_ms(unsigned int ms);

/**
 * pgdm_bug_pause_cpu() - say where windows open
 * @cpu: on this CPU only; -1: on each
 */
void pgdm_bug_pause_cpu(int cpu);

/**
 * pgdm_bug_pauses() - how often windows were entered since the module was loaded
 *
 * Return: that number.
 */
unsigned int pgdm_bug_pauses(void);

#endif
