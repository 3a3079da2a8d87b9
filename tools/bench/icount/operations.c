// SPDX-License-Identifier: GPL-2.0
/*
 * The operations that tools/bench/icount counts: one line each,
 *
 *	name nanoseconds-per-operation
 *
 * In a machine that runs one instruction a nanosecond (QEMU, icount shift=0)
 * nanoseconds are instructions, kernel and user together. What the module adds
 * is the difference between two runs.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUND_TRIPS	3000
#define WARM_UP		100
#define RING		8	/* processes: more than a CPU has mirrors */
#define TURNS		400
#define PAGES		2000
#define PAGE		4096
#define RANGES		500	/* flushed, of each size */
#define ENTRIES		100	/* of the root, a page in each */
#define ENTRY_SHIFT	39	/* four levels of tables */

static double now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t))
		err(1, "clock_gettime");
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void pass(int from, int to)
{
	char byte = 0;

	if (read(from, &byte, 1) != 1 || write(to, &byte, 1) != 1)
		err(1, "pipe");
}

static void start(int to)
{
	if (write(to, "", 1) != 1)
		err(1, "pipe");
}

/* Two processes pass a byte to and fro: a round trip is two switches. */
static double per_switch(void)
{
	int there[2], back[2], i;
	double began;
	char byte;
	pid_t pid;

	if (pipe(there) || pipe(back))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		for (i = 0; i < WARM_UP + ROUND_TRIPS; i++)
			pass(there[0], back[1]);
		_exit(0);
	}
	start(there[1]);
	for (i = 1; i < WARM_UP; i++)
		pass(back[0], there[1]);
	began = now();
	for (i = 0; i < ROUND_TRIPS; i++)
		pass(back[0], there[1]);
	began = now() - began;
	if (read(back[0], &byte, 1) != 1)
		err(1, "pipe");
	if (waitpid(pid, NULL, 0) != pid)
		err(1, "waitpid");
	return began / ROUND_TRIPS / 2;
}

/* One of the ring: the byte comes from one neighbour, and goes to the other. */
static void pass_on(int pipes[RING][2], int nr, int turns)
{
	int i;

	for (i = 0; i < turns; i++)
		pass(pipes[nr][0], pipes[(nr + 1) % RING][1]);
}

/*
 * Processes pass a byte round: each has lost its mirror when its turn comes again, as
 * by default a CPU has six.
 */
static double per_evicted(void)
{
	int pipes[RING][2], i, warm_up = WARM_UP / RING;
	double began;
	char byte;

	for (i = 0; i < RING; i++)
		if (pipe(pipes[i]))
			err(1, "pipe");
	for (i = 1; i < RING; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			pass_on(pipes, i, warm_up + TURNS);
			_exit(0);
		}
	}
	start(pipes[1][1]);
	pass_on(pipes, 0, warm_up - 1);
	began = now();
	pass_on(pipes, 0, TURNS);
	began = now() - began;
	if (read(pipes[0][0], &byte, 1) != 1)
		err(1, "pipe");
	for (i = 1; i < RING; i++)
		if (wait(NULL) < 0)
			err(1, "wait");
	for (i = 0; i < RING; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	return began / TURNS / RING;
}

static char *map(void)
{
	char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	if (madvise(p, PAGES * PAGE, MADV_NOHUGEPAGE))
		err(1, "madvise");
	return p;
}

/* The first touch of a page: one fault. */
static double per_fault(char *p)
{
	double began = now();
	int i;

	for (i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	return (now() - began) / PAGES;
}

/* Taking the right to write from all of them: one flush, received here. */
static double per_flush(char *p)
{
	double began = now();
	int i;

	for (i = 0; i < PAGES; i++)
		if (mprotect(p, PAGE, i % 2 ? PROT_READ | PROT_WRITE :
					      PROT_READ))
			err(1, "mprotect");
	return (now() - began) / PAGES;
}

/*
 * The same for some pages at once, which the kernel invalidates one by one up to
 * 33 of them. Giving the right back flushes nothing.
 */
static double per_range(char *p, int pages)
{
	double began = now();
	int i, page;

	for (i = 0; i < RANGES; i++) {
		if (mprotect(p, pages * PAGE, PROT_READ) ||
		    mprotect(p, pages * PAGE, PROT_READ | PROT_WRITE))
			err(1, "mprotect");
		for (page = 0; page < pages; page++)
			p[page * PAGE] = i;
	}
	return (now() - began) / RANGES;
}

/* A new root entry, its first touch, and all of them away with one flush. */
static double per_entry(void)
{
	double began = now();
	long i;

	for (i = 1; i <= ENTRIES; i++) {
		char *p = mmap((void *)(i << ENTRY_SHIFT), PAGE,
			       PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			       -1, 0);

		if (p != (void *)(i << ENTRY_SHIFT))
			err(1, "mmap");
		*p = 1;
	}
	if (munmap((void *)(1L << ENTRY_SHIFT), (long)ENTRIES << ENTRY_SHIFT))
		err(1, "munmap");
	return (now() - began) / ENTRIES;
}

int main(void)
{
	char *p = map(), *q;

	printf("switch %.1f\n", per_switch());
	printf("evicted %.1f\n", per_evicted());
	printf("fault %.1f\n", per_fault(p));
	printf("flush %.1f\n", per_flush(p));
	q = map();
	per_fault(q);
	printf("range1 %.1f\n", per_range(q, 1));
	printf("range8 %.1f\n", per_range(q, 8));
	printf("range33 %.1f\n", per_range(q, 33));
	printf("entry %.1f\n", per_entry());
	return 0;
}
