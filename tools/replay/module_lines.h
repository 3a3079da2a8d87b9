/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of the module's own events become events.
 */
#ifndef MODULE_LINES_H
#define MODULE_LINES_H

#include "line.h"

extern const struct line_reader module_lines[];

#endif
