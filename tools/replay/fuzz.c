// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz: a recording is damaged in many ways, the same from run to run, and imported and
 * replayed. Whatever it is: no crash, and nothing that a sanitizer finds. A compact trace
 * is damaged, too.
 *
 * usage: fuzz TURNS RECORDING
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "play.h"
#include "policies.h"
#include "records.h"

/* A machine that a damaged header asks for may be large, and is slow to make. */
#define CPUS_MOST	16
#define MMS_MOST	4096

static unsigned long long state;

static unsigned int pick(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % below;
}

static struct counts {
	unsigned long imported;
	unsigned long broken;
	unsigned long refused;
	unsigned long replayed;
} counts;

static void die(const char *what)
{
	printf("fuzz: %s\n", what);
	exit(1);
}

static char *read_file(const char *name, size_t *bytes)
{
	FILE *in = fopen(name, "r");
	char *text = malloc(1 << 20);

	if (!in || !text)
		die("cannot read the recording");
	*bytes = fread(text, 1, (1 << 20) - 1, in);
	text[*bytes] = 0;
	fclose(in);
	return text;
}

/* --- damage ---------------------------------------------------------------- */

static void flip(char *text, size_t bytes)
{
	text[pick(bytes)] ^= 1 << pick(8);
}

static void another_digit(char *text, size_t bytes)
{
	size_t i, from = pick(bytes);

	for (i = from; i < bytes; i++)
		if (text[i] >= '0' && text[i] <= '9') {
			text[i] = '0' + pick(10);
			return;
		}
}

static void move_piece(char *text, size_t bytes)
{
	size_t length = 1 + pick(200), from = pick(bytes), to = pick(bytes);

	if (from + length <= bytes && to + length <= bytes)
		memmove(text + to, text + from, length);
}

static void wipe(char *text, size_t bytes)
{
	size_t length = 1 + pick(100), from = pick(bytes);

	if (from + length <= bytes)
		memset(text + from, "\n \0x9["[pick(6)], length);
}

static void swap_lines(char *text, size_t bytes)
{
	char *a = memchr(text + pick(bytes), '\n', 1), *b, *end;

	if (!a)
		a = strchr(text + pick(bytes), '\n');
	b = a ? strchr(a + 1, '\n') : NULL;
	end = b ? strchr(b + 1, '\n') : NULL;
	if (end) {
		size_t first = b - a, second = end - b;
		char *copy = malloc(first);

		if (!copy)
			die("out of memory");
		memcpy(copy, a, first);
		memmove(a, b, second);
		memcpy(a + second, copy, first);
		free(copy);
	}
}

static size_t damage(char *text, size_t bytes)
{
	static void (*const ways[])(char *text, size_t bytes) = {
		flip, another_digit, another_digit, move_piece, wipe, swap_lines,
	};
	unsigned int i, nr = 1 + pick(8);

	for (i = 0; i < nr; i++)
		ways[pick(sizeof(ways) / sizeof(ways[0]))](text, bytes);
	return pick(4) ? bytes : pick(bytes) + 1;
}

/* --- what is done with it -------------------------------------------------- */

static void replay(void *map, size_t bytes)
{
	struct trace_file trace;
	struct play_result result;
	struct play_setup setup = {
		.trace = &trace,
		.policy = pgdm_policies[pick(PGDM_NR_POLICIES)],
		.copies = 1 + pick(3),
		.cpus = pick(6),
		.compare = pick(2),
	};

	if (trace_file_use(&trace, "fuzz", map, bytes) || trace_file_check(&trace) ||
	    trace.header.cpus > CPUS_MOST || trace.header.mms > MMS_MOST) {
		counts.refused++;
		return;
	}
	if (play(&setup, &result))
		die("out of memory");
	counts.replayed++;
}

/* As it is in a file; then some of its bytes are changed. */
static void replay_damaged(const struct records *r)
{
	size_t length = r->header.records * sizeof(*r->record);
	size_t bytes = sizeof(r->header) + length;
	unsigned int i, turn;
	char *map;

	for (turn = 0; turn < 3; turn++) {
		map = aligned_alloc(8, (bytes + 7) & ~7UL);
		if (!map)
			die("out of memory");
		memcpy(map, &r->header, sizeof(r->header));
		memcpy(map + sizeof(r->header), r->record, length);
		for (i = 0; i < turn; i++)
			map[pick(turn == 1 ? sizeof(r->header) : bytes)] ^= 1 << pick(8);
		replay(map, turn == 2 && !pick(8) ? pick(bytes) : bytes);
		free(map);
	}
}

static void import(char *text, size_t bytes)
{
	static struct events all;
	struct order order;
	struct records r;
	unsigned long number = 0;
	char *line, *end;

	memset(&all, 0, sizeof(all));
	all.name = "fuzz";
	text[bytes] = 0;
	for (line = text; line < text + bytes; line = end + 1) {
		end = memchr(line, '\n', text + bytes - line);
		if (!end)
			end = text + bytes;
		*end = 0;
		if (lines_read(&all, ++number, line))
			die("out of memory");
	}
	lines_end(&all);
	counts.imported++;
	counts.broken += all.broken;
	if (order_events(&all, &order) || records_make(&r, &all, &order))
		die("out of memory");
	if (order.nr != all.nr)
		die("events were left out of the order");
	replay_damaged(&r);
	records_free(&r);
	order_free(&order);
	events_free(&all);
}

int main(int argc, char **argv)
{
	unsigned long turn, turns;
	char *text, *copy;
	size_t bytes;

	if (argc != 3)
		die("usage: fuzz TURNS RECORDING");
	/* What is wrong is told to the user each time; here it is not of interest. */
	if (!freopen("/dev/null", "w", stderr))
		die("/dev/null cannot be opened");
	turns = strtoul(argv[1], NULL, 10);
	text = read_file(argv[2], &bytes);
	for (turn = 0; turn < turns; turn++) {
		state = turn + 88172645463325252ULL;
		copy = malloc(bytes + 1);
		if (!copy)
			die("out of memory");
		memcpy(copy, text, bytes + 1);
		import(copy, turn ? damage(copy, bytes) : bytes);
		free(copy);
	}
	free(text);
	printf("%lu imported, %lu lines broken, %lu compact traces replayed, %lu refused\n",
	       counts.imported, counts.broken, counts.replayed, counts.refused);
	return 0;
}
