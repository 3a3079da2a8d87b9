// SPDX-License-Identifier: GPL-2.0
/*
 * The native benchmark: cycles of the module's own core files on this CPU.
 *
 * usage: native [--only SET] [--rounds N] [--cpu N] [--json FILE]
 *
 * README.md says what is measured and how, and describes the file.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "fixture.h"

/* A set and its results. */
struct measured {
	const struct case_set *set;
	const struct bench_case *cases;
	struct result *results;
	unsigned int nr;
	unsigned int rounds;
};

/**
 * struct target - what is to be reached
 * @name: in words
 * @value: the figure
 * @limit: the bound
 * @at_most: is it an upper bound?
 */
struct target {
	const char *name;
	double value;
	double limit;
	bool at_most;
};

static const struct case_set *const sets[] = {
	&cases_core,
	&cases_sharers,
	&cases_sweep,
	&cases_policies,
	&cases_periods,
};

#define NR_SETS		(sizeof(sets) / sizeof(sets[0]))

static struct measured measured[NR_SETS];
static unsigned int nr_measured;
static double tsc_hz, tsc_per_core_cycle;

static bool is_reached(const struct target *t)
{
	return t->at_most ? t->value <= t->limit : t->value >= t->limit;
}

static const struct measured *measured_of(const struct case_set *set)
{
	unsigned int i;

	for (i = 0; i < nr_measured; i++)
		if (measured[i].set == set)
			return &measured[i];
	return NULL;
}

/* A case of the set of the core. */
static const struct result *find_in(const char *cache, const char *group,
				    const char *name, unsigned int n)
{
	const struct measured *m = measured_of(&cases_core);
	unsigned int i;

	for (i = 0; i < m->nr; i++) {
		const struct bench_case *c = &m->cases[i];

		if (!strcmp(c->group, group) && !strcmp(c->name, name) &&
		    c->n == n && !strcmp(c->cache, cache))
			return &m->results[i];
	}
	fprintf(stderr, "native: no case %s, %s, %u, %s\n", group, name, n,
		cache);
	exit(1);
}

static const struct result *find(const char *group, const char *name,
				 unsigned int n)
{
	return find_in(HOT, group, name, n);
}

static double flatness(void)
{
	static const unsigned int cpus[] = { 16, 128, 1024 };
	double worst = 0;
	unsigned int i;

	for (i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		double more = find("publish", "user half",
				   cpus[i])->relative.median - 1;

		if (more > worst)
			worst = more;
		if (-more > worst)
			worst = -more;
	}
	return 100 * worst;
}

/* W2: the rows that are the same for machines of all sizes. */
static unsigned int sharers_targets(struct target *targets)
{
	const struct measured *m = measured_of(&cases_sharers);
	double off = 0, most = 0;
	unsigned int i;

	for (i = 0; i < m->nr; i++) {
		double more = m->results[i].relative.median - 1;
		double cycles = m->results[i].over_empty.median;

		if (strcmp(m->cases[i].group, CASES_OF_ONE))
			continue;
		off = more > off ? more : -more > off ? -more : off;
		most = cycles > most ? cycles : most;
	}
	targets[0] = (struct target){
		"mm of one CPU, 1 to 8192 CPUs, percent off that of 1",
		100 * off, 10, true
	};
	targets[1] = (struct target){
		"mm of one CPU, cycles of the most expensive row",
		most, 150, true
	};
	return 2;
}

/* Of many entries, as a part of a full copy: the worst of hot and cold. */
static double first_to_full(const char *name, unsigned int n)
{
	static const char *const caches[] = { HOT, COLD };
	double worst = 0;
	unsigned int i;

	for (i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
		const struct result *first = find_in(caches[i], "sync", name, n);
		const struct result *full = find_in(caches[i], "sync", "full",
						    0);
		double part = first->over_empty.median /
			      full->over_empty.median;

		worst = part > worst ? part : worst;
	}
	return worst;
}

static unsigned int first_targets(struct target *targets)
{
	const struct result *few = find("sync", "first copy", 3);
	const struct result *cold = find_in(COLD, "sync", "first copy", 3);
	const struct result *more = find("sync", "first copy", 16);
	unsigned int n = 0;

	targets[n++] = (struct target){
		"first copy, 3 entries, cycles over an empty call",
		few->over_empty.median, 30, true
	};
	targets[n++] = (struct target){
		"first copy, 3 entries, cold, cycles over an empty call",
		cold->over_empty.median, 600, true
	};
	targets[n++] = (struct target){
		"first copy, 3 entries, times cheaper than the hot 4 KiB copy",
		few->cheaper.median, 3, false
	};
	targets[n++] = (struct target){
		"first copy, 16 entries, cycles over an empty call",
		more->over_empty.median, 60, true
	};
	targets[n++] = (struct target){
		"first copy, 65 entries, part of a full copy",
		first_to_full("first copy", 65), 1, true
	};
	targets[n++] = (struct target){
		"first copy, 65 entries, others left, part of a full copy",
		first_to_full("first copy, others left", 65), 1, true
	};
	return n;
}

