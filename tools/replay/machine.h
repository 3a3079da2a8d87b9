/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulated machine: CPUs with their mirrors, and address spaces.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "cache.h"
#include "primary.h"

/**
 * struct machine_mm - an address space
 * @primary: what the core knows of it
 * @sharers: memory for the core
 */
struct machine_mm {
	struct pgdm_primary primary;
	unsigned long sharers[];
};

/**
 * struct machine - what there is
 * @cpus: how many
 * @cache: by CPU
 * @mm: by number, NULL: there is none
 * @tables: by number, the table of an address space, or the pair; memory is taken where one
 *	was in use
 * @nr_mms: length of @mm and @tables
 * @pages: tables of a root
 * @last_id: that an address space has got
 * @live: address spaces that there are
 * @most: of these, at any time
 */
struct machine {
	unsigned int cpus;
	struct pgdm_cache **cache;
	struct machine_mm **mm;
	u64 *tables;
	unsigned long nr_mms;
	unsigned int pages;
	u64 last_id;
	unsigned long live;
	unsigned long most;
};

int machine_init(struct machine *m, unsigned int cpus, unsigned int mirrors,
		 unsigned int pages, unsigned long nr_mms);
void machine_exit(struct machine *m);
struct machine_mm *machine_mm_create(struct machine *m, unsigned long number);
void machine_mm_destroy(struct machine *m, unsigned long number);
void machine_sum(const struct machine *m, struct pgdm_stats *sum);

#endif
