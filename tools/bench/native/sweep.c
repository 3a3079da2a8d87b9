// SPDX-License-Identifier: GPL-2.0
/*
 * The sweep: a sync after 0 to 512 writes, against a full one.
 *
 * Hot as in cases.c; cold: all of it was flushed before. What the ring is worth, and
 * from where on the marks are cheaper, depends on what is written:
 *
 * "changes": entries are added, 67 apart, so that no two neighbours share a cache
 * line. More than 256 writes hit entries again. It is the worst that can happen: all
 * that was written is there.
 *
 * "coming and going": every other write removes what the one before has added. The
 * three entries of a small program are there, however many were written.
 *
 * "among many": a program has 65 entries, which are written in turn.
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

#define WRITTEN(_name, _n, _prepare) {					\
	.group = "sweep", .name = _name, .n = _n, .ops = 2,		\
	.cache = HOT, .prepare = _prepare,				\
	.run = run_dirty_sync, .empty = run_empty,			\
}, {									\
	.group = "sweep", .name = _name, .n = _n, .ops = 8,		\
	.cache = COLD, .prepare = _prepare##_cold,			\
	.run = run_dirty_sync_in_order, .empty = run_empty_in_order,	\
}

#define COMING(_n)	WRITTEN("coming and going", _n, fixture_come_and_go)
#define AMONG(_n)	WRITTEN("among many", _n, fixture_many_there)

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
		.cache = HOT, .prepare = fixture_always,
		.run = run_full_sync, .empty = run_empty,
	}, {
		.group = "sweep", .name = "full", .ops = 8,
		.cache = COLD, .prepare = fixture_always_cold,
		.run = run_full_sync_all_in_order, .empty = run_empty_in_order,
	},
	DIRTY(0), DIRTY(1), DIRTY(2), DIRTY(4), DIRTY(8), DIRTY(16), DIRTY(32),
	DIRTY(48), DIRTY(64), DIRTY(65), DIRTY(96), DIRTY(128), DIRTY(160),
	DIRTY(192), DIRTY(224), DIRTY(256), DIRTY(384), DIRTY(512),
	COMING(2), COMING(4), COMING(6), COMING(8), COMING(16), COMING(32),
	COMING(64), COMING(128),
	AMONG(2), AMONG(4), AMONG(6), AMONG(8), AMONG(16), AMONG(32), AMONG(64),
	AMONG(128),
};

const struct case_set cases_sweep = {
	.name = "sweep",
	.cases = cases,
	.nr = ARRAY_SIZE(cases),
	.rounds = 200,
};
