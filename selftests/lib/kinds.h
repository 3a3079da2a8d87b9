/* SPDX-License-Identifier: GPL-2.0 */
/* Kinds of machine, by what the module hooks there. */
#ifndef _PGDM_KINDS_H
#define _PGDM_KINDS_H

#include <stdbool.h>

/* Levels of page tables, and how the module notices root writes (hooks=). */
enum {
	PGDM_4_LEVELS	= 1,
	PGDM_5_LEVELS	= 2,
	PGDM_BY_SET_PGD	= 4,
	PGDM_BY_PTI	= 8,
	PGDM_BY_TABLES	= 16,
};

/**
 * pgdm_kinds_here() - what the machine is, and what the module does on it
 *
 * Where the module is not loaded, it is loaded to be asked, and unloaded. The process
 * dies where that fails.
 *
 * Return: one of each sort.
 */
unsigned int pgdm_kinds_here(void);

/**
 * pgdm_is_kind() - is something to be found here?
 * @here: of pgdm_kinds_here()
 * @where: kinds, of each sort any number; of a sort that is not named any will do
 */
bool pgdm_is_kind(unsigned int here, unsigned int where);

#endif
