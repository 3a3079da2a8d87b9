// SPDX-License-Identifier: GPL-2.0
/*
 * Failures on demand: their module parameters.
 */
#include "inject.h"

#ifdef PGDM_SEEDED_BUGS

#include <linux/moduleparam.h>
#include <linux/string.h>

static int fail_at;
module_param(fail_at, int, 0600);
MODULE_PARM_DESC(fail_at, "Let the n-th allocation from now on fail; 0: none (default 0)");

static unsigned int instances;
module_param(instances, uint, 0400);
MODULE_PARM_DESC(instances, "Tasks that a probe on a return can follow; 0: as many as usual (default 0)");

static char *hide;
module_param(hide, charp, 0400);
MODULE_PARM_DESC(hide, "Treat this kernel symbol as missing (default none)");

static char *deaf;
module_param(deaf, charp, 0400);
MODULE_PARM_DESC(deaf, "Let the hook of this symbol never fire (default none)");

static char fail_check[32];
module_param_string(fail_check, fail_check, sizeof(fail_check), 0600);
MODULE_PARM_DESC(fail_check, "Treat this condition of loading, or of preflight, as not met (default none)");

/**
 * pgdm_inject_failure() - shall this allocation fail?
 *
 * Context: any but NMI.
 */
bool pgdm_inject_failure(void)
{
	int n = READ_ONCE(fail_at);

	if (n <= 0)
		return false;
	WRITE_ONCE(fail_at, n - 1);
	return n == 1;
}

/**
 * pgdm_inject_instances() - how many tasks shall a probe on a return follow?
 * @usual: as many as in other builds
 */
int pgdm_inject_instances(int usual)
{
	return instances ? instances : usual;
}

/**
 * pgdm_inject_hidden() - shall this symbol be treated as missing?
 * @symbol: its name
 */
bool pgdm_inject_hidden(const char *symbol)
{
	return hide && !strcmp(hide, symbol);
}

/**
 * pgdm_inject_deaf() - shall the hook of this symbol never fire?
 * @symbol: its name
 */
bool pgdm_inject_deaf(const char *symbol)
{
	return deaf && !strcmp(deaf, symbol);
}

/**
 * pgdm_inject_unmet() - shall this condition be treated as not met?
 * @check: its name, as preflight prints it; or a name that only loading uses
 */
bool pgdm_inject_unmet(const char *check)
{
	return sysfs_streq(fail_check, check);
}

#endif
