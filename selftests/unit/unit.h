/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The unit tests' frame: a test is a function that returns whether all was
 * well, a suite is a table of tests, and a suite is a file.
 */
#ifndef UNIT_H
#define UNIT_H

#include <port.h>

struct unit_test {
	const char *name;
	bool (*run)(void);
};

struct unit_suite {
	const char *name;
	const struct unit_test *tests;
	unsigned int nr;
};

#define UNIT_TEST(function)	{ .name = #function, .run = function }

#define UNIT_SUITE(subject)						\
const struct unit_suite subject##_suite = {				\
	.name = #subject,						\
	.tests = tests,							\
	.nr = ARRAY_SIZE(tests),					\
}

/* The suites that there are; main.c says which a program has. */
extern const struct unit_suite entry_suite;
extern const struct unit_suite primary_suite;
extern const struct unit_suite sharers_suite;
extern const struct unit_suite mirror_suite;
extern const struct unit_suite cache_suite;
extern const struct unit_suite fast_suite;
extern const struct unit_suite audit_suite;
extern const struct unit_suite stored_suite;
extern const struct unit_suite policy_suite;
extern const struct unit_suite stats_suite;
extern const struct unit_suite marks_suite;
extern const struct unit_suite common_suite;
extern const struct unit_suite own_suite;
extern const struct unit_suite engine_suite;
extern const struct unit_suite model_suite;
extern const struct unit_suite threads_suite;
extern const struct unit_suite interleave_suite;
extern const struct unit_suite nmi_suite;
extern const struct unit_suite bugs_suite;
extern const struct unit_suite bugs_interleave_suite;

bool unit_check(bool ok, const char *what, const char *file, int line);
bool unit_check_equal(u64 a, u64 b, const char *what, const char *file,
		      int line);
void unit_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Each ends the test that it stands in. */
#define CHECK(condition)						\
do {									\
	if (!unit_check(condition, #condition, __FILE__, __LINE__))	\
		return false;						\
} while (0)

#define CHECK_EQUAL(a, b)						\
do {									\
	if (!unit_check_equal(a, b, #a " == " #b, __FILE__, __LINE__))	\
		return false;						\
} while (0)

#endif
