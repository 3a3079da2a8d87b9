// SPDX-License-Identifier: GPL-2.0
/*
 * What taking the time costs, and cold caches.
 */
#include "clock.h"

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
