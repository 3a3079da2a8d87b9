// SPDX-License-Identifier: GPL-2.0
/*
 * churn: add and remove entries of a top-level page table while the CPUs
 * switch in and out of it.
 *
 * Three kinds of thread share one mm:
 *
 *   adder   maps one page in a slot of its own (a slot is what one top-level
 *           entry spans), writes a pattern, hands the address to its reader,
 *           checks the reader's answer and unmaps: the entry comes and goes;
 *   reader  sits on the next CPU, reads the pattern through the new entry and
 *           writes an answer: it fails if a new entry does not reach its CPU,
 *           and reads another page's pattern if an old one stays;
 *   pinger  exchanges bytes with a child process, pinned to the same CPU, so
 *           that the mm is left and entered again all the time. The child
 *           adds and removes an entry of its own mm now and then.
 *
 * The work is a fixed number of operations, so that two runs can be compared.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define MAX_CPUS 64
#define SLOTS 256	/* entries of the user half */
#define CHILD_PERIOD 64	/* a child churns once in so many messages */

/* Set once in main() before the first thread starts. */
static unsigned int slot_shift;
static unsigned int nr_cpus;
static unsigned long cycles = 1000;
static unsigned long pings = 1000;
static long page_size;

static atomic_ulong added, removed, exchanged, answered;

struct adder {
	pthread_t thread, reader_thread;
	unsigned int nr;
	unsigned int cpu, reader_cpu;
	int to_reader[2], from_reader[2];
};

struct pinger {
	pthread_t thread;
	unsigned int cpu;
	int to_child[2], from_child[2];
	pid_t child;
};

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list ap;

	fputs("churn: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	/* _exit: the other threads are still at work, let none flush twice. */
	_exit(1);
}

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("cannot run on CPU %u: %s", cpu, strerror(errno));
}

static void send_word(int fd, uint64_t word)
{
	if (write(fd, &word, sizeof(word)) != (ssize_t)sizeof(word))
		die("pipe write: %s", strerror(errno));
}

/* Returns 0 at end of file, 1 with a word. */
static int receive_word(int fd, uint64_t *word)
{
	ssize_t n = read(fd, word, sizeof(*word));

	if (n < 0)
		die("pipe read: %s", strerror(errno));
	if (n && n != (ssize_t)sizeof(*word))
		die("pipe read: %zd bytes instead of %zu", n, sizeof(*word));
	return n != 0;
}

/* An address in slot @slot, with some spread over the lower levels. */
static void *slot_address(unsigned int slot, unsigned long turn)
{
	return (void *)(((uintptr_t)slot << slot_shift) +
			(uintptr_t)((turn % 512) << 21) +
			(uintptr_t)((turn % 61) * (unsigned long)page_size));
}

/* One page at @where, or NULL when something of the program lies there. */
static uint64_t *map_page(void *where)
{
	void *page = mmap(where, (size_t)page_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			  -1, 0);

	if (page == MAP_FAILED) {
		if (errno == EEXIST || errno == ENOMEM)
			return NULL;
		die("mmap at %p: %s", where, strerror(errno));
	}
	if (page != where) {
		/* A kernel before 4.17 takes the address as a hint. */
		munmap(page, (size_t)page_size);
		return NULL;
	}
	return page;
}

static void unmap_page(uint64_t *page)
{
	if (munmap(page, (size_t)page_size))
		die("munmap at %p: %s", (void *)page, strerror(errno));
}

static uint64_t pattern(unsigned int nr, unsigned long turn)
{
	return ((uint64_t)(nr + 1) << 56) ^ (turn * 0x9e3779b97f4a7c15ull);
}

static void *reader_main(void *arg)
{
	struct adder *a = arg;
	uint64_t word;

	pin(a->reader_cpu);
	while (receive_word(a->to_reader[0], &word)) {
		volatile uint64_t *page = (volatile uint64_t *)(uintptr_t)word;
		uint64_t seen = page[0];

		page[1] = ~seen;
		send_word(a->from_reader[1], seen);
	}
	return NULL;
}

