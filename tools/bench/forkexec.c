// SPDX-License-Identifier: GPL-2.0
/*
 * forkexec: a storm of fork and exec. Each of a number of workers forks,
 * executes a program and waits for it, a fixed number of times: every turn
 * makes two address spaces (the fork's and the exec's) and ends both.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int worker(long turns, char **argv)
{
	long i;
	int status;

	for (i = 0; i < turns; i++) {
		pid_t pid = fork();

		if (pid < 0) {
			fprintf(stderr, "forkexec: fork: %s\n", strerror(errno));
			return 1;
		}
		if (!pid) {
			execv(argv[0], argv);
			fprintf(stderr, "forkexec: %s: %s\n", argv[0],
				strerror(errno));
			_exit(127);
		}
		if (waitpid(pid, &status, 0) != pid || status) {
			fprintf(stderr, "forkexec: turn %ld: %s ended with status %#x\n",
				i, argv[0], (unsigned int)status);
			return 1;
		}
	}
	return 0;
}

static long parse_count(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < 1) {
		fprintf(stderr, "forkexec: '%s' is not a positive number\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	long workers, turns, i;
	int bad = 0, status;

	if (argc < 4) {
		fputs("usage: forkexec WORKERS TURNS PROGRAM [ARGUMENT...]\n",
		      stderr);
		return 2;
	}
	workers = parse_count(argv[1]);
	turns = parse_count(argv[2]);

	for (i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0) {
			fprintf(stderr, "forkexec: fork: %s\n", strerror(errno));
			bad = 1;
			break;
		}
		if (!pid)
			_exit(worker(turns, argv + 3));
	}
	while (wait(&status) > 0)
		if (status)
			bad = 1;
	if (!bad)
		printf("forkexec: %ld workers, %ld turns each\n", workers, turns);
	return bad;
}
