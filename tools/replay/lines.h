/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of perf script, trace-cmd report and of tracefs become events.
 */
#ifndef LINES_H
#define LINES_H

#include "event.h"

int lines_read(struct events *all, unsigned long line, char *text);
void lines_end(struct events *all);

#endif
