/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is it true that a function does not look at some memory?
 */
#ifndef OUT_OF_REACH_H
#define OUT_OF_REACH_H

#include <stdbool.h>
#include <stddef.h>

bool out_of_reach_is_well(size_t bytes, bool (*act)(void *out_of_reach));

#endif
