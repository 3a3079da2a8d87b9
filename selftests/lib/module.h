/* SPDX-License-Identifier: GPL-2.0 */
/* The module: found, loaded and unloaded. */
#ifndef _PGDM_MODULE_H
#define _PGDM_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * pgdm_find_module() - look for the module's file
 * @seeded: the build with seeded bugs
 * @path: set to the path, also of what could not be read
 * @size: of @path
 *
 * It is what PGDM_KO (PGDM_SEEDED_KO) names; else what was built beside the programs for
 * the running kernel; else, but for the seeded one, what is installed.
 *
 * Return: can it be read?
 */
bool pgdm_find_module(bool seeded, char *path, size_t size);

/**
 * pgdm_load_build() - load one of the two builds
 * @params: parameters, or NULL; those of PGDM_PARAMS come before them
 * @seeded: the build with seeded bugs
 *
 * Return: 0; ENOENT when there is no such file; else the errno of finit_module(2).
 */
int pgdm_load_build(const char *params, bool seeded);

/**
 * pgdm_unload() - unload the module, if nothing uses it
 *
 * Return: 0, or the errno of delete_module(2).
 */
int pgdm_unload(void);

/**
 * pgdm_load_helper() - load a module of selftests/modules/
 * @name: its name
 *
 * It is the one that was built beside the programs for the running kernel.
 *
 * Return: 0; ENOENT when there is no such file; else the errno of finit_module(2).
 */
int pgdm_load_helper(const char *name);

/**
 * pgdm_unload_helper() - unload such a module
 * @name: its name
 *
 * Return: 0, or the errno of delete_module(2).
 */
int pgdm_unload_helper(const char *name);

/**
 * pgdm_is_loaded() - is the module loaded?
 *
 * Return: is it there, or about to come or to go?
 */
bool pgdm_is_loaded(void);

#endif
