// SPDX-License-Identifier: GPL-2.0
/*
 * A live mm whose pages go to swap and come back, on either CPU. The swap
 * space is a disk in memory (brd).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define DISK "/dev/ram0"
#define PAGE 4096ul
#define ROUNDS 10

static bool swap_on(void)
{
	return !system("modprobe -q brd rd_nr=1 rd_size=65536 && "
		       "mkswap -q " DISK " >/dev/null") &&
	       !swapon(DISK, 0);
}

static void swap_off(void)
{
	if (swapoff(DISK) || system("modprobe -q -r brd"))
		pgdm_die("cannot remove the swap space: %s", strerror(errno));
}

/* How much of this process is swapped, in pages. */
static unsigned long swapped(void)
{
	const char *line = strstr(pgdm_read_path("/proc/self/status"),
				  "\nVmSwap:");

	return line ? strtoul(line + 8, NULL, 10) / 4 : 0;
}

static void fill(unsigned int slot, long value)
{
	unsigned int i;

	for (i = 0; i < PGDM_SLOT_PAGES; i++)
		*(volatile long *)pgdm_slot_address(slot, i) = value + i;
}

struct check {
	unsigned int slot;
	long value;
	unsigned int wrong;
};

static void check_job(void *arg)
{
	struct check *c = arg;
	unsigned int i;

	for (i = 0; i < PGDM_SLOT_PAGES; i++)
		c->wrong += *(volatile long *)pgdm_slot_address(c->slot, i) !=
			    c->value + i;
}

STAGE_TEST(out_and_in_again)
{
	struct check c = { 0 };
	unsigned int i;

	if (!swap_on())
		SKIP(return, "no brd module, or no mkswap");
	/* The stage has locked its memory; what is mapped now may go. */
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		c.slot = PGDM_SLOT_FIRST + i;
		c.value = 1000 * i;
		pgdm_slot_map(c.slot);
		fill(c.slot, c.value);
		ASSERT_EQ(0, madvise(pgdm_slot_address(c.slot, 0),
				     PGDM_SLOT_PAGES * PAGE, MADV_PAGEOUT));
		/* Pages in a CPU's batch are not on a list yet, and stay. */
		EXPECT_LT(0, swapped());
		if (i % 2)
			check_job(&c);
		else
			pgdm_worker_call(&self->worker, check_job, &c);
		EXPECT_EQ(0, c.wrong);
		pgdm_slot_unmap(c.slot);
	}
	swap_off();
}

TEST_HARNESS_MAIN
