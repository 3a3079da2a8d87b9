// SPDX-License-Identifier: GPL-2.0
/*
 * EFI: a root that is no process's. Each call of the firmware's runtime services
 * switches a kernel thread, which has borrowed a process's mm, to EFI's own page
 * table and back. Variables are written and read while root entries come and go.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/stage.h"

#define EFIVARS "/sys/firmware/efi/efivars"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2, .path = EFIVARS);

#define ROUNDS 20

/* The vendor is Linux, for crash dumps: such a variable may be removed. */
#define VARIABLE EFIVARS "/PgdMirror-cfc8fc79-be2e-4ddc-97f0-9f98bfe298a0"

/* Non-volatile, and there for the firmware and the system. */
#define ATTRIBUTES	7

struct variable {
	uint32_t attributes;
	uint32_t value;
} __attribute__((packed));

static void write_variable(void *arg)
{
	struct variable v = { ATTRIBUTES, *(uint32_t *)arg };
	int fd = open(VARIABLE, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, &v, sizeof(v)) != sizeof(v))
		pgdm_die("%s: %s", VARIABLE, strerror(errno));
	close(fd);
}

static void read_variable(void *arg)
{
	struct variable v = { 0 };
	int fd = open(VARIABLE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &v, sizeof(v)) != sizeof(v))
		pgdm_die("%s: %s", VARIABLE, strerror(errno));
	close(fd);
	*(uint32_t *)arg = v.attributes == ATTRIBUTES ? v.value : 0;
}

/* Calls of ask_for_walk(). */
static unsigned long strays(void)
{
	struct pgdm_calls calls = pgdm_probe_calls("stray");

	return calls.hits + calls.misses;
}

STAGE_TEST(variables)
{
	struct pgdm_turns turns = PGDM_TURNS_ON(HERE);
	unsigned int quiet = 0;
	uint64_t back;
	uint32_t i;

	if (mount("efivarfs", EFIVARS, "efivarfs", 0, NULL) && errno != EBUSY)
		pgdm_die("%s: %s", EFIVARS, strerror(errno));
	ASSERT_EQ(0, pgdm_write("track", "all"));
	pgdm_probe_add("stray", "pgd_mirror:ask_for_walk");
	back = pgdm_stat("switches");
	for (i = 1; i <= ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;
		volatile char *page = pgdm_slot_address(slot, 0);
		unsigned long before = strays();
		uint32_t there = i, found = 0;
		bool alone;

		/* One CPU waits while the other calls, each in turn. */
		if (i & 1)
			write_variable(&there);
		else
			pgdm_worker_call(&self->worker, write_variable, &there);
		/* Back from EFI's root to a mirror: it lacks the entry. */
		pgdm_slot_map(slot);
		pgdm_turn_begin(&turns);
		pgdm_turn_count(&turns);
		touch_there(self, slot, 0);
		EXPECT_EQ(1, *page);
		alone = pgdm_turn_end(&turns);
		expect_count(1, turns.fixed, alone);
		if (i & 2)
			read_variable(&found);
		else
			pgdm_worker_call(&self->worker, read_variable, &found);
		EXPECT_EQ(i, found);
		pgdm_slot_unmap(slot);
		/* A2: EFI's root is not searched for among those of processes. */
		quiet += strays() == before;
	}
	back = pgdm_stat("switches") - back;
	pgdm_probe_remove("stray");
	ASSERT_EQ(0, unlink(VARIABLE));
	expect_half_undisturbed(&turns);
	EXPECT_LE(ROUNDS / 2, quiet);
	/* To write is one call at the least, and so is to read. */
	EXPECT_LE(2 * ROUNDS, back);
}

TEST_HARNESS_MAIN
