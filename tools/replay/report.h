/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a replay prints.
 */
#ifndef REPORT_H
#define REPORT_H

#include "play.h"

void report_head(const struct trace_file *t, unsigned int cpus, unsigned int copies,
		 bool cycles);
void report_row(const struct pgdm_policy *policy, bool ran, const struct play_result *count,
		const struct play_result *hot, const struct play_result *cold);
void report_stats(const struct pgdm_policy *policy, const struct play_result *count,
		  const struct play_result *hot, const struct play_result *cold);
void report_speed(const struct play_setup *setup, const struct play_result *count);
int report_check(const struct play_result *count);
void report_tail(const struct trace_file *t, bool cycles);

#endif
