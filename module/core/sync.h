/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bringing one mirror up to date: the ways there are, and the verbs of policies. (A
 * whole mirror: sync_whole.h.)
 */
#ifndef _PGDM_SYNC_H
#define _PGDM_SYNC_H

#include "mirror.h"
#include "policy.h"
#include "sync_whole.h"

void pgdm_sync_dirty(struct pgdm_mirror *m, struct pgdm_primary *p,
		     struct pgdm_copied *done);
void pgdm_sync_entry(struct pgdm_mirror *m, struct pgdm_primary *p,
		     unsigned int index, struct pgdm_copied *done);

pgdm_verb_t pgdm_sync_nothing, pgdm_sync_all, pgdm_sync_changes,
	    pgdm_sync_entry_if_lacking, pgdm_sync_all_if_behind,
	    pgdm_sync_all_if_lacking;

#endif
