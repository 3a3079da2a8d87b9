/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Proving that the hooks fire: see prove.c.
 */
#ifndef _PGDM_PROVE_H
#define _PGDM_PROVE_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct mm_struct;

DECLARE_STATIC_KEY_FALSE(pgdm_prove_key);

/**
 * enum pgdm_seen - what a hook was seen to notice; bits
 * @PGDM_SEEN_HERE: what the acting thread did itself
 * @PGDM_SEEN_THERE: what it had another CPU do
 * @PGDM_SEEN_ADDED: a root entry made, with the right place and value
 * @PGDM_SEEN_REMOVED: the same entry removed
 */
enum pgdm_seen {
	PGDM_SEEN_HERE		= 1,
	PGDM_SEEN_THERE		= 2,
	PGDM_SEEN_ADDED		= 4,
	PGDM_SEEN_REMOVED	= 8,
};

/**
 * pgdm_prove_is_on() - shall hooks note that they were seen?
 *
 * Context: any.
 */
static __always_inline bool pgdm_prove_is_on(void)
{
	return static_branch_unlikely(&pgdm_prove_key);
}

unsigned int pgdm_prove_who(void);
unsigned int pgdm_prove_write(unsigned long word, u64 value);
unsigned int pgdm_prove_removed(const struct mm_struct *mm);
bool pgdm_prove_has_there(void);
int pgdm_prove(void);

#endif
