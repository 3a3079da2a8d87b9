/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which CPU walks a table that is about to be freed.
 */
#ifndef _PGDM_OFFENDER_H
#define _PGDM_OFFENDER_H

#include <port.h>

struct pgdm_primary;

/**
 * struct pgdm_flushed - the flush that has just returned
 * @receives: does the kernel send this CPU the mm's flushes, now?
 * @is_late: has a CPU that is leaving had its time? Asked again and again
 */
struct pgdm_flushed {
	bool (*receives)(const struct pgdm_flushed *f, unsigned int cpu);
	bool (*is_late)(const struct pgdm_flushed *f);
};

int pgdm_offender_find(const struct pgdm_flushed *f,
		       const struct pgdm_primary *p, u64 phys);

#endif
