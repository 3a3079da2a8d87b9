// SPDX-License-Identifier: GPL-2.0
/*
 * The address spaces that were born in a recording made without the module, and which
 * entries their roots have.
 */
#include "plain_mms.h"

#include <stdlib.h>

/* The link that leads to it, or the last one of its bucket. */
static struct plain_mm **place_of(struct plain_mms *mms, uint64_t address)
{
	struct plain_mm **link;

	link = &mms->bucket[(address * 0x9e3779b97f4a7c15ULL >> 32) % PLAIN_BUCKETS];
	while (*link && (*link)->address != address)
		link = &(*link)->next;
	return link;
}

/**
 * plain_mms_find() - look for one
 * @mms: all of them
 * @address: of its struct mm_struct
 *
 * Return: it, or NULL: it was not born in the recording, or is gone.
 */
struct plain_mm *plain_mms_find(const struct plain_mms *mms, uint64_t address)
{
	return *place_of((struct plain_mms *)mms, address);
}

/**
 * plain_mms_add() - one is born
 * @mms: all of them; has none with this address
 * @address: of its struct mm_struct
 *
 * Return: it, with a number of its own and no entries; or NULL: no memory.
 */
struct plain_mm *plain_mms_add(struct plain_mms *mms, uint64_t address)
{
	struct plain_mm *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->address = address;
	m->id = ++mms->born;
	*place_of(mms, address) = m;
	return m;
}

/**
 * plain_mms_remove() - one has died
 * @mms: all of them
 * @address: of its struct mm_struct
 */
void plain_mms_remove(struct plain_mms *mms, uint64_t address)
{
	struct plain_mm **link = place_of(mms, address), *m = *link;

	if (m) {
		*link = m->next;
		free(m);
	}
}

/**
 * plain_mms_free() - give the memory back
 * @mms: all of them
 */
void plain_mms_free(struct plain_mms *mms)
{
	unsigned int i;

	for (i = 0; i < PLAIN_BUCKETS; i++)
		while (mms->bucket[i])
			plain_mms_remove(mms, mms->bucket[i]->address);
}

static bool has_bit(const uint64_t *bits, unsigned int i)
{
	return bits[i / 64] >> i % 64 & 1;
}

/**
 * plain_mm_enter() - an entry is added
 * @m: the address space
 * @index: of the entry
 *
 * Return: was it not there before?
 */
bool plain_mm_enter(struct plain_mm *m, unsigned int index)
{
	bool had = has_bit(m->has, index);

	m->has[index / 64] |= 1ULL << index % 64;
	return !had;
}

/* As the kernel decides whether it frees the table of the entry that begins at @start. */
static bool frees(const struct plain_range *r, uint64_t start, uint64_t size)
{
	uint64_t last = start + size - 1, ceiling = r->ceiling & ~(size - 1);

	if (last > r->end - 1)
		last = r->end - 1;
	if (start < r->floor || (r->ceiling && !ceiling))
		return false;
	return last <= ceiling - 1;
}

/**
 * plain_mm_will_free() - the kernel is about to free page tables
 * @m: the address space
 * @r: which; not empty
 * @shift: of an address, for its root entry
 */
void plain_mm_will_free(struct plain_mm *m, const struct plain_range *r, unsigned int shift)
{
	uint64_t size = 1ULL << shift, start = r->addr & ~(size - 1);
	unsigned int n, i;

	for (n = 0; n < PLAIN_ENTRIES; n++, start += size) {
		i = (start >> shift) % PLAIN_ENTRIES;
		if (has_bit(m->has, i) && frees(r, start, size))
			m->leaving[i / 64] |= 1ULL << i % 64;
		if (start + size - 1 >= r->end - 1)
			return;
	}
}

/**
 * plain_mm_leave() - one of the entries whose tables are freed is removed
 * @m: the address space
 *
 * Return: the lowest index, as the kernel goes upwards; or -1: there is none.
 */
int plain_mm_leave(struct plain_mm *m)
{
	unsigned int i;

	for (i = 0; i < PLAIN_ENTRIES && !has_bit(m->leaving, i); i++)
		;
	if (i == PLAIN_ENTRIES)
		return -1;
	m->leaving[i / 64] &= ~(1ULL << i % 64);
	m->has[i / 64] &= ~(1ULL << i % 64);
	return i;
}
