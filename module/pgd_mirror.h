/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel API of pgd-mirror, for other modules.
 */
#ifndef _PGD_MIRROR_H
#define _PGD_MIRROR_H

#include <linux/types.h>

struct mm_struct;

/**
 * struct pgdm_mm_state - what is known of a tracked mm
 * @id: its number in trace events, never reused
 * @seq: user-half changes of its root published so far
 * @kernel_seq: kernel-half changes so far
 * @mirrors: how many CPUs have a mirror of it
 */
struct pgdm_mm_state {
	u64 id;
	u64 seq;
	u64 kernel_seq;
	unsigned int mirrors;
};

int pgdm_track_mm(struct mm_struct *mm);
int pgdm_untrack_mm(struct mm_struct *mm);
int pgdm_read_mm(struct mm_struct *mm, struct pgdm_mm_state *state);

#endif
