/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Deterministic interleavings of several CPUs, on one thread.
 *
 * port.h sends each access to shared memory here. Words that a test watches
 * are the points at which another CPU may step in; all ways to interleave the
 * operations with a bounded number of preemptions are tried, each from a
 * fresh start. Stores may wait in a store buffer as on x86, until a barrier,
 * so that a missing barrier shows too.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>

#define SIM_CPUS	3

/**
 * struct sim_scenario - what is to be interleaved
 * @cpu: what each CPU does; unused ones NULL
 * @setup: a fresh start, watches words
 * @check: afterwards, all stores done: was it right?
 * @name: for the diagnosis
 * @preemptions: at most so many switches away from a CPU that is not done
 * @delays: at most so many times that stores begin to wait in a buffer
 */
struct sim_scenario {
	void (*cpu[SIM_CPUS])(void);
	void (*setup)(void);
	bool (*check)(void);
	const char *name;
	unsigned int preemptions;
	unsigned int delays;
};

extern bool sim_enabled;

static inline bool sim_is_on(void)
{
	return __builtin_expect(sim_enabled, 0);
}

void sim_watch(const volatile void *address, size_t bytes);
bool sim_explore(const struct sim_scenario *s, unsigned long *runs);
bool sim_finds_failure(const struct sim_scenario *s);
void sim_blame(const char *what);
void sim_relax(void);
void sim_weaken(const char *function);
unsigned int sim_interrupt(unsigned int step, void (*operation)(void),
			   void (*nmi)(void));

unsigned long long sim_load(const volatile void *address, size_t size);
void sim_store(volatile void *address, size_t size, unsigned long long value);
void sim_rmw(volatile void *address, const char *function);
void sim_fence(const char *function);

#endif