/*
 * The slots of an adder: every @nr_cpus-th one, so that no two adders meet in
 * an entry and the removal of a page always empties its table.
 */
static void *adder_main(void *arg)
{
	struct adder *a = arg;
	unsigned long turn, used = 0;
	unsigned int slot = a->nr;

	pin(a->cpu);
	for (turn = 0; used < cycles; turn++) {
		uint64_t want = pattern(a->nr, turn), seen;
		uint64_t *page;

		if (turn > 16 * (cycles + SLOTS))
			die("adder %u finds no free slot", a->nr);
		slot += nr_cpus;
		if (slot >= SLOTS)
			slot = a->nr ? a->nr : nr_cpus;
		page = map_page(slot_address(slot, turn));
		if (!page)
			continue;
		page[0] = want;
		atomic_fetch_add(&added, 1);

		send_word(a->to_reader[1], (uint64_t)(uintptr_t)page);
		if (!receive_word(a->from_reader[0], &seen))
			die("reader %u is gone", a->nr);
		if (seen != want)
			die("slot %u: CPU %u read %#llx, CPU %u wrote %#llx",
			    slot, a->reader_cpu, (unsigned long long)seen,
			    a->cpu, (unsigned long long)want);
		if (((volatile uint64_t *)page)[1] != ~want)
			die("slot %u: CPU %u does not see CPU %u's answer",
			    slot, a->cpu, a->reader_cpu);
		atomic_fetch_add(&answered, 1);

		unmap_page(page);
		atomic_fetch_add(&removed, 1);
		used++;
	}
	close(a->to_reader[1]);
	return NULL;
}

static void __attribute__((noreturn)) child_main(struct pinger *p)
{
	unsigned long turn = 0;
	uint64_t word;

	pin(p->cpu);
	while (receive_word(p->to_child[0], &word)) {
		if (turn % CHILD_PERIOD == 0) {
			unsigned int slot = 1 + turn / CHILD_PERIOD % (SLOTS - 1);
			uint64_t *page = map_page(slot_address(slot, turn));

			if (page) {
				*page = word;
				if (*(volatile uint64_t *)page != word)
					die("a child reads back another word");
				unmap_page(page);
			}
		}
		turn++;
		send_word(p->from_child[1], word + 1);
	}
	_exit(0);
}

static void *pinger_main(void *arg)
{
	struct pinger *p = arg;
	unsigned long i;
	uint64_t word;

	pin(p->cpu);
	for (i = 0; i < pings; i++) {
		send_word(p->to_child[1], i);
		if (!receive_word(p->from_child[0], &word))
			die("the child on CPU %u is gone", p->cpu);
		if (word != i + 1)
			die("the child on CPU %u answered %llu to %lu", p->cpu,
			    (unsigned long long)word, i);
		atomic_fetch_add(&exchanged, 1);
	}
	close(p->to_child[1]);
	return NULL;
}

static void make_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
}

/*
 * All children are forked before the first thread starts. A child keeps only
 * its own two ends, or it would never see the end of its file.
 */
static void fork_child(struct pinger *all, unsigned int nr)
{
	struct pinger *p = &all[nr];
	unsigned int i;

	make_pipe(p->to_child);
	make_pipe(p->from_child);
	p->child = fork();
	if (p->child < 0)
		die("fork: %s", strerror(errno));
	if (!p->child) {
		for (i = 0; i < nr; i++) {
			close(all[i].to_child[1]);
			close(all[i].from_child[0]);
		}
		close(p->to_child[1]);
		close(p->from_child[0]);
		child_main(p);
	}
	close(p->to_child[0]);
	close(p->from_child[1]);
}

static void start(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	int err = pthread_create(thread, NULL, fn, arg);

	if (err)
		die("pthread_create: %s", strerror(err));
}

