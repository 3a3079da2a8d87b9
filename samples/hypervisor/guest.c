// SPDX-License-Identifier: GPL-2.0
/*
 * What the guests do, and the scheduler: drawn by lot, the same under each policy.
 */
#include "guest.h"

#include <random.h>

#include "check.h"
#include "hypervisor.h"

/* A CPU whose policy never brings the entry faults for ever: this often is enough. */
#define FAULTS_MAX	8

static struct random lots;

static bool one_in(unsigned int n)
{
	return !random_below(&lots, n);
}

/* One of the root's entries from a random one on, or -1; used: that lead somewhere. */
static int draw_entry(const struct root *r, bool used)
{
	unsigned int first = random_below(&lots, PGDM_USER_ENTRIES), i, index;

	for (i = 0; i < PGDM_USER_ENTRIES; i++) {
		index = (first + i) % PGDM_USER_ENTRIES;
		if (!!r->table[index] == used)
			return index;
	}
	return -1;
}

/* The guest knows that its root has the entry: it tries until it can walk it. */
static void touch(struct cpu *cpu)
{
	int index = draw_entry(cpu->vcpu->root, true);
	unsigned int faults;

	if (index < 0)
		return;
	for (faults = 0; faults < FAULTS_MAX; faults++) {
		if (cpu->walks && cpu->walks[index]) {
			check_walk(cpu, index);
			return;
		}
		hypervisor_fault(cpu, index);
	}
	check_fail("the guest faults for ever", cpu, index);
}

static void map(struct cpu *cpu)
{
	struct root *r = cpu->vcpu->root;
	int index = draw_entry(r, false);

	if (index >= 0)
		hypervisor_write(cpu, r, index, machine_lower_create(r, index));
}

static void unmap(struct cpu *cpu)
{
	struct root *r = cpu->vcpu->root;
	int index = draw_entry(r, true);

	if (index >= 0)
		hypervisor_write(cpu, r, index, 0);
}

/* The guest's kernel gets a new table: the entry is replaced in each of its roots. */
static void write_kernel(struct cpu *cpu)
{
	unsigned int index = GUEST_KERNEL + random_below(&lots, GUEST_KERNEL_ENTRIES), i;
	struct root **of = &roots[cpu->vcpu->domain * DOMAIN_ROOTS];

	for (i = 0; i < DOMAIN_ROOTS; i++)
		hypervisor_write(cpu, of[i], index, machine_lower_create(of[i], index));
}

static struct root **draw_root(unsigned int domain)
{
	return &roots[domain * DOMAIN_ROOTS + random_below(&lots, DOMAIN_ROOTS)];
}

/* A process of the guest ends, another one begins, in the same place. */
static void renew(unsigned int domain)
{
	struct root **r = draw_root(domain);
	unsigned int i;

	for (i = 0; i < VCPUS; i++)
		if (vcpus[i].root == *r)
			return;
	for (i = 0; i < LOWER_TABLES; i++)
		if (lower[i].root == *r)
			lower[i].used = false;
	hypervisor_root_dies(*r);
	*r = machine_root_create(domain);
}

static void schedule(struct cpu *cpu)
{
	struct vcpu *v = &vcpus[random_below(&lots, VCPUS)];

	if (one_in(8))
		hypervisor_run(cpu, NULL);
	else if (!v->runs)
		hypervisor_run(cpu, v);
}

static void plug(struct cpu *cpu)
{
	if (cpu->online)
		hypervisor_cpu_dies(cpu);
	else
		cpu->online = true;
}

static void step(struct cpu *cpu)
{
	unsigned int lot = random_below(&lots, 1000);

	if (lot < 4)
		plug(cpu);
	if (!cpu->online)
		return;
	if (lot < 60 || !cpu->vcpu)
		schedule(cpu);
	else if (lot < 150)
		hypervisor_load_root(cpu, *draw_root(cpu->vcpu->domain));
	else if (lot < 190)
		map(cpu);
	else if (lot < 220)
		unmap(cpu);
	else if (lot < 224)
		write_kernel(cpu);
	else if (lot < 234)
		renew(cpu->vcpu->domain);
	else if (lot < 600)
		hypervisor_trap(cpu);
	else
		touch(cpu);
}

/**
 * guest_run() - from the machine's start
 * @steps: how much; a run that has gone wrong ends
 */
void guest_run(unsigned int steps)
{
	random_init(&lots, 1);
	while (steps-- && !counts.wrong)
		step(&cpus[random_below(&lots, CPUS)]);
}
