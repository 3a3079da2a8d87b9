// SPDX-License-Identifier: GPL-2.0
/*
 * steps: a load that takes the same steps each time it is run.
 *
 * Two threads of one mm, pinned to two CPUs, take turns. While one acts, the other spins
 * in user mode: it sleeps nowhere, so a flush always finds its CPU in this mm, and it
 * never competes with the thread that acts. In a turn a thread
 *
 *   - maps two pages in a slot of its own (a slot is what one top-level entry spans) and
 *     writes the first; the other thread reads that and writes the second, which faults
 *     on its CPU; then the first thread unmaps both: the entry comes and goes;
 *   - exchanges bytes with a child on its CPU: the mm is left and entered again;
 *   - forks, executes a program and waits for its end.
 *
 * Before the first turn each CPU has switched to so many mms that live at the same time
 * that it has used each of its mirrors.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define CPUS		2
#define CHILDREN	8	/* more than a CPU has mirrors by default */
#define SLOT_SHIFT	39
#define SLOT_FIRST	2	/* the program itself lies in 170 and above */
#define SLOTS		64
#define CHANGES		4	/* entries that come and go in a turn */
#define MESSAGES	2

static unsigned long turns;
static char **program;
static size_t page_size;

/* Whose turn it is; and a page that the other thread shall use meanwhile. */
static atomic_uint acting;
static _Atomic(volatile uint64_t *) offered;

/**
 * struct child - a process that answers
 * @pid: of it
 * @to: this end of the pipe that it reads
 * @from: and of the one that it writes
 */
struct child {
	pid_t pid;
	int to;
	int from;
};

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "cannot run on CPU %u", cpu);
}

/* --- children ------------------------------------------------------------- */

static void __attribute__((noreturn)) answer(int in, int out)
{
	char byte;

	while (read(in, &byte, 1) == 1)
		if (write(out, &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

static void child_begin(struct child *c)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		err(1, "pipe");
	c->pid = fork();
	if (c->pid < 0)
		err(1, "fork");
	if (!c->pid) {
		close(to[1]);
		answer(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	c->to = to[1];
	c->from = from[0];
}

static void child_ask(const struct child *c)
{
	char byte = 0;

	if (write(c->to, &byte, 1) != 1 || read(c->from, &byte, 1) != 1)
		errx(1, "a child is gone");
}

static void await(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "a child ended with status %#x", status);
}

static void child_end(const struct child *c)
{
	close(c->to);
	close(c->from);
	await(c->pid);
}

/* --- what a turn consists of ---------------------------------------------- */

static void change_entry(unsigned long nr)
{
	void *where = (void *)((SLOT_FIRST + nr % SLOTS) << SLOT_SHIFT);
	volatile uint64_t *page;

	page = mmap(where, 2 * page_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (page != where)
		err(1, "mmap at %p", where);
	page[0] = nr;
	atomic_store(&offered, page);
	while (atomic_load(&offered))
		__builtin_ia32_pause();
	if (page[page_size / sizeof(*page)] != ~nr)
		errx(1, "the other thread read something else at %p", where);
	if (munmap(where, 2 * page_size))
		err(1, "munmap");
}

static void run_program(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execv(program[0], program);
		_exit(127);
	}
	await(pid);
}

static void take_turn(const struct child *child, unsigned int cpu, unsigned long turn)
{
	unsigned int i;

	for (i = 0; i < CHANGES; i++)
		change_entry((turn * CPUS + cpu) * CHANGES + i);
	for (i = 0; i < MESSAGES; i++)
		child_ask(child);
	run_program();
}

/* All of them live at once. Each has the pipes of those before it: the last ends first. */
static void use_all_mirrors(struct child child[CHILDREN])
{
	unsigned int i;

	for (i = 0; i < CHILDREN; i++) {
		child_begin(&child[i]);
		child_ask(&child[i]);
	}
	while (--i)
		child_end(&child[i]);
}

/* --- threads -------------------------------------------------------------- */

static void pass_on(unsigned int cpu)
{
	atomic_store(&acting, (cpu + 1) % CPUS);
}

static void spin_until_turn(unsigned int cpu)
{
	volatile uint64_t *page;

	while (atomic_load(&acting) != cpu) {
		page = atomic_load(&offered);
		if (page) {
			page[page_size / sizeof(*page)] = ~page[0];
			atomic_store(&offered, NULL);
		}
		__builtin_ia32_pause();
	}
}

static void *thread(void *argument)
{
	unsigned int cpu = (uintptr_t)argument;
	struct child child[CHILDREN];
	unsigned long turn;

	pin(cpu);
	spin_until_turn(cpu);
	use_all_mirrors(child);
	pass_on(cpu);
	for (turn = 0; turn < turns; turn++) {
		spin_until_turn(cpu);
		take_turn(&child[0], cpu, turn);
		pass_on(cpu);
	}
	/* The child of the last thread has the pipes of the first one's. */
	spin_until_turn(cpu);
	if (cpu != CPUS - 1) {
		pass_on(cpu);
		spin_until_turn(cpu);
	}
	child_end(&child[0]);
	pass_on(cpu);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t other;
	char *end;

	if (argc < 3) {
		fputs("usage: steps TURNS PROGRAM [ARGUMENT...]\n", stderr);
		return 2;
	}
	turns = strtoul(argv[1], &end, 10);
	if (*end || !turns)
		errx(1, "'%s' is not a positive number", argv[1]);
	program = argv + 2;
	page_size = sysconf(_SC_PAGESIZE);
	if (pthread_create(&other, NULL, thread, (void *)(uintptr_t)1))
		errx(1, "no second thread");
	thread((void *)(uintptr_t)0);
	if (pthread_join(other, NULL))
		errx(1, "the second thread is lost");
	printf("steps: %lu turns of each CPU\n", turns);
	return 0;
}
