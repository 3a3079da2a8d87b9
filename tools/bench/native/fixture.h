/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Primaries, their mirrors, and what is done to them before a case is timed.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "cache_point.h"
#include "measure.h"
#include "mirror.h"
#include "primary.h"
#include "sync.h"
#include "write.h"

#define PAIRS		64	/* a mirror and its primary each */
#define SLOTS		PGDM_MIRRORS_DEFAULT
#define FIXTURE_ENTRIES		3	/* of the user half: text, libraries, stack */
#define FIXTURE_ENTRIES_MOST	65	/* ThreadSanitizer */
#define CPUS_MAX	8192	/* simulated; as many as Linux can have */

extern struct pgdm_primary *primary[PAIRS];
extern struct pgdm_mirror *mirror[PAIRS];
extern struct pgdm_copied done;
extern struct pgdm_stats stats;
extern unsigned int turn;

void fixture_init(void);
void *fixture_allocate(size_t alignment, size_t bytes);
struct pgdm_cache *fixture_cache(unsigned int number, unsigned int tables);
void fixture_cpus(void);
struct pgdm_primary *fixture_primary(u64 id);
bool fixture_has(const struct pgdm_primary *p, unsigned int index);
void fixture_populate(struct pgdm_primary *p, unsigned int from,
		      unsigned int nr);
void fixture_begin(const struct bench_case *c, unsigned int nr);
void fixture_always(const struct bench_case *c);
void fixture_always_cold(const struct bench_case *c);
void fixture_dirty(const struct bench_case *c);
void fixture_dirty_elsewhere(const struct bench_case *c);
void fixture_come_and_go(const struct bench_case *c);
void fixture_many_there(const struct bench_case *c);
void fixture_flush(const struct bench_case *c);
void fixture_cold(const struct bench_case *c);
void fixture_come_and_go_cold(const struct bench_case *c);
void fixture_many_there_cold(const struct bench_case *c);

#endif
