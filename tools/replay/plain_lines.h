/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of a recording made without the module become events.
 */
#ifndef PLAIN_LINES_H
#define PLAIN_LINES_H

#include "line.h"

extern const struct line_reader plain_lines[];

void plain_lines_end(struct events *all);
void plain_lines_free(struct events *all);

#endif
