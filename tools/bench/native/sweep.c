// SPDX-License-Identifier: GPL-2.0
/*
 * The sweep: a sync after 0 to 512 writes, against a full one.
 *
 * Hot as in cases.c; cold: all of it was flushed before. The writes are spread
 * over the user half, 67 entries apart, so that no two neighbours share a cache
 * line: the worst that a sync of single entries can meet. More than 256 writes
 * hit entries again.
 */
#include "cases.h"
#include "loops.h"

LOOP(empty)
LOOP_IN_ORDER(empty)
LOOP(dirty_sync)
LOOP_IN_ORDER(dirty_sync)
LOOP(full_sync)
LOOP_IN_ORDER(full_sync_all)
LOOP(rep_movsq)
LOOP_IN_ORDER(rep_movsq_all)

#define DIRTY(_n) {							\
	.group = "sweep", .name = "changes", .n = _n, .ops = 2,		\
	.cache = HOT, .prepare = fixture_dirty,				\
	.run = run_dirty_sync, .empty = run_empty,			\
}, {									\
	.group = "sweep", .name = "changes", .n = _n, .ops = 8,		\
	.cache = COLD, .prepare = fixture_cold,				\
	.run = run_dirty_sync_in_order, .empty = run_empty_in_order,		\
}

static const struct bench_case cases[] = {
	{
		.group = "sweep", .name = "rep movsq", .ops = 16,
		.cache = HOT, .run = run_rep_movsq, .empty = run_empty,
	}, {
		.group = "sweep", .name = "rep movsq", .ops = 8,
		.cache = COLD, .prepare = fixture_cold,
		.run = run_rep_movsq_all_in_order, .empty = run_empty_in_order,
	}, {
		.group = "sweep", .name = "full", .ops = 2,
		.cache = HOT, .run = run_full_sync, .empty = run_empty,
	}, {
		.group = "sweep", .name = "full", .ops = 8,
		.cache = COLD, .prepare = fixture_cold,
		.run = run_full_sync_all_in_order, .empty = run_empty_in_order,
	},
	DIRTY(0), DIRTY(1), DIRTY(2), DIRTY(4), DIRTY(8), DIRTY(16), DIRTY(32),
	DIRTY(48), DIRTY(64), DIRTY(65), DIRTY(96), DIRTY(128), DIRTY(160),
	DIRTY(192), DIRTY(224), DIRTY(256), DIRTY(384), DIRTY(512),
};

const struct case_set cases_sweep = {
	.name = "sweep",
	.cases = cases,
	.nr = ARRAY_SIZE(cases),
	.rounds = 200,
};
