/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loops around an operation, which is inlined; what it calls is not.
 */
#ifndef LOOPS_H
#define LOOPS_H

#include <x86intrin.h>

#include "fixture.h"
#include "plain.h"

static __always_inline void each(const struct bench_case *c,
				 void (*op)(const struct bench_case *c,
					    unsigned int i), bool in_order)
{
	unsigned int i, nr = c->ops;

	for (i = 0; i < nr; i++) {
		op(c, i);
		if (in_order)
			_mm_lfence();
	}
}

#define LOOP(name)							\
static void run_##name(const struct bench_case *c)			\
{									\
	each(c, name, false);						\
}

#define LOOP_IN_ORDER(name)						\
static void run_##name##_in_order(const struct bench_case *c)		\
{									\
	each(c, name, true);						\
}

static __always_inline void empty(const struct bench_case *c, unsigned int i)
{
	plain_empty(mirror[i], primary[i], &done);
}

/* The empty call has the caller's work as well: filling the record in. */
static __always_inline struct pgdm_write a_write(unsigned int index,
						 unsigned int i)
{
	return (struct pgdm_write){
		.index = index,
		.pages = BIT(PGDM_KERNEL_PAGE),
		.value = { (u64)i << 12 | 0x67 },
	};
}

static __always_inline void dirty_sync(const struct bench_case *c,
				       unsigned int i)
{
	pgdm_sync_dirty(mirror[i], primary[i], &done);
}

static __always_inline void full_sync(const struct bench_case *c,
				      unsigned int i)
{
	pgdm_sync_full(mirror[i % 2], primary[i % 2], &done);
}

/* Each pair in turn: those that fixture_cold() has flushed. */
static __always_inline void full_sync_all(const struct bench_case *c,
					  unsigned int i)
{
	pgdm_sync_full(mirror[i], primary[i], &done);
}

static __always_inline void first_sync(const struct bench_case *c,
				       unsigned int i)
{
	pgdm_sync_first(mirror[i], primary[i], &done);
}

static __always_inline void rep_movsq(const struct bench_case *c,
				      unsigned int i)
{
	plain_rep_movsq(mirror[i % 2]->page[0], primary[i % 2]->page[0]);
}

static __always_inline void rep_movsq_all(const struct bench_case *c,
					  unsigned int i)
{
	plain_rep_movsq(mirror[i]->page[0], primary[i]->page[0]);
}

#endif
