// SPDX-License-Identifier: GPL-2.0
/*
 * Mirrors that change hands, before their first copy is timed.
 *
 * Each mirror belonged to another primary, which had as many entries: at the same
 * places, as programs of one kind have, or none of them at the same place, which is the
 * most that a first copy may have to do: it then clears as many words as it copies.
 */
#include "first.h"

#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"

/* So that a former primary has its entries in the same lines, see fixture_populate(). */
#define FORMER_ID	1024

static struct pgdm_primary *former[PAIRS];

/**
 * first_init() - make the former primaries
 */
void first_init(void)
{
	unsigned int i;

	for (i = 0; i < PAIRS && !former[i]; i++)
		former[i] = fixture_primary(FORMER_ID + primary[i]->id);
}

/* As take() and pgdm_cache_claim() in the core do it. */
static void claim(struct pgdm_mirror *m, struct pgdm_primary *p)
{
	m->primary = NULL;
	pgdm_mirror_trim(m, p);
	m->primary = p;
}

static void hand_over(const struct bench_case *c, unsigned int from)
{
	static const struct bench_case *last;
	unsigned int i;

	fixture_begin(c, c->n);
	for (i = 0; i < c->ops; i++) {
		struct pgdm_copied copied = {};

		if (c != last)
			fixture_populate(former[i], from, c->n);
		claim(mirror[i], former[i]);
		pgdm_sync_first(mirror[i], former[i], &copied);
		if (!copied.sparse) {
			fputs("native: a first copy was a full one\n", stderr);
			exit(1);
		}
		claim(mirror[i], primary[i]);
	}
	last = c;
}

/**
 * first_same() - the former primaries have their entries at the same places
 * @c: n: how many, ops: pairs
 */
void first_same(const struct bench_case *c)
{
	hand_over(c, 0);
}

/**
 * first_same_cold() - see first_same(); nothing is in any cache
 * @c: n: how many, ops: pairs
 */
void first_same_cold(const struct bench_case *c)
{
	first_same(c);
	fixture_flush(c);
}

/**
 * first_others() - the former primaries have their entries at other places
 * @c: n: how many, ops: pairs
 */
void first_others(const struct bench_case *c)
{
	hand_over(c, c->n);
}

/**
 * first_others_cold() - see first_others(); nothing is in any cache
 * @c: n: how many, ops: pairs
 */
void first_others_cold(const struct bench_case *c)
{
	first_others(c);
	fixture_flush(c);
}
