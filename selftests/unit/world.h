/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small machine for the tests: primaries with their tables, CPUs with their
 * mirror caches, and the kernel's part of the protocol.
 */
#ifndef WORLD_H
#define WORLD_H

#include "audit.h"
#include "cache_point.h"
#include "common.h"
#include "epoch.h"
#include "mirrors.h"
#include "policies.h"
#include "primary.h"
#include "sync.h"
#include "write.h"

#define WORLD_CPUS	4
#define WORLD_PRIMARIES	16

/* A present entry that users may access, leading to table number @n. */
#define ENTRY(n)	((u64)(n) << 12 | 0x67)

/* The kernel-half entry that each address space has for itself. */
#define OWN	272

#define KERNEL_ENTRIES	(PGDM_ENTRIES - PGDM_USER_ENTRIES)

/**
 * struct world - the machine
 * @cpus: number of CPUs
 * @mirrors: mirrors a CPU
 * @primaries: number of primaries
 * @pages: 2 with PTI, otherwise 1
 * @fast: are the fast paths tried first, as the module does?
 * @epoch: the latest; a test counts it up where the hook would be missed
 * @cache: by CPU
 * @primary: the primaries, ids 1, 2, ...
 * @sharers: memory for their sets of sharers
 * @sync: record of the last sync point, by CPU
 */
struct world {
	unsigned int cpus;
	unsigned int mirrors;
	unsigned int primaries;
	unsigned int pages;
	bool fast;
	unsigned long epoch;
	struct pgdm_cache *cache[WORLD_CPUS];
	struct pgdm_primary *primary[WORLD_PRIMARIES];
	unsigned long *sharers[WORLD_PRIMARIES];
	struct pgdm_sync sync[WORLD_CPUS];
};

struct world *world_create(unsigned int cpus, unsigned int mirrors,
			   unsigned int primaries, unsigned int pages);
void world_destroy(struct world *w);
void world_reset(struct world *w);
void world_mark(struct pgdm_primary *p, unsigned int index);
void world_agree(void);
void world_bear(struct world *w, unsigned int which, u64 id);
struct pgdm_cache *world_cache_create(unsigned int cpu, unsigned int mirrors,
				      unsigned int pages);
void world_cache_destroy(struct pgdm_cache *c);

struct pgdm_mirror *world_fast_switch(struct pgdm_cache *c, unsigned long root);
struct pgdm_mirror *world_switch(struct world *w, unsigned int cpu, int which);
unsigned long world_root(const struct world *w, unsigned int which);
void world_flush(struct world *w, unsigned int cpu);
void world_fault(struct world *w, unsigned int cpu, unsigned int index);
void world_user_return(struct world *w, unsigned int cpu);
void world_kick(struct world *w, unsigned int cpu);
void world_add(struct world *w, unsigned int cpu, unsigned int which,
	       unsigned int index, u64 value);
void world_make_late(struct world *w);
void world_store(struct world *w, unsigned int which, unsigned int index, u64 value);
void world_tell_added(struct world *w, unsigned int cpu, unsigned int which,
		      unsigned int index);
void world_tell_removed(struct world *w, unsigned int cpu, unsigned int which);
u64 world_write(struct world *w, unsigned int cpu, unsigned int which,
		unsigned int index, u64 value);
void world_write_user_page(struct world *w, unsigned int cpu,
			   unsigned int which, unsigned int index, u64 value);
int world_find_reaching(const struct pgdm_primary *p, u64 phys);
u64 world_stat(const struct world *w, unsigned int cpu, enum pgdm_stat stat);
struct pgdm_mirror *world_mirror(struct world *w, unsigned int cpu,
				 unsigned int which);
unsigned int world_differences(const struct pgdm_mirror *m,
			       const struct pgdm_primary *p);
enum pgdm_finding world_audit(struct world *w, unsigned int cpu,
			      struct pgdm_audit *found);

#endif
