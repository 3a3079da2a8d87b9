// SPDX-License-Identifier: GPL-2.0
/*
 * import: what perf script, trace-cmd report or tracefs print becomes a compact trace.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "number.h"
#include "records.h"

static const char usage[] =
"usage: import [OPTION]... [FILE]\n"
"\n"
"Reads a recording of the module's events, or one that pgd-mirror-plain-record has made\n"
"without the module, as perf script, trace-cmd report or the file trace of tracefs print it\n"
"(from FILE, or standard input), and writes a compact trace for tools/replay/replay.\n"
"\n"
"  -o FILE        where to (default: standard output)\n"
"  --mirrors M    mirrors that each CPU owned, if the recording does not say it\n"
"  --keep-going   write a trace although lines could not be read\n";

/**
 * struct options - what was asked for
 * @out: file to write, or NULL
 * @mirrors: that each CPU owned, or 0
 * @keep_going: write what could be read
 */
struct options {
	const char *out;
	unsigned long mirrors;
	bool keep_going;
};

static const char *parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "mirrors", required_argument, NULL, 'm' },
		{ "keep-going", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ },
	};
	int c;

	*o = (struct options){ };
	while ((c = getopt_long(argc, argv, "ho:", names, NULL)) != -1) {
		switch (c) {
		case 'o':
			o->out = optarg;
			break;
		case 'm':
			o->mirrors = number("import", "mirrors", optarg, 2, 64);
			break;
		case 'k':
			o->keep_going = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind < argc - 1) {
		fputs(usage, stderr);
		exit(2);
	}
	return optind < argc ? argv[optind] : NULL;
}

static int no_memory(void)
{
	fputs("import: out of memory\n", stderr);
	return -1;
}

static int read_all(struct events *all, FILE *in)
{
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	while (!ret && (length = getline(&line, &room, in)) >= 0) {
		if (length && line[length - 1] == '\n')
			line[length - 1] = 0;
		ret = lines_read(all, ++number, line);
	}
	free(line);
	if (ret)
		return no_memory();
	if (ferror(in)) {
		fprintf(stderr, "import: %s: %s\n", all->name, strerror(errno));
		return -1;
	}
	lines_end(all);
	return 0;
}

static int save(const struct records *r, const char *name)
{
	FILE *out = name ? fopen(name, "w") : stdout;
	bool good;

	good = out && fwrite(&r->header, sizeof(r->header), 1, out) == 1 &&
	       fwrite(r->record, sizeof(*r->record), r->header.records, out) ==
		       r->header.records && !fflush(out);
	if (out && name && fclose(out))
		good = false;
	if (good)
		return 0;
	fprintf(stderr, "import: %s: %s\n", name ? name : "standard output", strerror(errno));
	return -1;
}

static int convert(struct events *all, const struct options *o)
{
	struct order order;
	struct records r;
	int ret;

	if (order_events(all, &order))
		return no_memory();
	ret = records_make(&r, all, &order);
	if (ret) {
		no_memory();
	} else {
		if (r.untracked)
			fprintf(stderr,
				"import: %s: %lu mms were tracked before it began: their entries are not known\n",
				all->name, r.untracked);
		ret = save(&r, o->out);
		records_free(&r);
	}
	order_free(&order);
	return ret;
}

/* Is it worth being written? */
static bool is_good(const struct events *all, const struct options *o)
{
	if (!all->nr) {
		fprintf(stderr,
			"import: %s: has no event of the module, nor of an mm born without it\n",
			all->name);
		return false;
	}
	if (!all->broken || o->keep_going)
		return true;
	fprintf(stderr, "import: %s: %lu lines could not be read; --keep-going leaves them out\n",
		all->name, all->broken);
	return false;
}

int main(int argc, char **argv)
{
	static struct events all;
	struct options o;
	const char *name = parse(&o, argc, argv);
	FILE *in = name ? fopen(name, "r") : stdin;
	int ret = -1;

	all.name = name ? name : "standard input";
	if (!in) {
		fprintf(stderr, "import: %s: %s\n", name, strerror(errno));
		return 1;
	}
	all.header.mirrors = o.mirrors;
	if (!read_all(&all, in) && is_good(&all, &o))
		ret = convert(&all, &o);
	events_free(&all);
	if (name)
		fclose(in);
	return ret ? 1 : 0;
}
