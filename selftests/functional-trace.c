// SPDX-License-Identifier: GPL-2.0
/*
 * The trace events: there, with the fields that scripts rely on, and fired
 * when they should be. In a tracing instance of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <regex.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/kinds.h"
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "mirrors=2");

#define TRACING "/sys/kernel/tracing/"
#define INSTANCE TRACING "instances/pgdm_selftest/"
#define EVENTS TRACING "events/pgd_mirror/"

static const struct {
	const char *event;
	const char *fields;
} formats[] = {
	{ "publish", "id seq value index user_page" },
	{ "sync", "id seq cycles policy bytes entries kind reason" },
	{ "fault", "id address index fixed" },
	{ "track", "id root" },
	{ "entry", "id index value" },
	{ "leave", "id" },
	{ "untrack", "id reason" },
	{ "evict", "id by" },
	{ "hook_miss", "missed disarmed" },
	{ "livelock", "address index" },
	{ "kick", "id kick cpus" },
};

/* Is there a field of that name, or an array? */
static bool has_field(const char *format, const char *name)
{
	char end[64], array[64];

	snprintf(end, sizeof(end), " %s;", name);
	snprintf(array, sizeof(array), " %s[", name);
	return strstr(format, end) || strstr(format, array);
}

/* The first name that is not a field. */
static const char *missing_field(const char *format, char *names)
{
	char *save, *name;

	for (name = strtok_r(names, " ", &save); name;
	     name = strtok_r(NULL, " ", &save))
		if (!has_field(format, name))
			return name;
	return "";
}

STAGE_TEST(fields)
{
	char path[128], fields[128];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		snprintf(path, sizeof(path), EVENTS "%s/format",
			 formats[i].event);
		snprintf(fields, sizeof(fields), "%s", formats[i].fields);
		EXPECT_STREQ("", missing_field(pgdm_read_path(path), fields)) {
			TH_LOG("%s", formats[i].event);
		}
	}
}

static void trace_on(void)
{
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		pgdm_die("mkdir " INSTANCE);
	if (pgdm_write_path(INSTANCE "events/pgd_mirror/enable", "1") ||
	    pgdm_write_path(INSTANCE "trace", "\n"))
		pgdm_die("cannot trace");
}

static void trace_off(void)
{
	pgdm_write_path(INSTANCE "events/pgd_mirror/enable", "0");
	if (rmdir(INSTANCE))
		pgdm_die("rmdir " INSTANCE);
}

