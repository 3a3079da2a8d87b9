// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "die.h"
#include "files.h"

struct pgdm_audit pgdm_audit(void)
{
	struct pgdm_audit a = {};
	const char *text = pgdm_read("audit");
	const char *on_primary = strstr(text, "on_primary ");
	const char *stale = strstr(text, "stale ");
	const char *sum = strstr(text, "audited ");

	snprintf(a.text, sizeof(a.text), "%s", text);
	if (!on_primary || !stale || !sum ||
	    sscanf(on_primary, "on_primary %u ", &a.on_primary) != 1 ||
	    sscanf(stale, "stale %lu ", &a.stale) != 1 ||
	    sscanf(sum, "audited %lu mirrors, %lu entries, %lu violations\n",
		   &a.mirrors, &a.entries, &a.violations) != 3)
		pgdm_die("the audit says: %s", text);
	return a;
}
