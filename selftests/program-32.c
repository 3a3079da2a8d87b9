// SPDX-License-Identifier: GPL-2.0
/*
 * A program of 32 bits, for live-programs: it changes its address space in
 * the usual ways and exits with 0 if everything that it wrote is there.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE	(1 << 20)
#define ROUNDS	8

_Static_assert(sizeof(void *) == 4, "to be built with -m32");

static void *fill(void *memory)
{
	memset(memory, 0x5a, SIZE);
	return memory;
}

static int is_filled(const char *memory)
{
	unsigned int i;

	for (i = 0; i < SIZE; i++)
		if (memory[i] != 0x5a)
			return 0;
	return 1;
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		pthread_t thread;
		int status;
		pid_t pid;

		if (memory == MAP_FAILED)
			return 1;
		if (pthread_create(&thread, NULL, fill, memory) ||
		    pthread_join(thread, NULL))
			return 2;
		pid = fork();
		if (!pid)
			_exit(!is_filled(memory));
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			return 3;
		if (!is_filled(memory) || munmap(memory, SIZE))
			return 4;
	}
	return 0;
}
