// SPDX-License-Identifier: GPL-2.0
/*
 * Deterministic interleavings: see sim.h.
 *
 * DOC: how the ways are enumerated
 *
 * One run is a sequence of choices: which CPU begins, at each watched access
 * whether another CPU steps in, at each watched store whether it waits. A
 * path notes the choices; the next run repeats all but the last that has an
 * alternative left, takes that, and goes on with first choices. Runs are
 * repeatable because nothing else is random.
 */
#include "sim.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "unit.h"

#define STACK_BYTES	(64 * 1024)
#define MAX_CHOICES	4096
#define MAX_WATCHED	32
#define MAX_BUFFERED	64
#define MAX_LOG		512
#define MAX_RUNS	2000000UL

struct fiber {
	ucontext_t context;
	void *fake_stack;
	const void *stack_bottom;
	size_t stack_bytes;
};

struct buffered {
	volatile void *address;
	size_t size;
	unsigned long long value;
};

struct sim_cpu {
	struct fiber fiber;
	bool done;
	unsigned int nr_buffered;
	struct buffered buffer[MAX_BUFFERED];
};

struct choice {
	unsigned char taken;
	unsigned char alternatives;
};

struct event {
	const char *what;
	unsigned int cpu;
	unsigned int watched;
	size_t offset;
	unsigned long long value;
};

bool sim_enabled;

static char stacks[SIM_CPUS][STACK_BYTES] __attribute__((aligned(64)));
static struct sim_cpu cpus[SIM_CPUS];
static struct fiber scheduler;
static unsigned int nr_cpus, current;
static const struct sim_scenario *scenario;

static struct choice path[MAX_CHOICES];
static unsigned int path_length, path_position;
static unsigned int preemptions_left, delays_left;

static struct {
	const volatile char *from;
	size_t bytes;
} watched[MAX_WATCHED];
static unsigned int nr_watched;

/* Most accesses are not watched: a bit per hash of a watched word. */
#define FILTER_BITS	12
static unsigned long filter[(1 << FILTER_BITS) / 64];

static struct event events[MAX_LOG];
static unsigned int nr_events;
static const char *blamed;
static const char *weakened;

/* For sim_interrupt(): no fibers, an NMI at one step. */
static bool is_interrupting, in_nmi;
static unsigned int steps, nmi_step;
static void (*nmi_action)(void);

static void switch_fiber(struct fiber *from, struct fiber *to, bool last)
{
#ifdef __SANITIZE_ADDRESS__
	__sanitizer_start_switch_fiber(last ? NULL : &from->fake_stack,
				       to->stack_bottom, to->stack_bytes);
#else
	(void)last;
#endif
	swapcontext(&from->context, &to->context);
#ifdef __SANITIZE_ADDRESS__
	__sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
#endif
}

static unsigned int choose(unsigned int alternatives)
{
	struct choice *c = &path[path_position];

	if (alternatives < 2)
		return 0;
	if (path_position == MAX_CHOICES) {
		unit_note("sim: %s: too many choices", scenario->name);
		abort();
	}
	if (path_position == path_length) {
		c->taken = 0;
		c->alternatives = alternatives;
		path_length++;
	}
	path_position++;
	return c->taken;
}

/* To the next path; false when there is none. */
static bool advance(void)
{
	while (path_length &&
	       path[path_length - 1].taken + 1 ==
	       path[path_length - 1].alternatives)
		path_length--;
	if (!path_length)
		return false;
	path[path_length - 1].taken++;
	return true;
}

static unsigned int hash(const volatile void *address)
{
	return ((uintptr_t)address >> 3) * 0x9e3779b97f4a7c15ULL >>
	       (64 - FILTER_BITS);
}

static int find_watched(const volatile void *address)
{
	const volatile char *a = address;
	unsigned int i, h = hash(address);

	if (!(filter[h / 64] & 1UL << h % 64))
		return -1;
	for (i = 0; i < nr_watched; i++)
		if (a >= watched[i].from &&
		    a < watched[i].from + watched[i].bytes)
			return i;
	return -1;
}

static void note(const char *what, const volatile void *address, int w,
		 unsigned long long value)
{
	if (nr_events == MAX_LOG)
		return;
	events[nr_events++] = (struct event){
		.what = what,
		.cpu = current,
		.watched = w,
		.offset = w < 0 ? 0 : (const volatile char *)address -
				      watched[w].from,
		.value = value,
	};
}

static void run_cpu(unsigned int cpu)
{
	struct fiber *from = &cpus[current].fiber;

	current = cpu;
	switch_fiber(from, &cpus[cpu].fiber, false);
}

