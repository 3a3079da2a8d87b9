/* SPDX-License-Identifier: GPL-2.0 */
/* The frame of a test program: what it needs, how it begins and ends. */
#ifndef _PGDM_PROGRAM_H
#define _PGDM_PROGRAM_H

#include <stdbool.h>

/**
 * struct pgdm_needs - what a test program runs with
 * @params: parameters to load the module with
 * @seeded: needs the build with seeded bugs
 * @unloaded: starts with the module unloaded, and leaves it so
 * @cpus: how many CPUs it needs
 * @alone: its tests run on one CPU, and the other CPUs idle: one that spins
 *	takes half of the time that an emulated machine has
 * @pti: needs page table isolation
 * @cpu_flag: needs this flag of the CPU
 * @path: needs this file
 */
struct pgdm_needs {
	const char *params;
	bool seeded;
	bool unloaded;
	unsigned int cpus;
	bool alone;
	bool pti;
	const char *cpu_flag;
	const char *path;
};

/**
 * PGDM_NEEDS() - say what the program needs; once a program
 * @...: initialisers of struct pgdm_needs
 *
 * pgdm_begin() is called with it before main().
 */
#define PGDM_NEEDS(...)							\
	static void __attribute__((constructor)) pgdm_needs_begin(void)	\
	{								\
		static const struct pgdm_needs needs = { __VA_ARGS__ };	\
									\
		pgdm_begin(&needs);					\
	}

/**
 * pgdm_begin() - skip the program, or load the module for it
 * @needs: copied
 *
 * Where something is lacking the program ends with a line of KTAP that names it, and
 * the status 4. At its exit the module is unloaded and the kernel log is scanned: if it
 * cannot be unloaded, or the log tells of a broken kernel, the status is 1.
 */
void pgdm_begin(const struct pgdm_needs *needs);

/**
 * pgdm_is_alone() - is there a second CPU that takes part?
 *
 * Return: true if there is none, or the program has asked for none.
 */
bool pgdm_is_alone(void);

/**
 * pgdm_load() - load the build that the program needs
 * @params: parameters, or NULL
 *
 * Return: see pgdm_load_build().
 */
int pgdm_load(const char *params);

#endif
