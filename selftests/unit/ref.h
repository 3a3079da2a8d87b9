/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reference for the core: what its mirrors, marks and counters must be.
 *
 * It is too simple to be wrong: it has no concurrency, and copies whole tables. Which
 * entries are marked, and which kernel halves agree, it knows by the rules (M1 to M3),
 * entry by entry.
 */
#ifndef _PGDM_UNIT_REF_H
#define _PGDM_UNIT_REF_H

#include "random.h"
#include "world.h"

#define CPUS		3
#define PRIMARIES	9
#define MIRRORS_MAX	6
#define NOBODY		(-1)

struct table {
	u64 word[PGDM_PAGES][PGDM_ENTRIES];
};

/* M1, M2: entries that may be non-zero. */
struct marks {
	bool entry[PGDM_USER_ENTRIES];
};

struct ref_mirror {
	int of;
	bool flag;
	u64 seen;
	unsigned long epoch;
	u64 kernel_seen;
	struct marks marks;
	struct table table;
};

struct ref_cpu {
	struct ref_mirror mirror[MIRRORS_MAX];
	int loaded;
	unsigned int next;
	u64 count[PGDM_NR_STATS];
};

/* What must have come up, so that the comparison is no empty exercise. */
enum exercise {
	KERNEL_HALF_LEFT_OUT,
	KERNEL_HALF_COMPARED,
	LEFTOVER,
	BEHIND_BY_MARKS,
	FULL_WHERE_SPARSE,
	OWN_CLEAN,
	OWN_BEHIND,
	CAME_AND_WENT,
	NR_EXERCISES,
};

struct ref {
	unsigned int exercised[NR_EXERCISES];
	struct world *w;
	struct random random;
	const struct pgdm_policy *policy;
	struct table primary[PRIMARIES];
	struct marks marks[PRIMARIES];
	unsigned long marked[PRIMARIES];
	u64 kernel_writes;
	u64 agreed;
	unsigned long agreed_epoch;
	u64 seq[PRIMARIES];
	unsigned char changed[PRIMARIES][PGDM_RING];
	u64 last_id;
	struct ref_cpu cpu[CPUS];
};

/* Is one of an entry's words non-zero? */
static inline bool ref_has(const struct ref *r, const struct table *table,
			   unsigned int index)
{
	return table->word[0][index] ||
	       (r->w->pages == 2 && table->word[1][index]);
}

/* H1: was no hook missed since that epoch? */
bool ref_same_misses(const struct ref *r, unsigned long epoch);

/* M3: the number to keep with a kernel half that was compared in full. */
u64 ref_agreed(const struct ref *r);

/* The sync points of a CPU, and a write by it. */
void ref_switch(struct ref *r, struct ref_cpu *c, int which);
void ref_flush(struct ref *r, struct ref_cpu *c);
void ref_user_return(struct ref *r, struct ref_cpu *c);
void ref_kick(struct ref *r, struct ref_cpu *c);
void ref_fault(struct ref *r, struct ref_cpu *c, unsigned int index);
void ref_write(struct ref *r, struct ref_cpu *c, int which, unsigned int index,
	       u64 value, unsigned int page);

#endif
