/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The audit: does a mirror follow its primary as closely as it must?
 */
#ifndef _PGDM_AUDIT_H
#define _PGDM_AUDIT_H

#include <port.h>

struct pgdm_mirror;
struct pgdm_primary;

/**
 * enum pgdm_finding - the result of the audit of a mirror
 * @PGDM_AUDIT_OK: follows its primary as closely as the protocol demands
 * @PGDM_AUDIT_BUSY: a writer is under way; ask again
 * @PGDM_AUDIT_VIOLATION: differs where nothing was published, or lacks a mark
 */
enum pgdm_finding {
	PGDM_AUDIT_OK,
	PGDM_AUDIT_BUSY,
	PGDM_AUDIT_VIOLATION,
};

/**
 * struct pgdm_audit - the result for one mirror
 * @entries: words compared
 * @stale: words that differ, and are published but not yet synced
 * @violations: words that differ without excuse, and words that are not zero
 *	and not marked (M1, M2)
 * @unmarked: is the first violation a mark that is lacking?
 * @page: of the first violation, and so the next three
 * @index: of the first violation
 * @mirror: the word in the mirror
 * @primary: the word in the primary
 */
struct pgdm_audit {
	unsigned int entries;
	unsigned int stale;
	unsigned int violations;
	bool unmarked;
	unsigned int page;
	unsigned int index;
	u64 mirror;
	u64 primary;
};

enum pgdm_finding pgdm_audit_mirror(const struct pgdm_mirror *m,
				    const struct pgdm_primary *p, u64 since,
				    struct pgdm_audit *found);

#endif
