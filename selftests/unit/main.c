// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the suites that this program was built with, prints KTAP.
 *
 * usage: unit [--broken] [SUITE[.TEST]]...
 *
 * --broken runs two tests that fail, to show that a failure is reported.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#define SUITES(X)	X(entry) X(primary) X(sharers) X(mirror) X(cache) X(fast) X(audit) \
			X(stored) X(policy) X(stats) X(marks) X(common) X(own) X(engine) \
			X(model) X(threads)
#define SIM_SUITES(X)	X(nmi)
#define SIM_PLAIN_SUITES(X) X(interleave)
#define BUG_SUITES(X)	X(bugs)
#define SIM_BUG_SUITES(X) X(bugs_interleave)

#define ADDRESS(subject)	&subject##_suite,

static const struct unit_suite *const suites[] = {
	SUITES(ADDRESS)
#ifdef PGDM_SIM
	SIM_SUITES(ADDRESS)
#ifndef PGDM_SEEDED_BUGS
	SIM_PLAIN_SUITES(ADDRESS)
#endif
#endif
#ifdef PGDM_SEEDED_BUGS
	BUG_SUITES(ADDRESS)
#ifdef PGDM_SIM
	SIM_BUG_SUITES(ADDRESS)
#endif
#endif
};

/**
 * unit_check() - note a condition that does not hold
 * @ok: does it?
 * @what: its text
 * @file: where
 * @line: where
 *
 * Return: @ok.
 */
bool unit_check(bool ok, const char *what, const char *file, int line)
{
	if (!ok)
		unit_note("%s:%d: not so: %s", file, line, what);
	return ok;
}

/**
 * unit_check_equal() - note two numbers that are not equal
 * @a: one
 * @b: the other
 * @what: the text of the comparison
 * @file: where
 * @line: where
 */
bool unit_check_equal(u64 a, u64 b, const char *what, const char *file,
		      int line)
{
	if (a != b)
		unit_note("%s:%d: not so: %s (%#llx, %#llx)", file, line, what,
			  a, b);
	return a == b;
}

/**
 * unit_note() - print a line of diagnosis
 * @format: as for printf(), without a newline
 */
void unit_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	flockfile(stdout);
	fputs("# ", stdout);
	vprintf(format, args);
	putchar('\n');
	funlockfile(stdout);
	va_end(args);
}

static bool fails(void)
{
	CHECK(1 + 1 == 3);
	return true;
}

static bool fails_to_be_equal(void)
{
	CHECK_EQUAL(1 + 1, 3);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(fails),
	UNIT_TEST(fails_to_be_equal),
};

static UNIT_SUITE(broken);
static const struct unit_suite *const broken[] = { &broken_suite };

static bool is_wanted(const struct unit_suite *suite,
		      const struct unit_test *test, char **names)
{
	char full[128];

	if (!*names)
		return true;
	snprintf(full, sizeof(full), "%s.%s", suite->name, test->name);
	for (; *names; names++)
		if (!strcmp(*names, suite->name) || !strcmp(*names, full))
			return true;
	return false;
}

static unsigned int run(const struct unit_suite *const *list, unsigned int nr,
			char **names)
{
	unsigned int i, t, row = 0, planned = 0, failed = 0;

	for (i = 0; i < nr; i++)
		for (t = 0; t < list[i]->nr; t++)
			planned += is_wanted(list[i], &list[i]->tests[t],
					     names);
	printf("KTAP version 1\n1..%u\n", planned);
	for (i = 0; i < nr; i++) {
		for (t = 0; t < list[i]->nr; t++) {
			const struct unit_test *test = &list[i]->tests[t];
			bool ok;

			if (!is_wanted(list[i], test, names))
				continue;
			/* A sanitizer may end the program in the test. */
			fflush(stdout);
			ok = test->run();
			failed += !ok;
			printf("%sok %u %s.%s\n", ok ? "" : "not ", ++row,
			       list[i]->name, test->name);
		}
	}
	if (!planned)
		unit_note("no such test");
	return failed + !planned;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	bool is_broken = argc > 1 && !strcmp(argv[1], "--broken");
	unsigned int failed;

	if (is_broken)
		failed = run(broken, 1, argv + 2);
	else
		failed = run(suites, ARRAY_SIZE(suites),
			     argv + 1);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
