/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel log: is a line in it, and does it tell of a broken kernel? */
#ifndef _PGDM_LOG_H
#define _PGDM_LOG_H

#include <stdbool.h>

/**
 * pgdm_log_mark() - remember where the log ends now
 *
 * pgdm_log_has() looks at what comes after the last mark.
 */
void pgdm_log_mark(void);

/**
 * pgdm_log_has() - look for a text in what the kernel has logged since the mark
 * @text: part of a line, or of several
 *
 * What user space wrote into the log does not count.
 *
 * Return: is it there? Once found, a text is found again until the next mark.
 */
bool pgdm_log_has(const char *text);

/**
 * pgdm_log_watch() - remember where the log ends, for pgdm_log_scan()
 *
 * Independent of the mark.
 */
void pgdm_log_watch(void);

/**
 * pgdm_log_scan() - look for signs of a broken kernel
 *
 * Looks at each line that the kernel has logged since pgdm_log_watch(), or since the
 * scan before, and prints those that match a line of the file log-signs.
 *
 * Return: how many these are.
 */
unsigned int pgdm_log_scan(void);

#endif
