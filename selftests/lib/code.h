/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's code: where in a function an instruction stands. */
#ifndef _PGDM_CODE_H
#define _PGDM_CODE_H

#include <stddef.h>

/**
 * pgdm_code_place() - find an instruction in a kernel function
 * @function: its name
 * @bytes: of the instruction: its opcode, without prefixes
 * @len: how many
 *
 * The code is read as it is now, with its alternatives put in. The process dies where
 * the function has no such bytes in its first 256. A kprobe can only be set where an
 * instruction begins, so that other bytes which look the same do not pass.
 *
 * Return: FUNCTION+OFFSET, as pgdm_probe_add() takes it, in a buffer of its own.
 */
const char *pgdm_code_place(const char *function, const unsigned char *bytes,
			    size_t len);

#endif