/*
 * What one top-level entry spans: 256 TiB with five levels (a mapping above
 * 47 bits is then possible, on request), 512 GiB with four.
 */
static unsigned int probe_slot_shift(void)
{
	void *page = mmap((void *)(1ull << 48), (size_t)page_size, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			  -1, 0);

	if (page == MAP_FAILED)
		return 39;
	munmap(page, (size_t)page_size);
	return page == (void *)(1ull << 48) ? 48 : 39;
}

static unsigned long parse_count(const char *text, const char *what)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-')
		die("%s: '%s' is not a number", what, text);
	return value;
}

int main(int argc, char **argv)
{
	static struct adder adders[MAX_CPUS];
	static struct pinger pingers[MAX_CPUS];
	struct timespec t0, t1;
	cpu_set_t allowed;
	unsigned int cpus[MAX_CPUS], i;
	int opt, status, bad = 0;

	while ((opt = getopt(argc, argv, "n:p:s:h")) != -1) {
		switch (opt) {
		case 'n':
			cycles = parse_count(optarg, "-n");
			break;
		case 'p':
			pings = parse_count(optarg, "-p");
			break;
		case 's':
			slot_shift = (unsigned int)parse_count(optarg, "-s");
			if (slot_shift < 30 || slot_shift > 48)
				die("-s: 30 to 48, not %s", optarg);
			break;
		default:
			fputs("usage: churn [-n entries added and removed per CPU]\n"
			      "             [-p messages to the other mm per CPU]\n"
			      "             [-s log2 of what one entry spans]\n",
			      opt == 'h' ? stdout : stderr);
			return opt == 'h' ? 0 : 2;
		}
	}
	if (optind != argc)
		die("what is '%s'? Try -h", argv[optind]);

	page_size = sysconf(_SC_PAGESIZE);
	if (!slot_shift)
		slot_shift = probe_slot_shift();
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		die("sched_getaffinity: %s", strerror(errno));
	for (i = 0; i < CPU_SETSIZE && nr_cpus < MAX_CPUS; i++)
		if (CPU_ISSET(i, &allowed))
			cpus[nr_cpus++] = i;

	clock_gettime(CLOCK_MONOTONIC, &t0);
	for (i = 0; i < nr_cpus; i++) {
		pingers[i].cpu = cpus[i];
		fork_child(pingers, i);
	}
	for (i = 0; i < nr_cpus; i++) {
		struct adder *a = &adders[i];

		a->nr = i;
		a->cpu = cpus[i];
		a->reader_cpu = cpus[(i + 1) % nr_cpus];
		make_pipe(a->to_reader);
		make_pipe(a->from_reader);
		start(&a->reader_thread, reader_main, a);
		start(&a->thread, adder_main, a);
		start(&pingers[i].thread, pinger_main, &pingers[i]);
	}
	for (i = 0; i < nr_cpus; i++) {
		pthread_join(adders[i].thread, NULL);
		pthread_join(adders[i].reader_thread, NULL);
		pthread_join(pingers[i].thread, NULL);
		if (waitpid(pingers[i].child, &status, 0) < 0 || status) {
			fprintf(stderr, "churn: the child on CPU %u failed\n",
				pingers[i].cpu);
			bad = 1;
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);

	printf("churn: %u CPUs, an entry spans 2^%u bytes\n", nr_cpus,
	       slot_shift);
	printf("churn: %lu added, %lu removed, %lu read on the next CPU\n",
	       atomic_load(&added), atomic_load(&removed),
	       atomic_load(&answered));
	printf("churn: %lu messages, %.3f s\n", atomic_load(&exchanged),
	       (double)(t1.tv_sec - t0.tv_sec) +
	       (double)(t1.tv_nsec - t0.tv_nsec) / 1e9);
	if (atomic_load(&added) != nr_cpus * cycles ||
	    atomic_load(&removed) != nr_cpus * cycles ||
	    atomic_load(&exchanged) != nr_cpus * pings)
		bad = 1;
	return bad;
}