/* A watched access comes next: may another CPU step in before it? */
static void step(void)
{
	unsigned int other[SIM_CPUS], nr = 0, i, c;

	if (is_interrupting) {
		if (in_nmi || steps++ != nmi_step)
			return;
		in_nmi = true;
		nmi_action();
		in_nmi = false;
		return;
	}
	if (!preemptions_left)
		return;
	for (i = 0; i < nr_cpus; i++)
		if (i != current && !cpus[i].done)
			other[nr++] = i;
	c = choose(nr + 1);
	if (!c)
		return;
	preemptions_left--;
	run_cpu(other[c - 1]);
}

static void store_now(volatile void *address, size_t size,
		      unsigned long long value)
{
	switch (size) {
	case 1:
		*(volatile uint8_t *)address = value;
		break;
	case 4:
		*(volatile uint32_t *)address = value;
		break;
	case 8:
		*(volatile uint64_t *)address = value;
		break;
	default:
		abort();
	}
}

static void drain(void)
{
	struct sim_cpu *c = &cpus[current];
	unsigned int i;

	for (i = 0; i < c->nr_buffered; i++) {
		const struct buffered *b = &c->buffer[i];

		note("drain", b->address, find_watched(b->address), b->value);
		store_now(b->address, b->size, b->value);
	}
	c->nr_buffered = 0;
}

unsigned long long sim_load(const volatile void *address, size_t size)
{
	int w = find_watched(address);
	unsigned long long value;

	if (w >= 0) {
		const struct sim_cpu *c = &cpus[current];
		unsigned int i;

		step();
		for (i = c->nr_buffered; i-- > 0;)
			if (c->buffer[i].address == address)
				return c->buffer[i].value;
	}
	switch (size) {
	case 1:
		value = *(const volatile uint8_t *)address;
		break;
	case 4:
		value = *(const volatile uint32_t *)address;
		break;
	case 8:
		value = *(const volatile uint64_t *)address;
		break;
	default:
		abort();
	}
	if (w >= 0)
		note("load", address, w, value);
	return value;
}

/* Stores leave the buffer in order: one that waits makes later ones wait. */
static bool waits(const struct sim_cpu *c)
{
	if (is_interrupting)
		return false;
	if (c->nr_buffered)
		return choose(2) == 0;
	if (!delays_left || !choose(2))
		return false;
	delays_left--;
	return true;
}

void sim_store(volatile void *address, size_t size, unsigned long long value)
{
	struct sim_cpu *c = &cpus[current];
	int w = find_watched(address);

	if (w < 0) {
		store_now(address, size, value);
		return;
	}
	step();
	if (waits(c) && c->nr_buffered < MAX_BUFFERED) {
		c->buffer[c->nr_buffered++] = (struct buffered){
			address, size, value
		};
		note("store, waits", address, w, value);
		return;
	}
	drain();
	note("store", address, w, value);
	store_now(address, size, value);
}

static bool is_weak(const char *function)
{
	return weakened && !strcmp(weakened, function);
}

void sim_rmw(volatile void *address, const char *function)
{
	struct sim_cpu *c = &cpus[current];
	int w = find_watched(address);
	bool own = false;
	unsigned int i;

	/* Setups and checks do not interleave. */
	if (!sim_enabled)
		return;
	if (w >= 0)
		step();
	for (i = 0; i < c->nr_buffered; i++)
		own |= c->buffer[i].address == address;
	if (own || !is_weak(function))
		drain();
	if (w >= 0)
		note("read-modify-write", address, w, 0);
}

void sim_fence(const char *function)
{
	if (!is_weak(function))
		drain();
}

/**
 * sim_weaken() - take the barriers away from a function of the core
 * @function: its name, or NULL for none
 *
 * Its smp_mb() does nothing, and its atomics let earlier stores wait.
 */
void sim_weaken(const char *function)
{
	weakened = function;
}

/**
 * sim_watch() - make words a place where CPUs meet
 * @address: where
 * @bytes: how many
 *
 * To be called by a scenario's setup.
 */
void sim_watch(const volatile void *address, size_t bytes)
{
	size_t i;

	if (nr_watched == MAX_WATCHED)
		abort();
	watched[nr_watched].from = address;
	watched[nr_watched++].bytes = bytes;
	for (i = 0; i < bytes; i++) {
		unsigned int h = hash((const volatile char *)address + i);

		filter[h / 64] |= 1UL << h % 64;
	}
}

static void watch_nothing(void)
{
	nr_watched = 0;
	memset(filter, 0, sizeof(filter));
}

/**
 * sim_blame() - an operation itself saw something wrong
 * @what: what
 */
void sim_blame(const char *what)
{
	if (!blamed)
		blamed = what;
}

