/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slots: what one root entry spans. A page that is mapped at the begin of a slot and
 * touched makes a new root entry; unmapping the slot removes it.
 */
#ifndef _PGDM_SLOTS_H
#define _PGDM_SLOTS_H

#include <sys/types.h>

/* These are free in every program. */
#define PGDM_SLOT_FIRST	2
#define PGDM_SLOT_LAST	129
#define PGDM_SLOT_END	(PGDM_SLOT_LAST + 1)
#define PGDM_NR_SLOTS	(PGDM_SLOT_END - PGDM_SLOT_FIRST)
/* So many pages are mapped in a slot. */
#define PGDM_SLOT_PAGES	8

/**
 * pgdm_slot_shift() - how large a slot is
 *
 * Return: 39 with four levels (512 GiB), 48 with five (256 TiB).
 */
unsigned int pgdm_slot_shift(void);

/**
 * pgdm_slot_address() - where a page of a slot is
 * @slot: number of the slot, which is the index of its root entry
 * @page: number of the page in it
 *
 * Return: its address.
 */
char *pgdm_slot_address(unsigned int slot, unsigned int page);

/**
 * pgdm_slots_used() - in how many slots has a process mappings?
 * @pid: of the process
 *
 * Where a page was touched in each of them, its root has so many entries in the user
 * half.
 *
 * Return: their number.
 */
unsigned int pgdm_slots_used(pid_t pid);

/**
 * pgdm_slot_map() - map the pages of a slot, and touch none
 * @slot: not mapped yet, else the process dies
 *
 * There is no root entry yet.
 */
void pgdm_slot_map(unsigned int slot);

/**
 * pgdm_slot_touch() - write 1 into a page
 * @slot: one that is mapped
 * @page: number of the page in it
 *
 * The first page that is touched makes the root entry.
 */
void pgdm_slot_touch(unsigned int slot, unsigned int page);

/**
 * pgdm_slot_unmap() - unmap the pages of a slot
 * @slot: mapped or not
 *
 * The root entry is removed, if there was one, and all CPUs that run in the mm have
 * flushed it when this returns.
 */
void pgdm_slot_unmap(unsigned int slot);

/**
 * pgdm_slot_add() - map a slot and touch its first page: a new root entry
 * @slot: not mapped yet
 */
void pgdm_slot_add(unsigned int slot);

/**
 * pgdm_slots_map() - map several slots, see pgdm_slot_map()
 * @first: the first of them
 * @end: the one behind the last
 */
void pgdm_slots_map(unsigned int first, unsigned int end);

/**
 * pgdm_slots_add() - map several slots and touch the first page of each
 * @first: the first of them
 * @end: the one behind the last
 *
 * One after the other: an entry is there before the next slot is mapped.
 */
void pgdm_slots_add(unsigned int first, unsigned int end);

/**
 * pgdm_slots_unmap() - unmap several slots, each with a flush of its own
 * @first: the first of them
 * @end: the one behind the last
 */
void pgdm_slots_unmap(unsigned int first, unsigned int end);

#endif
