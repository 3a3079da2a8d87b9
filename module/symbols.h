/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel symbols that are not exported, resolved when the module loads.
 */
#ifndef _PGDM_SYMBOLS_H
#define _PGDM_SYMBOLS_H

struct tracepoint;

/* What each is for: kernel_mm.c, kernel_calls.c, paravirt.c, ftrace.c. */
enum pgdm_symbol {
	PGDM_SYMBOL_INIT_MM,
	PGDM_SYMBOL_EFI_MM,
	PGDM_SYMBOL_POKING_MM,
	PGDM_SYMBOL_NATIVE_FLUSH,
	PGDM_SYMBOL_NATIVE_ALL,
	PGDM_SYMBOL_NATIVE_ONE,
	PGDM_SYMBOL_FLUSH_MM,
	PGDM_SYMBOL_CANCEL_WORK,
	PGDM_SYMBOL_FTRACE_DISABLED,
	PGDM_SYMBOL_LAST_CTX,
	PGDM_SYMBOL_MM_ALLOC,
	PGDM_SYMBOL_MMAP_LAYOUT,
	PGDM_NR_SYMBOLS,
};

int pgdm_symbols_init(void);
void *pgdm_symbol(enum pgdm_symbol which);
unsigned long pgdm_symbols_address(const char *name);
struct tracepoint *pgdm_symbols_tracepoint(const char *name);

#endif
