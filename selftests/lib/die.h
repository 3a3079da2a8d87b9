/* SPDX-License-Identifier: GPL-2.0 */
/* The end of a test program over what no test is about. */
#ifndef _PGDM_DIE_H
#define _PGDM_DIE_H

/**
 * pgdm_die() - print a line and end the process with status 1
 * @fmt: what printf() takes; no newline is needed
 *
 * For what goes wrong beside the subject of a test. It runs no atexit handlers, so
 * that children and threads may call it.
 */
void pgdm_die(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#endif
