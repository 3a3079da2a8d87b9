// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that ends the process that looks at it: see out_of_reach.h.
 */
#include "out_of_reach.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/**
 * out_of_reach_is_well() - call a function in a process of its own
 * @bytes: how much memory is out of reach there
 * @act: the function; it puts that memory in place of what it must not look at
 *
 * Return: true if @act returned true; false if it did not, or the process
 * ended before.
 */
bool out_of_reach_is_well(size_t bytes, bool (*act)(void *out_of_reach))
{
	void *out_of_reach = mmap(NULL, bytes, PROT_NONE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t pid;

	if (out_of_reach == MAP_FAILED)
		abort();
	fflush(NULL);
	pid = fork();
	if (!pid) {
		/* A sanitizer would report the look, at length. */
		signal(SIGSEGV, SIG_DFL);
		_exit(!act(out_of_reach));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	munmap(out_of_reach, bytes);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
