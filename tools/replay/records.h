/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events in order become records.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include "order.h"

/**
 * struct records - the compact trace
 * @header: complete
 * @record: header.records of them
 * @untracked: mms that were there before the recording began
 */
struct records {
	struct replay_header header;
	struct replay_record *record;
	unsigned long untracked;
};

int records_make(struct records *r, const struct events *all, const struct order *order);
void records_free(struct records *r);

#endif
