/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that a test forks. */
#ifndef _PGDM_PROCESS_H
#define _PGDM_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * pgdm_fork() - fork a process that calls a function and exits
 * @child: what it calls; what that returns is the process's exit status
 * @arg: its argument
 *
 * It is killed when the thread that has forked it ends. The calling process dies when
 * it cannot fork.
 *
 * Return: the child's pid.
 */
pid_t pgdm_fork(int (*child)(void *arg), void *arg);

/**
 * pgdm_wait() - wait for the end of a process
 * @pid: of a child, else the process dies
 *
 * Return: its status, as waitpid(2) gives it.
 */
int pgdm_wait(pid_t pid);

/**
 * pgdm_run() - pgdm_fork() and pgdm_wait()
 * @child: what the process calls
 * @arg: its argument
 *
 * Return: its status, as waitpid(2) gives it: 0 when @child has returned 0.
 */
int pgdm_run(int (*child)(void *arg), void *arg);

/**
 * pgdm_sleeps() - has a process gone to sleep?
 * @pid: of the process, else the calling process dies
 *
 * One that has answered may still have to run before it does.
 *
 * Return: does its main thread wait for an event?
 */
bool pgdm_sleeps(pid_t pid);

/**
 * pgdm_kill() - kill a process and wait for its end
 * @pid: of a child
 */
void pgdm_kill(pid_t pid);

#endif