static void print_events(void)
{
	unsigned int i;

	for (i = 0; i < nr_events; i++)
		unit_note("  cpu %u: %s, watched %d + %zu: %#llx",
			  events[i].cpu, events[i].what, events[i].watched,
			  events[i].offset, events[i].value);
}

/**
 * sim_relax() - wait for another CPU
 *
 * To be called in a loop whose condition another CPU changes. Costs no
 * preemption.
 */
void sim_relax(void)
{
	unsigned int other[SIM_CPUS], nr = 0, i;

	drain();
	for (i = 0; i < nr_cpus; i++)
		if (i != current && !cpus[i].done)
			other[nr++] = i;
	if (!nr) {
		unit_note("sim: %s: cpu %u waits for ever", scenario->name,
			  current);
		print_events();
		abort();
	}
	run_cpu(other[choose(nr)]);
}

static void fiber_main(void)
{
#ifdef __SANITIZE_ADDRESS__
	const void *bottom;
	size_t bytes;

	__sanitizer_finish_switch_fiber(NULL, &bottom, &bytes);
	/* Only the first fiber of a run comes from the scheduler's stack. */
	if (!scheduler.stack_bottom) {
		scheduler.stack_bottom = bottom;
		scheduler.stack_bytes = bytes;
	}
#endif
	scenario->cpu[current]();
	drain();
	cpus[current].done = true;
	switch_fiber(&cpus[current].fiber, &scheduler, true);
}

static void run_once(void)
{
	unsigned int i;

	watch_nothing();
	nr_events = 0;
	blamed = NULL;
	path_position = 0;
	preemptions_left = scenario->preemptions;
	delays_left = scenario->delays;
	scenario->setup();
	for (i = 0; i < nr_cpus; i++) {
		struct fiber *f = &cpus[i].fiber;

		cpus[i].done = false;
		cpus[i].nr_buffered = 0;
		getcontext(&f->context);
		f->context.uc_stack.ss_sp = stacks[i];
		f->context.uc_stack.ss_size = STACK_BYTES;
		f->stack_bottom = stacks[i];
		f->stack_bytes = STACK_BYTES;
		makecontext(&f->context, fiber_main, 0);
	}
	for (;;) {
		unsigned int left[SIM_CPUS], nr = 0;

		for (i = 0; i < nr_cpus; i++)
			if (!cpus[i].done)
				left[nr++] = i;
		if (!nr)
			break;
		current = left[choose(nr)];
		sim_enabled = true;
		switch_fiber(&scheduler, &cpus[current].fiber, false);
		sim_enabled = false;
	}
}

static bool explore(const struct sim_scenario *s, unsigned long *runs)
{
	scenario = s;
	for (nr_cpus = 0; nr_cpus < SIM_CPUS && s->cpu[nr_cpus]; nr_cpus++)
		;
	path_length = 0;
	*runs = 0;
	do {
		run_once();
		++*runs;
		if (blamed || !s->check())
			return false;
		if (*runs == MAX_RUNS) {
			unit_note("%s: more than %lu ways", s->name, MAX_RUNS);
			return false;
		}
	} while (advance());
	return true;
}

/**
 * sim_explore() - try all ways to interleave a scenario
 * @s: the scenario
 * @runs: how many ways there were
 *
 * Return: true if all went well; otherwise the first that did not is printed.
 */
bool sim_explore(const struct sim_scenario *s, unsigned long *runs)
{
	bool ok = explore(s, runs);

	if (!ok) {
		unit_note("%s: way %lu: %s", s->name, *runs,
			  blamed ? blamed : "wrong at the end");
		print_events();
	}
	watch_nothing();
	return ok;
}

/**
 * sim_finds_failure() - does at least one interleaving go wrong?
 * @s: the scenario; something is broken on purpose
 */
bool sim_finds_failure(const struct sim_scenario *s)
{
	unsigned long runs;
	bool found = !explore(s, &runs) && runs < MAX_RUNS;

	watch_nothing();
	return found;
}

/**
 * sim_interrupt() - let an NMI come at one step of an operation
 * @step: before which watched access
 * @operation: what is interrupted; words are watched already
 * @nmi: what the NMI does
 *
 * Return: how many steps @operation had. From @step on there was no NMI.
 */
unsigned int sim_interrupt(unsigned int step, void (*operation)(void),
			   void (*nmi)(void))
{
	is_interrupting = true;
	steps = 0;
	nmi_step = step;
	nmi_action = nmi;
	current = 0;
	cpus[0].nr_buffered = 0;
	nr_events = 0;
	sim_enabled = true;
	operation();
	sim_enabled = false;
	is_interrupting = false;
	watch_nothing();
	return steps;
}
