/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time stamp counter around an operation.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <port.h>

/* All before is done, nothing after has begun. */
static inline u64 clock_begin(void)
{
	u64 t;

	__builtin_ia32_lfence();
	t = __builtin_ia32_rdtsc();
	__builtin_ia32_lfence();
	return t;
}

static inline u64 clock_end(void)
{
	unsigned int cpu;
	u64 t = __builtin_ia32_rdtscp(&cpu);

	__builtin_ia32_lfence();
	return t;
}

u64 clock_overhead(void);
void clock_flush(const void *what, size_t bytes);
double clock_seconds(void);
double clock_copies(u64 nr, size_t bytes, size_t from, size_t to);

#endif
