/* SPDX-License-Identifier: GPL-2.0 */
/* Which mms are tracked, and where they have mirrors: files track and mirrors. */
#ifndef _PGDM_TRACK_H
#define _PGDM_TRACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct pgdm_tracked - a line of the file track
 * @pid: of a process that runs in the mm
 * @comm: its name, with white space and backslashes as octal numbers
 * @id: the mm's number, which no other mm ever has
 * @seq: the sequence of its primary
 * @entries: of the user half of its root that are populated
 * @state: "ready", or another word
 */
struct pgdm_tracked {
	pid_t pid;
	char comm[64];
	uint64_t id;
	uint64_t seq;
	unsigned int entries;
	char state[16];
};

/**
 * pgdm_tracked() - look for a process among the tracked ones
 * @pid: of the process
 * @found: set to its line; overwritten in any case
 *
 * A process that was taken out of "all" is not tracked.
 *
 * Return: is it tracked?
 */
bool pgdm_tracked(pid_t pid, struct pgdm_tracked *found);

/**
 * pgdm_id() - the number of a process's mm
 * @pid: of the process
 *
 * Return: the id, or 0 when it is not tracked.
 */
uint64_t pgdm_id(pid_t pid);

/**
 * pgdm_nr_tracked() - how many mms are tracked
 *
 * Return: their number, without those that were taken out of "all".
 */
unsigned int pgdm_nr_tracked(void);

/**
 * pgdm_mirrors() - count the mirrors of an mm
 * @cpu: on this CPU; -1: on all
 * @id: of the mm
 * @state: in this state, "loaded" or "cached"; NULL: in any
 *
 * Return: their number.
 */
unsigned int pgdm_mirrors(int cpu, uint64_t id, const char *state);

#endif