static unsigned int core_targets(struct target *targets)
{
	const struct result *clean = find("sync", "clean", 0);
	const struct result *one = find("sync", "dirty", 1);
	unsigned int n = 0;

	targets[n++] = (struct target){
		"clean sync, cycles over an empty call",
		clean->over_empty.median, 4, true
	};
	targets[n++] = (struct target){
		"clean sync, times cheaper than the hot 4 KiB copy",
		clean->cheaper.median, 40, false
	};
	targets[n++] = (struct target){
		"one dirty entry, times cheaper than the hot 4 KiB copy",
		one->cheaper.median, 12, false
	};
	targets[n++] = (struct target){
		"publish, 1 to 1024 CPUs, percent off that of 1",
		flatness(), 10, true
	};
	n += first_targets(targets + n);
	return n;
}

static void print_table(const struct measured *m)
{
	unsigned int i;

	printf("%-44s %5s %9s  %-19s %8s\n", "", "", "TSC cycles",
	       "spread over rounds", "copies");
	printf("%-44s %5s %9s  %-19s %8s\n", "operation", "n",
	       "over empty", "p10 .. p90", "4 KiB/op");
	for (i = 0; i < m->nr; i++) {
		const struct bench_case *c = &m->cases[i];
		const struct result *r = &m->results[i];
		char name[64], n[16] = "", spread[32], suffix[16];

		snprintf(suffix, sizeof(suffix), ", %s", c->cache);
		snprintf(name, sizeof(name), "%s: %s%s", c->group, c->name,
			 strcmp(c->cache, HOT) ? suffix : "");
		if (c->n)
			snprintf(n, sizeof(n), "%u", c->n);
		snprintf(spread, sizeof(spread), "%.1f .. %.1f",
			 r->over_empty.p10, r->over_empty.p90);
		printf("%-44s %5s %9.1f  %-19s %8.2f\n", name, n,
		       r->over_empty.median, spread, r->cheaper.median);
	}
}

static void print_targets(const struct target *targets, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		printf("%s  %s: %.2f (%s %.0f)\n",
		       is_reached(&targets[i]) ? "PASS" : "FAIL",
		       targets[i].name, targets[i].value,
		       targets[i].at_most ? "at most" : "at least",
		       targets[i].limit);
}

static void print_note(void)
{
	const struct result *clean = find("sync, in order", "clean", 0);
	const struct result *one = find("sync, in order", "dirty", 1);

	printf("note  nothing overlapped: clean %.1f cycles, %.1f times cheaper; ",
	       clean->over_empty.median, clean->cheaper.median);
	printf("one dirty entry %.1f cycles, %.1f times cheaper\n",
	       one->over_empty.median, one->cheaper.median);
}

static void json_spread(FILE *f, const char *name, const struct spread *s,
			const char *after)
{
	fprintf(f, "\"%s\": {\"median\": %.3f, \"p10\": %.3f, \"p90\": %.3f, ",
		name, s->median, s->p10, s->p90);
	fprintf(f, "\"min\": %.3f, \"max\": %.3f}%s", s->min, s->max, after);
}

static void read_cpu_model(char *model, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(model, size, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !value)
			continue;
		value[strcspn(value, "\n\"\\")] = '\0';
		snprintf(model, size, "%s", value + 2);
		break;
	}
	if (f)
		fclose(f);
}

static void json_row(FILE *f, const struct measured *m, unsigned int i)
{
	const struct bench_case *c = &m->cases[i];
	const struct result *r = &m->results[i];

	fprintf(f, "  {\"group\": \"%s\", \"name\": \"%s\", ", c->group,
		c->name);
	fprintf(f, "\"n\": %u, \"cpus\": %u, \"rate\": %u, ", c->n, c->cpus,
		c->rate);
	fprintf(f, "\"cache\": \"%s\", \"rounds\": %u,\n   ", c->cache,
		m->rounds);
	json_spread(f, "cycles", &r->cycles, ",\n   ");
	json_spread(f, "over_empty", &r->over_empty, ",\n   ");
	json_spread(f, "times_cheaper_than_copy", &r->cheaper, ",\n   ");
	json_spread(f, "relative_to_first", &r->relative, "}");
}

