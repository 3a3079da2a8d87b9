/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The address spaces that were born in a recording made without the module, and which
 * entries their roots have.
 */
#ifndef PLAIN_MMS_H
#define PLAIN_MMS_H

#include <stdbool.h>
#include <stdint.h>

#define PLAIN_ENTRIES	512
#define PLAIN_BUCKETS	1024

/**
 * struct plain_mm - an address space that is alive
 * @next: in the bucket
 * @address: of its struct mm_struct: another one may have it later
 * @id: its number, given once
 * @has: a bit for each entry: it is there
 * @leaving: a bit for each entry: the kernel is about to remove it
 */
struct plain_mm {
	struct plain_mm *next;
	uint64_t address;
	uint64_t id;
	uint64_t has[PLAIN_ENTRIES / 64];
	uint64_t leaving[PLAIN_ENTRIES / 64];
};

/**
 * struct plain_mms - all that are alive
 * @bucket: by address
 * @born: so many were born, also their highest number
 */
struct plain_mms {
	struct plain_mm *bucket[PLAIN_BUCKETS];
	uint64_t born;
};

/**
 * struct plain_range - arguments of free_pgd_range()
 * @addr: page tables are freed from here on,
 * @end: up to here,
 * @floor: unless they have something below this,
 * @ceiling: or from this on; 0: the end of memory
 */
struct plain_range {
	uint64_t addr;
	uint64_t end;
	uint64_t floor;
	uint64_t ceiling;
};

struct plain_mm *plain_mms_find(const struct plain_mms *mms, uint64_t address);
struct plain_mm *plain_mms_add(struct plain_mms *mms, uint64_t address);
void plain_mms_remove(struct plain_mms *mms, uint64_t address);
void plain_mms_free(struct plain_mms *mms);
bool plain_mm_enter(struct plain_mm *m, unsigned int index);
void plain_mm_will_free(struct plain_mm *m, const struct plain_range *r, unsigned int shift);
int plain_mm_leave(struct plain_mm *m);

#endif
