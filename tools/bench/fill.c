// SPDX-License-Identifier: GPL-2.0
/*
 * fill: on each CPU, so many processes at a time that every mirror of it is used.
 *
 * usage: fill PROCESSES
 *
 * A mirror that a change of policy finds is copied in full once more when it is used
 * next, whatever the policy. When this program has ended, none such is left, and what
 * is counted from then on is the policy's own. All processes of a CPU are alive at
 * once: if one had ended, the next would be given its mirror again.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PROCESSES	1000

/* Tells that it has run, and waits for the others. */
static void child(const int up[2], const int go[2])
{
	char byte = 0;

	close(go[1]);
	if (write(up[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 0)
		_exit(1);
	_exit(0);
}

static void fill(int cpu, unsigned int processes)
{
	int up[2], go[2], status;
	unsigned int i;
	cpu_set_t set;
	char byte;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "cannot run on CPU %d", cpu);
	if (pipe(up) || pipe(go))
		err(1, "pipe");
	for (i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid)
			child(up, go);
	}
	for (i = 0; i < processes; i++)
		if (read(up[0], &byte, 1) != 1)
			err(1, "pipe");
	close(go[1]);
	for (i = 0; i < processes; i++)
		if (wait(&status) < 0 || status)
			errx(1, "a process on CPU %d failed", cpu);
	close(go[0]);
	close(up[0]);
	close(up[1]);
}

int main(int argc, char **argv)
{
	unsigned long processes;
	cpu_set_t cpus;
	char *end;
	int cpu;

	processes = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
	if (!processes || *end || processes > MAX_PROCESSES) {
		fprintf(stderr, "usage: fill PROCESSES (1 to %d)\n",
			MAX_PROCESSES);
		return 2;
	}
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		err(1, "sched_getaffinity");
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &cpus))
			fill(cpu, processes);
	return 0;
}