/* Does a line of the trace match? */
static bool traced(const char *event, const char *pattern)
{
	char whole[512];
	regex_t re;
	bool found;

	snprintf(whole, sizeof(whole), "] .*: %s: %s\n", event, pattern);
	if (regcomp(&re, whole, REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
		pgdm_die("regcomp: %s", whole);
	found = !regexec(&re, pgdm_read_path(INSTANCE "trace"), 0, NULL, 0);
	regfree(&re);
	if (!found)
		printf("# not traced: %s\n", whole);
	return found;
}

#define SYNC(id, kind, reason) \
	"id=%lu seq=[0-9]+ policy=dirty kind=" kind " reason=" reason \
	" entries=[0-9]+ bytes=[0-9]+ named=[0-9]+ cycles=[0-9]+"

#define expect_traced(event, ...) do {				\
	char pattern_[256];					\
								\
	snprintf(pattern_, sizeof(pattern_), __VA_ARGS__);	\
	EXPECT_TRUE(traced(event, pattern_));			\
} while (0)

STAGE_TEST(life_of_an_entry)
{
	const unsigned int slot = PGDM_SLOT_FIRST;
	unsigned int last = slot;
	uint64_t id, fixed;

	trace_on();
	track_self();
	id = pgdm_id(getpid());
	pgdm_slot_add(slot);
	round_trip(self);
	/* Again, if the CPU left the mm and came back meanwhile. */
	fixed = pgdm_cpu_stat(THERE, "faults_fixed");
	do {
		pgdm_slot_add(++last);
		touch_there(self, last, 1);
	} while (pgdm_cpu_stat(THERE, "faults_fixed") == fixed &&
		 last < PGDM_SLOT_LAST);
	pgdm_slot_unmap(slot);
	untrack_self();

	expect_traced("track", "id=%lu root=0x[0-9a-f]{16}", id);
	/* At least of the program itself: its text, its stack. */
	expect_traced("entry", "id=%lu index=[0-9]+ value=0x[0-9a-f]+67", id);
	expect_traced("leave", "id=%lu", id);
	expect_traced("sync",
		      "id=%lu seq=0 policy=dirty kind=full reason=attach entries=%u bytes=%u named=0 cycles=[0-9]+",
		      id, PGDM_ROOT_ENTRIES * pgdm_pages(),
		      PGDM_ROOT_ENTRIES * pgdm_pages() * 8);
	expect_traced("publish",
		      "id=%lu seq=1 index=%u value=0x[0-9a-f]+67 user_page=0",
		      id, slot);
	expect_traced("sync",
		      "id=%lu seq=1 policy=dirty kind=dirty reason=switch entries=%u bytes=%u named=1 cycles=[0-9]+",
		      id, pgdm_pages(), pgdm_pages() * 8);
	expect_traced("fault", "id=%lu address=%#lx index=%u fixed=1", id,
		      (unsigned long)pgdm_slot_address(last, 1), last);
	expect_traced("sync", SYNC(id, "dirty", "fault"), id);
	expect_traced("publish", "id=%lu seq=%u index=%u value=0x?0 user_page=0",
		      id, last - slot + 2, slot);
	expect_traced("sync", SYNC(id, "dirty", "flush"), id);
	expect_traced("untrack", "id=%lu reason=untracked", id);
	trace_off();
}

STAGE_TEST(end_of_an_mm)
{
	struct pgdm_partner p;
	uint64_t id;

	pgdm_partner_start(&p, THERE);
	trace_on();
	ASSERT_EQ(0, pgdm_writef("track", "pid %d", p.pid));
	id = pgdm_id(p.pid);
	pgdm_partner_stop(&p);
	round_trips(self);
	pgdm_wait_for(pgdm_nr_tracked() == 0);
	expect_traced("untrack", "id=%lu reason=freed", id);
	trace_off();
}

/* A CPU that another process has for a moment is told nothing. */
static unsigned int add_until_told(unsigned int slot)
{
	uint64_t told = pgdm_stat("ipis");

	do
		pgdm_slot_add(slot++);
	while (pgdm_stat("ipis") == told && slot <= PGDM_SLOT_LAST);
	return slot;
}

/* A policy tells the other CPU of an addition. */
STAGE_TEST(kicks)
{
	unsigned int slot = PGDM_SLOT_FIRST;
	uint64_t id;

	trace_on();
	track_self();
	id = pgdm_id(getpid());
	ASSERT_EQ(0, pgdm_write("policy", "flag"));
	slot = add_until_told(slot);
	ASSERT_EQ(0, pgdm_write("policy", "carry"));
	add_until_told(slot);
	ASSERT_EQ(0, pgdm_write("policy", "always-exit"));
	getppid();
	ASSERT_EQ(0, pgdm_write("policy", "dirty"));
	expect_traced("kick", "id=%lu kick=ipi cpus=1", id);
	expect_traced("sync", "id=%lu .* policy=flag kind=full reason=kick .*",
		      id);
	expect_traced("kick", "id=%lu kick=flush cpus=1", id);
	expect_traced("sync",
		      "id=%lu .* policy=always-exit kind=full reason=user_return .*",
		      id);
	trace_off();
}

/* Three mms on a CPU with two mirrors. */
STAGE_TEST(eviction)
{
	uint64_t mine, theirs, third;
	struct pgdm_partner p;

	pgdm_partner_start(&p, THERE);
	trace_on();
	track_self();
	ASSERT_EQ(0, pgdm_writef("track", "pid %d", self->partner.pid));
	ASSERT_EQ(0, pgdm_writef("track", "pid %d", p.pid));
	mine = pgdm_id(getpid());
	theirs = pgdm_id(self->partner.pid);
	third = pgdm_id(p.pid);
	round_trip(self);
	pgdm_worker_call(&self->worker, pgdm_job_ping, &p);
	expect_traced("evict", "id=(%lu|%lu|%lu) by=(%lu|%lu)", mine, theirs,
		      third, theirs, third);
	pgdm_partner_stop(&p);
	trace_off();
}

STAGE_TEST(missed_hook)
{
	trace_on();
	track_self();
	ASSERT_EQ(0, pgdm_write_path("/sys/kernel/debug/kprobes/enabled", "0"));
	round_trip(self);
	ASSERT_EQ(0, pgdm_write_path("/sys/kernel/debug/kprobes/enabled", "1"));
	expect_traced("hook_miss", "missed=[1-9][0-9]* disarmed=[1-9][0-9]*");
	trace_off();
}

/* How many publications were traced whose call chain has a function. */
static unsigned int count_chains(const char *function)
{
	const char *at = pgdm_read_path(INSTANCE "trace"), *next, *found;
	unsigned int n = 0;

	for (at = strstr(at, ": publish: "); at; at = next) {
		next = strstr(at + 1, ": publish: ");
		found = strstr(at, function);
		n += found && (!next || found < next);
	}
	return n;
}

/*
 * From the hook down to where the kernel was entered: of an addition by a fault, of a
 * removal by a system call.
 */
STAGE_TEST(call_chains)
{
	trace_on();
	track_self();
	ASSERT_EQ(0, pgdm_write_path(INSTANCE "events/pgd_mirror/publish/trigger",
				     "stacktrace"));
	pgdm_slot_add(PGDM_SLOT_FIRST);
	pgdm_slot_unmap(PGDM_SLOT_FIRST);
	EXPECT_EQ(2, count_chains(" publish: "));
	EXPECT_EQ(1, count_chains(" => asm_exc_page_fault\n"));
	/* There the hook of removals is a jump to code that no unwinder knows. */
	if (!(pgdm_kinds_here() & PGDM_BY_TABLES)) {
		EXPECT_EQ(1, count_chains(" => entry_SYSCALL_64_after_hwframe\n")) {
			TH_LOG("%s", pgdm_read_path(INSTANCE "trace"));
		}
	}
	trace_off();
}

TEST_HARNESS_MAIN
