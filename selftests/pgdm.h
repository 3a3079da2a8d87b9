/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the test programs share: the module and its files, the kernel log,
 * threads and processes pinned to CPUs, and pages that make root entries.
 */
#ifndef _PGDM_H
#define _PGDM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PGDM_ROOT_ENTRIES 512

/* Prints a line and ends the process: for what no test is about. */
void pgdm_die(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

/* --- the module ----------------------------------------------------------- */

/**
 * struct pgdm_needs - what a test program runs with
 * @params: parameters to load the module with
 * @seeded: needs the build with seeded bugs
 * @unloaded: starts with the module unloaded, and leaves it so
 * @cpus: how many CPUs it needs
 * @alone: its tests run on one CPU, and the others idle: one that spins takes
 *	half of the time that an emulated machine has
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

/* Skips the program (exit 4), or loads the module; unloads it at exit. */
void pgdm_begin(const struct pgdm_needs *needs);
/* Does no other CPU take part, as asked for, or because there is none? */
bool pgdm_is_alone(void);

int pgdm_load(const char *params);	/* 0 or an errno */
int pgdm_load_build(const char *params, bool seeded);
int pgdm_unload(void);			/* 0 or an errno */
bool pgdm_is_loaded(void);

bool pgdm_has_pti(void);
bool pgdm_has_5_levels(void);
unsigned int pgdm_pages(void);		/* of a root: 2 with PTI, else 1 */
unsigned int pgdm_nr_cpus(void);	/* that are online */

/* --- its files ------------------------------------------------------------ */

#define PGDM_DIR "/sys/kernel/debug/pgd_mirror/"
#define PGDM_PARAMS "/sys/module/pgd_mirror/parameters/"

/* The whole of a file, in a buffer that the next call overwrites. */
const char *pgdm_read_path(const char *path);
const char *pgdm_read(const char *name);

/* One write(2): 0 or an errno. */
int pgdm_write_path(const char *path, const char *text);
int pgdm_write(const char *name, const char *text);
int pgdm_writef(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

uint64_t pgdm_stat(const char *name);
uint64_t pgdm_cpu_stat(unsigned int cpu, const char *name);

struct pgdm_audit {
	unsigned int on_primary;
	unsigned long stale;
	unsigned long mirrors;
	unsigned long entries;
	unsigned long violations;
	char text[4096];
};

struct pgdm_audit pgdm_audit(void);

/**
 * struct pgdm_tracked - a line of the file track
 */
struct pgdm_tracked {
	pid_t pid;
	char comm[32];
	uint64_t id;
	uint64_t seq;
	char state[16];
};

bool pgdm_tracked(pid_t pid, struct pgdm_tracked *found);
uint64_t pgdm_id(pid_t pid);		/* 0 when not tracked */
unsigned int pgdm_nr_tracked(void);

/* Mirrors of an id: on one CPU (-1: on all), in one state (NULL: in any). */
unsigned int pgdm_mirrors(int cpu, uint64_t id, const char *state);

/* --- the kernel log ------------------------------------------------------- */

void pgdm_log_mark(void);
/* Is there a line with this text after the mark? */
bool pgdm_log_has(const char *text);
/* How many lines tell of a broken kernel since the mark? Prints them. */
unsigned int pgdm_log_scan(void);

/* --- threads and processes ------------------------------------------------ */

void pgdm_pin(unsigned int cpu);

/**
 * struct pgdm_worker - a thread pinned to a CPU
 *
 * Between jobs it spins in user mode, so that its CPU stays in the mm and
 * passes no sync point.
 */
struct pgdm_worker {
	pthread_t thread;
	unsigned int cpu;
	atomic_int state;
	void (*job)(void *arg);
	void *arg;
};

void pgdm_worker_start(struct pgdm_worker *w, unsigned int cpu);
void pgdm_worker_send(struct pgdm_worker *w, void (*job)(void *), void *arg);
bool pgdm_worker_busy(struct pgdm_worker *w);
void pgdm_worker_wait(struct pgdm_worker *w);
void pgdm_worker_call(struct pgdm_worker *w, void (*job)(void *), void *arg);
void pgdm_worker_stop(struct pgdm_worker *w);

/**
 * struct pgdm_partner - a process pinned to a CPU, which answers
 */
struct pgdm_partner {
	pid_t pid;
	unsigned int cpu;
	int to[2];
	int from[2];
};

void pgdm_partner_start(struct pgdm_partner *p, unsigned int cpu);
/* Called on the partner's CPU: leaves the caller's mm and comes back. */
void pgdm_partner_ping(struct pgdm_partner *p);
/* The partner touches a page of a slot, or gives it back. */
void pgdm_partner_add(struct pgdm_partner *p, unsigned int slot);
void pgdm_partner_remove(struct pgdm_partner *p, unsigned int slot);
void pgdm_partner_stop(struct pgdm_partner *p);

/* --- root entries --------------------------------------------------------- */

/* Slots are what one root entry spans; these are free in every program. */
#define PGDM_SLOT_FIRST	2
#define PGDM_SLOT_LAST	129
#define PGDM_NR_SLOTS	(PGDM_SLOT_LAST - PGDM_SLOT_FIRST + 1)
#define PGDM_SLOT_PAGES	8

unsigned int pgdm_slot_shift(void);
char *pgdm_slot_address(unsigned int slot, unsigned int page);
/* Maps pages, touches none: no root entry yet. */
void pgdm_slot_map(unsigned int slot);
/* The first one makes the root entry. */
void pgdm_slot_touch(unsigned int slot, unsigned int page);
void pgdm_slot_unmap(unsigned int slot);
/* map and touch */
void pgdm_slot_add(unsigned int slot);

/* --- seeded bugs ---------------------------------------------------------- */

void pgdm_bug(const char *names);
int pgdm_make_identity_map(void);
void pgdm_bug_pause_ms(unsigned int ms);
void pgdm_bug_pause_cpu(int cpu);
/* How often a bug's window was entered so far. */
unsigned int pgdm_bug_pauses(void);

/* --- time ----------------------------------------------------------------- */

uint64_t pgdm_now_ms(void);

/*
 * Waits for a condition, or dies when it does not come true in 100 s. It is
 * looked at once more after that, as this CPU may have stood still.
 */
#define pgdm_wait_for(condition) do {					\
	uint64_t end_ = pgdm_now_ms() + 100000;				\
	bool late_ = false;						\
	while (!(condition)) {						\
		if (late_)						\
			pgdm_die("%s:%d: still not: %s", __FILE__,	\
				 __LINE__, #condition);			\
		late_ = pgdm_now_ms() > end_;				\
	}								\
} while (0)

#endif
