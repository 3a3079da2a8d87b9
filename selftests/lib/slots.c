// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "die.h"
#include "files.h"
#include "machine.h"
#include "slots.h"

#define PAGE 4096ul

unsigned int pgdm_slot_shift(void)
{
	return pgdm_has_5_levels() ? 48 : 39;
}

char *pgdm_slot_address(unsigned int slot, unsigned int page)
{
	return (char *)(((uintptr_t)slot << pgdm_slot_shift()) + page * PAGE);
}

/* Lines are in the order of addresses; the last one may be the kernel half's. */
unsigned int pgdm_slots_used(pid_t pid)
{
	unsigned long begin, end, slot, next = 0;
	unsigned int shift = pgdm_slot_shift(), nr = 0;
	const char *line;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	line = pgdm_read_path(path);
	while (sscanf(line, "%lx-%lx ", &begin, &end) == 2 && !(begin >> 63)) {
		for (slot = begin >> shift; slot <= (end - 1) >> shift; slot++) {
			if (slot < next)
				continue;
			nr++;
			next = slot + 1;
		}
		line += strcspn(line, "\n") + 1;
	}
	return nr;
}

void pgdm_slot_map(unsigned int slot)
{
	char *want = pgdm_slot_address(slot, 0);
	void *page = mmap(want, PGDM_SLOT_PAGES * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				  MAP_FIXED_NOREPLACE,
			  -1, 0);

	if (page != want)
		pgdm_die("mmap at %p: %s", (void *)want, strerror(errno));
}

void pgdm_slot_touch(unsigned int slot, unsigned int page)
{
	*(volatile char *)pgdm_slot_address(slot, page) = 1;
}

void pgdm_slot_unmap(unsigned int slot)
{
	if (munmap(pgdm_slot_address(slot, 0), PGDM_SLOT_PAGES * PAGE))
		pgdm_die("munmap: %s", strerror(errno));
}

void pgdm_slot_add(unsigned int slot)
{
	pgdm_slot_map(slot);
	pgdm_slot_touch(slot, 0);
}

void pgdm_slots_map(unsigned int first, unsigned int end)
{
	for (; first < end; first++)
		pgdm_slot_map(first);
}

void pgdm_slots_add(unsigned int first, unsigned int end)
{
	for (; first < end; first++)
		pgdm_slot_add(first);
}

void pgdm_slots_unmap(unsigned int first, unsigned int end)
{
	for (; first < end; first++)
		pgdm_slot_unmap(first);
}
