/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The writer: a root write becomes a record, and reaches the mirrors.
 */
#ifndef _PGDM_WRITE_H
#define _PGDM_WRITE_H

#include <port.h>

struct pgdm_primary;
struct pgdm_stats;
struct pgdm_write;

void pgdm_write_init(struct pgdm_write *w, unsigned int index, u64 value,
		     bool pair, bool user_page, bool nx);
u64 pgdm_write_publish(struct pgdm_primary *p, const struct pgdm_write *w,
		       struct pgdm_stats *stats);
u64 pgdm_write_stored(struct pgdm_primary *p, const struct pgdm_write *w,
		      struct pgdm_stats *stats);

#endif