static void json_target(FILE *f, const struct target *t)
{
	fprintf(f, "  {\"name\": \"%s\", \"value\": %.3f, ", t->name,
		t->value);
	fprintf(f, "\"limit\": %.0f, \"bound\": \"%s\", ", t->limit,
		t->at_most ? "at most" : "at least");
	fprintf(f, "\"reached\": %s}", is_reached(t) ? "true" : "false");
}

static void write_json(FILE *f, const struct target *targets, unsigned int nr)
{
	const char *between = "";
	char model[128];
	unsigned int i, j;

	read_cpu_model(model, sizeof(model));
	fprintf(f, "{\n\"format\": 2,\n");
	fprintf(f, "\"cpu\": \"%s\",\n\"compiler\": \"%s\",\n", model,
		__VERSION__);
	fprintf(f, "\"tsc_hz\": %.0f,\n\"tsc_per_core_cycle\": %.4f,\n",
		tsc_hz, tsc_per_core_cycle);
	fprintf(f, "\"ring\": %u,\n\"rows\": [", PGDM_RING);
	for (i = 0; i < nr_measured; i++)
		for (j = 0; j < measured[i].nr; j++) {
			fprintf(f, "%s\n", between);
			json_row(f, &measured[i], j);
			between = ",";
		}
	fputs("\n],\n\"targets\": [\n", f);
	for (i = 0; i < nr; i++) {
		json_target(f, &targets[i]);
		fputs(i + 1 < nr ? ",\n" : "\n", f);
	}
	fputs("]\n}\n", f);
}

static void measure_set(const struct case_set *set, unsigned int rounds)
{
	struct measured *m = &measured[nr_measured++];

	m->set = set;
	m->cases = set->cases;
	m->nr = set->nr;
	m->rounds = rounds ? rounds : set->rounds;
	if (set->init)
		set->init();
	if (set->make)
		m->nr = set->make(&m->cases);
	m->results = measure_all(m->cases, m->nr, m->rounds);
}

static unsigned long number(const char *text, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n > most) {
		fprintf(stderr, "native: wanted 0 to %lu, not %s\n", most,
			text);
		exit(2);
	}
	return n;
}

static void usage(void)
{
	unsigned int i;

	fputs("wanted: [--only SET] [--rounds N] [--cpu N] [--json FILE]\nsets:",
	      stderr);
	for (i = 0; i < NR_SETS; i++)
		fprintf(stderr, " %s", sets[i]->name);
	fputc('\n', stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "only", required_argument, NULL, 'o' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "cpu", required_argument, NULL, 'c' },
		{ "json", required_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	const char *json = NULL, *only = NULL;
	unsigned int rounds = 0, nr = 0, i;
	struct target targets[16];
	int option, cpu = 0;
	FILE *f;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			only = optarg;
			break;
		case 'r':
			rounds = number(optarg, MAX_ROUNDS);
			break;
		case 'c':
			cpu = number(optarg, 1023);
			break;
		case 'j':
			json = optarg;
			break;
		default:
			usage();
		}
	}

	measure_pin(cpu);
	fixture_init();
	tsc_hz = measure_tsc_hz();
	tsc_per_core_cycle = measure_tsc_per_core_cycle();
	for (i = 0; i < NR_SETS; i++)
		if (!only || !strcmp(only, sets[i]->name))
			measure_set(sets[i], rounds);
	if (!nr_measured)
		usage();
	printf("CPU %d, TSC %.0f MHz, %.3f TSC cycles a cycle of the core, a ring of %u records\n",
	       cpu, tsc_hz / 1e6, tsc_per_core_cycle, PGDM_RING);
	for (i = 0; i < nr_measured; i++) {
		const struct measured *m = &measured[i];

		printf("\n%s: %u cases, %u rounds\n", m->set->name, m->nr,
		       m->rounds);
		if (!m->set->brief)
			print_table(m);
	}
	putchar('\n');
	if (measured_of(&cases_core))
		nr += core_targets(targets);
	if (measured_of(&cases_sharers))
		nr += sharers_targets(targets + nr);
	print_targets(targets, nr);
	if (measured_of(&cases_core))
		print_note();
	if (!json)
		return 0;
	f = fopen(json, "w");
	if (!f) {
		perror(json);
		return 1;
	}
	write_json(f, targets, nr);
	if (fclose(f)) {
		perror(json);
		return 1;
	}
	return 0;
}
