// SPDX-License-Identifier: GPL-2.0
/*
 * sweep: what a mirror costs against the number of entries that change between
 * two switches, and against how often it is switched.
 *
 * A period: the writer, on CPU 0, adds top-level entries to its mm and takes
 * them away again. Then on each CPU a process of another mm and a thread of the
 * writer's mm exchange a number of messages, each of which is a switch. While
 * the entries change, the CPUs but the writer's have the other mm loaded (a
 * CPU that idles keeps what it had last), so that no flush reaches them, and
 * they find all of the changes at their next switch.
 *
 * One line for each cell of the sweep, numbers:
 *
 *	writes trips cpus periods [counter...]
 *
 * after a line with the names. Counters are those of the module's stats file,
 * reset before each cell and read after it. The amount of work is fixed.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define MAX_CPUS	64
#define FIRST_SLOT	1	/* the program itself lies in slot 0 and far up */
#define SLOTS		128	/* that are known to be free */
#define WARM_UP		2	/* periods that are not counted */

static const unsigned int writes[] = { 0, 2, 8, 32, 64, 128, 512 };
static const unsigned int trips[] = { 1, 8 };

/* A pair on one CPU. The pipes lead the way that their names say. */
struct pair {
	pthread_t thread;
	unsigned int cpu;
	int go[2], done[2];	/* writer to process and back */
	int there[2], back[2];	/* process to thread and back */
};

static struct pair pairs[MAX_CPUS];
static unsigned int nr_cpus, slot_shift = 39;
static unsigned long periods = 3;
static const char *stats_dir = "/sys/kernel/debug/pgd_mirror";

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "cannot run on CPU %u", cpu);
}

static void put(int fd, unsigned int word)
{
	if (write(fd, &word, sizeof(word)) != (ssize_t)sizeof(word))
		err(1, "pipe");
}

/* 0 at the end of file. */
static int get(int fd, unsigned int *word)
{
	ssize_t n = read(fd, word, sizeof(*word));

	if (n && n != (ssize_t)sizeof(*word))
		err(1, "pipe");
	return n != 0;
}

/* The other mm: as many messages as it is told to exchange. */
static void __attribute__((noreturn)) process_main(struct pair *p)
{
	unsigned int i, n, answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pin(p->cpu);
	while (get(p->go[0], &n)) {
		for (i = 0; i < n; i++) {
			put(p->there[1], i);
			if (!get(p->back[0], &answer) || answer != i + 1)
				errx(1, "a wrong answer");
		}
		put(p->done[1], n);
	}
	_exit(0);
}

static void *thread_main(void *arg)
{
	struct pair *p = arg;
	unsigned int word;

	pin(p->cpu);
	while (get(p->there[0], &word))
		put(p->back[1], word + 1);
	return NULL;
}

static char *slot(unsigned int nr)
{
	return (char *)((uintptr_t)nr << slot_shift);
}

/* Maps a page in each slot, and unmaps them all with one flush. */
static void change(unsigned int added)
{
	unsigned int i;

	for (i = FIRST_SLOT; i < FIRST_SLOT + added; i++) {
		char *page = mmap(slot(i), 4096, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS |
				  MAP_FIXED_NOREPLACE, -1, 0);

		if (page != slot(i))
			err(1, "slot %u", i);
		*page = 1;
	}
	if (added && munmap(slot(FIRST_SLOT),
			    (uintptr_t)added << slot_shift))
		err(1, "munmap");
}

static void period(unsigned int nr_writes, unsigned int nr_trips)
{
	unsigned int i, left, n;

	for (left = nr_writes / 2; left; left -= n) {
		n = left < SLOTS ? left : SLOTS;
		change(n);
	}
	for (i = 0; i < nr_cpus; i++)
		put(pairs[i].go[1], nr_trips);
	for (i = 0; i < nr_cpus; i++)
		if (!get(pairs[i].done[0], &n) || n != nr_trips)
			errx(1, "the process on CPU %u is gone", i);
}

static int open_at(const char *name, int flags)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", stats_dir, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void reset(void)
{
	int fd = open_at("reset", O_WRONLY);

	if (write(fd, "1\n", 2) != 2)
		err(1, "reset");
	close(fd);
}

/* `name value` lines: one of the two columns of all. */
static void print_stats(char *text, int values)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")) && *line) {
		char *value = strchr(line, ' ');

		if (!value)
			errx(1, "stats: '%s'", line);
		*value++ = '\0';
		printf(" %s", values ? value : line);
	}
	putchar('\n');
}

static char *read_stats(char *text, size_t size)
{
	int fd = open_at("stats", O_RDONLY);
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, text + have, size - 1 - have)) > 0)
		have += n;
	if (n < 0)
		err(1, "stats");
	text[have] = '\0';
	close(fd);
	return text;
}

static void cell(unsigned int nr_writes, unsigned int nr_trips)
{
	char text[8192];
	unsigned long i;

	for (i = 0; i < WARM_UP; i++)
		period(nr_writes, nr_trips);
	reset();
	for (i = 0; i < periods; i++)
		period(nr_writes, nr_trips);
	read_stats(text, sizeof(text));
	printf("%u %u %u %lu", nr_writes, nr_trips, nr_cpus, periods);
	print_stats(text, 1);
	fflush(stdout);
}

static void make_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC))
		err(1, "pipe");
}

/* All processes exist before the first thread; each keeps its own ends only. */
static void start_process(unsigned int nr)
{
	struct pair *p = &pairs[nr];
	unsigned int i;
	pid_t pid;

	p->cpu = nr;
	make_pipe(p->go);
	make_pipe(p->done);
	make_pipe(p->there);
	make_pipe(p->back);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		for (i = 0; i <= nr; i++)
			close(pairs[i].go[1]);
		process_main(p);
	}
}

static unsigned long number(const char *text, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n < 1 || n > most)
		errx(2, "1 to %lu is expected, not '%s'", most, text);
	return n;
}

int main(int argc, char **argv)
{
	char text[8192];
	unsigned int i, j;
	int opt;

	nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	while ((opt = getopt(argc, argv, "c:p:d:s:")) != -1) {
		switch (opt) {
		case 'c':
			nr_cpus = number(optarg, MAX_CPUS);
			break;
		case 'p':
			periods = number(optarg, 1000000);
			break;
		case 'd':
			stats_dir = optarg;
			break;
		case 's':
			slot_shift = number(optarg, 39);
			break;
		default:
			errx(2, "usage: sweep [-c CPUS] [-p PERIODS] [-d DEBUGFS] [-s SHIFT]");
		}
	}
	if (nr_cpus > MAX_CPUS)
		nr_cpus = MAX_CPUS;

	for (i = 0; i < nr_cpus; i++)
		start_process(i);
	for (i = 0; i < nr_cpus; i++)
		if (pthread_create(&pairs[i].thread, NULL, thread_main,
				   &pairs[i]))
			errx(1, "no thread");
	pin(0);

	printf("writes trips cpus periods");
	print_stats(read_stats(text, sizeof(text)), 0);
	for (i = 0; i < sizeof(trips) / sizeof(trips[0]); i++)
		for (j = 0; j < sizeof(writes) / sizeof(writes[0]); j++)
			cell(writes[j], trips[i]);
	for (i = 0; i < nr_cpus; i++)
		close(pairs[i].go[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}
