/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The buckets of the registry's hash: for the registry's own files.
 */
#ifndef _PGDM_REGISTRY_BUCKETS_H
#define _PGDM_REGISTRY_BUCKETS_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/spinlock.h>

/*
 * A lock a bucket: mms that are born and die at the same time wait for one
 * another only if their roots fall into the same bucket. No thread ever holds two
 * of these locks, or waits for a CPU with one held.
 */
struct pgdm_bucket {
	struct hlist_head entries;	/* lock to change, RCU to walk */
	spinlock_t lock;
};

extern struct pgdm_bucket *pgdm_registry_buckets;
extern unsigned int pgdm_registry_bucket_bits;

static inline struct pgdm_bucket *pgdm_registry_bucket(unsigned long root)
{
	return &pgdm_registry_buckets[hash_long(root >> PAGE_SHIFT,
						pgdm_registry_bucket_bits)];
}

#define pgdm_for_each_bucket(b) \
	for (b = pgdm_registry_buckets; \
	     b < pgdm_registry_buckets + (1UL << pgdm_registry_bucket_bits); b++)

#endif
