/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine of the toy: CPUs, guests, and tables that nobody really walks.
 *
 * Guests are paravirtual, as those of Xen: they have root tables of their own (Xen says
 * L4) that the hypervisor writes for them, and the hypervisor has its own part of each.
 * A CPU that runs a guest walks its mirror of that root; in the hypervisor it walks
 * other tables.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "cache.h"
#include "mirror.h"
#include "primary.h"

#define CPUS		3
#define DOMAINS		2
#define VCPUS		4	/* two a domain */
#define DOMAIN_ROOTS	3	/* address spaces of a domain */
#define ROOTS		(DOMAINS * DOMAIN_ROOTS)
#define MIRRORS		4	/* a CPU; Xen has one */
#define LOWER_TABLES	(1 << 16)

/* The hypervisor's own entries, the same in each root, and the guest kernel's. */
#define HYPERVISOR_FIRST	256
#define HYPERVISOR_LAST		271
#define GUEST_KERNEL		272
#define GUEST_KERNEL_ENTRIES	2

/**
 * struct root - a guest's root table
 * @primary: what the core knows of it
 * @table: the table that the guest believes to be in CR3
 * @sharers: memory for the core
 * @domain: whose it is
 */
struct root {
	struct pgdm_primary primary;
	u64 *table;
	unsigned long *sharers;
	unsigned int domain;
};

/**
 * struct vcpu - a virtual CPU
 * @domain: whose it is
 * @root: what its CR3 holds, as the guest sees it
 * @runs: is it on a CPU?
 */
struct vcpu {
	unsigned int domain;
	struct root *root;
	bool runs;
};

/**
 * struct cpu - a real one
 * @number: its number
 * @online: does it take part?
 * @vcpu: what it runs, or NULL: it is idle
 * @cache: its mirrors
 * @walks: in the guest, the table that CR3 really holds; else NULL
 */
struct cpu {
	unsigned int number;
	bool online;
	struct vcpu *vcpu;
	struct pgdm_cache *cache;
	u64 *walks;
};

/**
 * struct lower - a lower table, to which one entry of a root leads
 * @used: it was not freed
 * @root: the root
 * @index: the entry, 0..511
 */
struct lower {
	bool used;
	const struct root *root;
	unsigned int index;
};

/**
 * struct counts - what the toy counts itself; the core's counters are in each cache
 * @entries: entries to the guest
 * @lacking: entries that a mirror lacked at an entry to the guest, and may lack if a
 *	fault brings them
 * @kicks: IPIs because an entry was added
 * @flushes: IPIs because one was removed
 * @wrong: what must never be
 */
struct counts {
	u64 entries;
	u64 lacking;
	u64 kicks;
	u64 flushes;
	u64 wrong;
};

extern struct cpu cpus[CPUS];
extern struct vcpu vcpus[VCPUS];
extern struct root *roots[ROOTS];
extern struct lower lower[LOWER_TABLES];
extern struct counts counts;

u64 machine_lower_create(const struct root *r, unsigned int index);
struct lower *machine_lower(u64 entry);
void machine_create(void);
void machine_destroy(void);
struct root *machine_root_create(unsigned int domain);
void machine_root_destroy(struct root *r);

#endif
