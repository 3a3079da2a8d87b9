/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bringing a whole mirror up to date: every entry, or every one that is marked.
 */
#ifndef _PGDM_SYNC_WHOLE_H
#define _PGDM_SYNC_WHOLE_H

#include "mirror.h"

bool pgdm_sync_writers_store(void);
void pgdm_sync_full(struct pgdm_mirror *m, struct pgdm_primary *p,
		    struct pgdm_copied *done);
void pgdm_sync_first(struct pgdm_mirror *m, struct pgdm_primary *p,
		     struct pgdm_copied *done);
void pgdm_sync_again(struct pgdm_mirror *m, struct pgdm_primary *p,
		     struct pgdm_copied *done);

#endif
