/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A compact trace that is read.
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include <stddef.h>

#include "format.h"

/**
 * struct trace_file - a compact trace in memory
 * @name: of the file
 * @header: checked
 * @record: @header.records of them, checked one by one by trace_file_check()
 * @map: the mapping
 * @bytes: its length
 */
struct trace_file {
	const char *name;
	struct replay_header header;
	const struct replay_record *record;
	void *map;
	size_t bytes;
};

int trace_file_open(struct trace_file *t, const char *name);
int trace_file_use(struct trace_file *t, const char *name, void *map, size_t bytes);
int trace_file_check(const struct trace_file *t);
void trace_file_close(struct trace_file *t);

#endif
