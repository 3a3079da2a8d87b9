// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel symbols that are not exported, resolved when the module loads.
 *
 * kallsyms_lookup_name() is not exported either (since 5.7); registering a kprobe
 * on it gives its address.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "symbols.h"

#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "ftrace.h"
#include "inject.h"

static struct {
	const char *name;
	bool required;
	const char *later;	/* its name in later kernels */
	void *address;
} symbols[PGDM_NR_SYMBOLS] = {
	[PGDM_SYMBOL_INIT_MM]	= { "init_mm", true },
	[PGDM_SYMBOL_EFI_MM]	= { "efi_mm", false },
	[PGDM_SYMBOL_POKING_MM]	= { "poking_mm", false, "text_poke_mm" },
	[PGDM_SYMBOL_NATIVE_FLUSH] = { "native_flush_tlb_multi", false },
	[PGDM_SYMBOL_NATIVE_ALL] = { "native_flush_tlb_local", false },
	[PGDM_SYMBOL_NATIVE_ONE] = { "native_flush_tlb_one_user", false },
	[PGDM_SYMBOL_FLUSH_MM]	= { "flush_tlb_mm_range", false },
	[PGDM_SYMBOL_CANCEL_WORK] = { "task_work_cancel_match", false },
	[PGDM_SYMBOL_FTRACE_DISABLED] = { "ftrace_disabled", true },
	[PGDM_SYMBOL_LAST_CTX]	= { "last_mm_ctx_id", false },
	[PGDM_SYMBOL_MM_ALLOC]	= { "mm_alloc", true },
	[PGDM_SYMBOL_MMAP_LAYOUT] = { "arch_pick_mmap_layout", true },
};

static unsigned long look_up_nothing(const char *name)
{
	return 0;
}

/* kallsyms_lookup_name(), a direct call: see kernel_calls.c. */
DEFINE_STATIC_CALL(pgdm_look_up, look_up_nothing);

/*
 * With indirect branch tracking the address of a kprobe lies behind the ENDBR, where a
 * direct call may go as well.
 */
static bool find_lookup(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	void *found;

	if (register_kprobe(&kp))
		return false;
	found = kp.addr;
	unregister_kprobe(&kp);
	static_call_update(pgdm_look_up, found);
	return true;
}

static void *look_up(const char *name)
{
	return (void *)static_call(pgdm_look_up)(name);
}

/**
 * pgdm_symbols_init() - resolve the table
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT when a required symbol is missing; its name was logged.
 */
int pgdm_symbols_init(void)
{
	unsigned int i;

	if (!find_lookup()) {
		pr_err("missing symbol kallsyms_lookup_name: needs CONFIG_KPROBES and CONFIG_KALLSYMS\n");
		return -ENOENT;
	}
	for (i = 0; i < PGDM_NR_SYMBOLS; i++) {
		if (!pgdm_inject_hidden(symbols[i].name))
			symbols[i].address = look_up(symbols[i].name);
		if (!symbols[i].address && symbols[i].later)
			symbols[i].address = look_up(symbols[i].later);
		if (symbols[i].required && !symbols[i].address) {
			pr_err("missing symbol %s: needs CONFIG_KALLSYMS_ALL\n",
			       symbols[i].name);
			return -ENOENT;
		}
	}
	pgdm_ftrace_disabled = symbols[PGDM_SYMBOL_FTRACE_DISABLED].address;
	return 0;
}

/**
 * pgdm_symbols_address() - where a function begins
 * @name: its name
 *
 * Context: may sleep; after pgdm_symbols_init().
 * Return: its address, or 0 when there is none of that name.
 */
unsigned long pgdm_symbols_address(const char *name)
{
	return static_call(pgdm_look_up)(name);
}

/**
 * pgdm_symbol() - where one of the table's symbols is
 * @which: which
 *
 * Context: any, after pgdm_symbols_init().
 * Return: its address, or NULL where this kernel has none.
 */
void *pgdm_symbol(enum pgdm_symbol which)
{
	return symbols[which].address;
}

struct search {
	const char *name;
	struct tracepoint *found;
};

static void match(struct tracepoint *tp, void *arg)
{
	struct search *s = arg;

	if (!strcmp(tp->name, s->name))
		s->found = tp;
}

/**
 * pgdm_symbols_tracepoint() - find one of the kernel's tracepoints
 * @name: without its group
 *
 * Return: the tracepoint, or NULL.
 */
struct tracepoint *pgdm_symbols_tracepoint(const char *name)
{
	struct search s = { .name = name };

	for_each_kernel_tracepoint(match, &s);
	return s.found;
}
