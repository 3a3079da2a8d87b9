// SPDX-License-Identifier: GPL-2.0
/*
 * What taking the time costs, cold caches, and how long copying takes by itself.
 */
#include "clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/**
 * clock_overhead() - cycles between the two readings of an operation that does nothing
 *
 * The least of many: what is more is an interruption.
 */
u64 clock_overhead(void)
{
	u64 least = ~0ULL;
	unsigned int i;

	for (i = 0; i < 10000; i++) {
		u64 start = clock_begin(), took = clock_end() - start;

		if (took < least)
			least = took;
	}
	return least;
}

/**
 * clock_flush() - put something out of all caches
 * @what: where it is
 * @bytes: how long it is
 */
void clock_flush(const void *what, size_t bytes)
{
	const char *p = what;
	size_t i;

	for (i = 0; i < bytes; i += 64)
		__builtin_ia32_clflush(p + i);
	__builtin_ia32_clflush(p + bytes - 1);
	__builtin_ia32_mfence();
}

/**
 * clock_seconds() - that this process has used of its core
 *
 * Not those that have gone by: other programs may have had the core meanwhile.
 */
double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/**
 * clock_copies() - how long it takes to copy tables, and to do nothing else
 * @nr: how many copies
 * @bytes: of a table
 * @from: how many different tables are copied from, in turn
 * @to: and to
 *
 * Return: seconds of this process, or -1: no memory.
 */
double clock_copies(u64 nr, size_t bytes, size_t from, size_t to)
{
	char *source = calloc(from, bytes), *target = calloc(to, bytes);
	double since = -1;
	size_t i = 0, j = 0;
	u64 n;

	if (source && target) {
		/* Else all of it would be the one page of zeros. */
		memset(source, 1, from * bytes);
		memset(target, 2, to * bytes);
		since = clock_seconds();
		for (n = 0; n < nr; n++) {
			memcpy(target + j * bytes, source + i * bytes, bytes);
			__asm__ __volatile__("" : : "r"(target) : "memory");
			i = i + 1 < from ? i + 1 : 0;
			j = j + 1 < to ? j + 1 : 0;
		}
		since = clock_seconds() - since;
	}
	free(source);
	free(target);
	return since;
}
