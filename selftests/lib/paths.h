/* SPDX-License-Identifier: GPL-2.0 */
/* Where the program is, from which other files are found. */
#ifndef _PGDM_PATHS_H
#define _PGDM_PATHS_H

/**
 * pgdm_program_dir() - the directory of the running program
 *
 * Return: its path, with no slash at the end, in a buffer of its own.
 */
const char *pgdm_program_dir(void);

#endif
