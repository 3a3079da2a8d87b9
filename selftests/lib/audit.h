/* SPDX-License-Identifier: GPL-2.0 */
/* The module's audit: every mirror compared with its primary. */
#ifndef _PGDM_AUDIT_H
#define _PGDM_AUDIT_H

/**
 * struct pgdm_audit - what one audit found
 * @on_primary: CPUs that are live, have a mirror loaded, and are off it
 * @stale: entries that were published and not yet synced
 * @mirrors: mirrors that were looked at
 * @entries: words that were compared
 * @violations: differences that no publication explains
 * @text: the whole file, cut
 */
struct pgdm_audit {
	unsigned int on_primary;
	unsigned long stale;
	unsigned long mirrors;
	unsigned long entries;
	unsigned long violations;
	char text[4096];
};

/**
 * pgdm_audit() - have the module audit all mirrors
 *
 * What it finds is added to the counter "violations" too. The process dies when the
 * file is not of the known form.
 *
 * Return: what it found.
 */
struct pgdm_audit pgdm_audit(void);

#endif
