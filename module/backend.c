// SPDX-License-Identifier: GPL-2.0
/*
 * The back ends: by which of the kernel's functions are root writes noticed?
 *
 * set_pgd	native_set_p4d(), with 5 levels native_set_pgd(). Functions where the kernel
 *		was built with PARAVIRT_XXL, which Xen PV guests need and distributions
 *		set; elsewhere they are inlined at each writer, and a copy that nobody calls
 *		may be left over. Told before the kernel stores.
 * pti		__pti_set_user_pgtbl(), which each root write goes through where PTI is on,
 *		with the same arguments and also before the kernel stores. With 5 levels,
 *		too: it is given root entries alone.
 * tables	What allocates and frees the tables below a root, and what brings the kernel
 *		halves up to date. Told after the kernel has stored (W5, core/stored.h).
 *		Not with PTI: the entry of an LDT in the user table of a pair is written by
 *		none of them.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "backend.h"

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/cpufeature.h>

static bool has_pti(void)
{
	return boot_cpu_has(X86_FEATURE_PTI);
}

static bool has_set_pgd(void)
{
	return IS_ENABLED(CONFIG_PARAVIRT_XXL);
}

static bool has_no_pti(void)
{
	return !has_pti();
}

/* In the order in which they are tried. */
static const struct backend {
	const char *name;
	bool (*usable)(void);
	const char *needs;
} backends[] = {
	{ "set_pgd", has_set_pgd, "a kernel with CONFIG_PARAVIRT_XXL" },
	{ "pti", has_pti, "page table isolation to be on (boot with pti=on)" },
	{ "tables", has_no_pti, "page table isolation to be off (boot with pti=off)" },
};

enum { SET_PGD, PTI, TABLES };

static const struct backend *used = &backends[SET_PGD];

/**
 * pgdm_backend_is_set_pgd() - are the kernel's writers hooked themselves?
 *
 * Constant after pgdm_backend_choose(), as the next two.
 */
bool pgdm_backend_is_set_pgd(void)
{
	return used == &backends[SET_PGD];
}

/**
 * pgdm_backend_is_pti() - is PTI's part of each write hooked?
 */
bool pgdm_backend_is_pti(void)
{
	return used == &backends[PTI];
}

/**
 * pgdm_backend_is_tables() - are hooks told when the kernel has stored? (W5)
 */
bool pgdm_backend_is_tables(void)
{
	return used == &backends[TABLES];
}

/**
 * pgdm_backend_name() - the back end in use, as the parameter hooks names it
 */
const char *pgdm_backend_name(void)
{
	return used->name;
}

static int refuse(const struct backend *b)
{
	pr_err("hooks=%s: needs %s\n", b->name, b->needs);
	return -EOPNOTSUPP;
}

/**
 * pgdm_backend_choose() - the one that the user names, or the first that can be used
 * @hooks: a name, or "auto"
 *
 * Context: process, before any hook is in.
 * Return: 0, -EINVAL for an unknown name, -EOPNOTSUPP when this kernel has not what that
 * back end needs; logged.
 */
int pgdm_backend_choose(const char *hooks)
{
	bool any = !strcmp(hooks, "auto");
	const struct backend *b;

	for (b = backends; b < backends + ARRAY_SIZE(backends); b++) {
		if (!any && strcmp(hooks, b->name))
			continue;
		if (b->usable()) {
			used = b;
			return 0;
		}
		if (!any)
			return refuse(b);
	}
	pr_err("hooks=%s: expected auto, set_pgd, pti or tables\n", hooks);
	return -EINVAL;
}
