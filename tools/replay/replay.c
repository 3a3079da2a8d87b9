// SPDX-License-Identifier: GPL-2.0
/*
 * replay: a trace in, what every policy costs out.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "play.h"
#include "policies.h"
#include "report.h"

static const char usage[] =
"usage: replay [OPTION]... TRACE\n"
"\n"
"Replays a compact trace (tools/replay/import makes it) under each policy, with the\n"
"module's own core, and prints what each costs.\n"
"\n"
"  --policies A,B   these policies alone\n"
"  --cpus N         on N simulated CPUs, 1 to 4096 (default: as many as were traced)\n"
"  --scale K        each address space K times, up to 1,000,000 at a time\n"
"  --mirrors M      mirrors that each CPU owns, 2 to 64 (default: as recorded)\n"
"  --warm W         replay the trace W times before anything is counted, 0 to 100 (default: 0)\n"
"  --stats          all counters, a line each: policy, name, value\n"
"  --check          hold the policy that ran against what the trace says the module did\n"
"  --no-cycles      count only: faster, and the same from run to run\n"
"  --speed          say how many events a second of this process were counted, and what the\n"
"                   full copies among them would take alone\n";

/**
 * struct options - what was asked for
 * @setup: for each replay
 * @wanted: by policy: is it to be replayed?
 * @stats: print all counters
 * @check: compare with what the trace says
 * @cycles: measure
 * @speed: say how fast it was
 */
struct options {
	struct play_setup setup;
	bool wanted[PGDM_NR_POLICIES];
	bool stats;
	bool check;
	bool cycles;
	bool speed;
};

static void choose(struct options *o, char *names)
{
	const struct pgdm_policy *policy;
	char *save, *name;

	memset(o->wanted, 0, sizeof(o->wanted));
	for (name = strtok_r(names, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		policy = pgdm_policies_find(name);
		if (!policy) {
			fprintf(stderr, "replay: no policy '%s'; there are:", name);
			for (unsigned int i = 0; i < PGDM_NR_POLICIES; i++)
				fprintf(stderr, " %s", pgdm_policies[i]->name);
			fputs("\n", stderr);
			exit(2);
		}
		o->wanted[policy->number] = true;
	}
}

static const char *parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "policies", required_argument, NULL, 'p' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "scale", required_argument, NULL, 'k' },
		{ "mirrors", required_argument, NULL, 'm' },
		{ "warm", required_argument, NULL, 'w' },
		{ "stats", no_argument, NULL, 's' },
		{ "check", no_argument, NULL, 'C' },
		{ "no-cycles", no_argument, NULL, 'n' },
		{ "speed", no_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ },
	};
	int c;

	*o = (struct options){ .setup.copies = 1, .cycles = true };
	memset(o->wanted, true, sizeof(o->wanted));
	while ((c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
		switch (c) {
		case 'p':
			choose(o, optarg);
			break;
		case 'c':
			o->setup.cpus = number("replay", "cpus", optarg, 1, REPLAY_CPUS_MAX);
			break;
		case 'k':
			o->setup.copies = number("replay", "scale", optarg, 1, 1000000);
			break;
		case 'm':
			o->setup.mirrors = number("replay", "mirrors", optarg, 2, 64);
			break;
		case 'w':
			o->setup.warm = number("replay", "warm", optarg, 0, 100);
			break;
		case 's':
			o->stats = true;
			break;
		case 'C':
			o->check = true;
			break;
		case 'n':
			o->cycles = false;
			break;
		case 'S':
			o->speed = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		exit(2);
	}
	o->cycles = o->cycles && !o->check;
	return argv[optind];
}

static int measure(const struct play_setup *setup, enum play_cycles cycles,
		   struct play_result *result)
{
	struct play_setup s = *setup;

	s.cycles = cycles;
	return play(&s, result);
}

static int replay_one(const struct options *o, const struct pgdm_policy *policy)
{
	struct play_result count, hot = { }, cold = { };
	struct play_setup setup = o->setup;
	bool ran = !strcmp(policy->name, setup.trace->header.policy);

	setup.policy = policy;
	setup.compare = o->check && ran;
	if (measure(&setup, PLAY_COUNT, &count) ||
	    (o->cycles && (measure(&setup, PLAY_HOT, &hot) ||
			   measure(&setup, PLAY_COLD, &cold)))) {
		fputs("replay: out of memory\n", stderr);
		return 1;
	}
	if (o->stats)
		report_stats(policy, &count, o->cycles ? &hot : NULL, &cold);
	else
		report_row(policy, ran, &count, o->cycles ? &hot : NULL, &cold);
	if (o->speed)
		report_speed(&setup, &count);
	return setup.compare ? report_check(&count) : 0;
}

int main(int argc, char **argv)
{
	const struct replay_header *h;
	struct trace_file trace;
	struct options o;
	unsigned int i;
	int status = 0;

	if (trace_file_open(&trace, parse(&o, argc, argv)))
		return 1;
	if (trace_file_check(&trace)) {
		trace_file_close(&trace);
		return 1;
	}
	h = &trace.header;
	o.setup.trace = &trace;
	if ((u64)h->mms * o.setup.copies > REPLAY_MMS_MAX) {
		fprintf(stderr, "replay: --scale %u: too many for the trace's %u address spaces\n",
			o.setup.copies, h->mms - 1);
		return 1;
	}
	if (!o.stats)
		report_head(&trace, o.setup.cpus, o.setup.copies, o.cycles);
	for (i = 0; i < PGDM_NR_POLICIES; i++)
		if (o.wanted[i])
			status |= replay_one(&o, pgdm_policies[i]);
	if (!o.stats)
		report_tail(&trace, o.cycles);
	trace_file_close(&trace);
	return status;
}
