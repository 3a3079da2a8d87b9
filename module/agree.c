// SPDX-License-Identifier: GPL-2.0
/*
 * Do all roots have the same kernel half, but for the entries that each mm has for
 * itself? Then a mirror that changes hands needs no copy of it (M3, core/common.h).
 *
 * That is compared, and not believed: when an mm is tracked that exists already, and
 * after each kernel-half write that was counted. The kernel writes init_mm's root
 * first and the others later, so a comparison in between fails, and the writes of the
 * others ask for the next one. Until one succeeds, and where none does, kernel
 * halves are compared in full with each first copy.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "agree.h"

#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "core/bug.h"
#include "core/common.h"
#include "core/primary.h"
#include "kernel_half.h"
#include "registry_walk.h"
#include "symbols.h"

static DEFINE_MUTEX(agree_mutex);

/* What was found last, for the log; agree_mutex. */
static struct {
	u64 id;
	unsigned int page;
	unsigned int index;
} other;

/* init_mm's pair of tables lies as each other one. */
static bool is_as_init(struct pgdm_primary *p, const void *unused)
{
	struct mm_struct *init = pgdm_symbol(PGDM_SYMBOL_INIT_MM);
	const u64 *table = (const u64 *)init->pgd;
	unsigned int page, i;

	for (page = 0; page < p->pages; page++)
		for (i = PGDM_USER_ENTRIES; i < PGDM_ENTRIES; i++) {
			u64 word = READ_ONCE(table[page * PGDM_ENTRIES + i]);

			if (pgdm_entry_same(READ_ONCE(p->page[page][i]), word) ||
			    pgdm_common_is_own(i))
				continue;
			other.id = p->id;
			other.page = page;
			other.index = i;
			return false;
		}
	return true;
}

/**
 * pgdm_agree_wait_and_compare() - let all writers store, and compare
 *
 * A writer that was counted before has stored after a grace period of RCU tasks: it
 * does not sleep in between (A1). One that is counted later makes the result void.
 *
 * Context: process; sleeps.
 */
void pgdm_agree_wait_and_compare(void)
{
	unsigned long epoch;
	u64 writes;

	mutex_lock(&agree_mutex);
	writes = pgdm_common_writes();
	if (!pgdm_bug(attach_early))
		synchronize_rcu_tasks();
	epoch = pgdm_epoch_complete();
	if (pgdm_registry_all(is_as_init, NULL)) {
		pgdm_common_agree(writes, epoch);
	} else {
		pgdm_common_disagree();
		pr_info_once("kernel halves differ (mm %llu, page %u, entry %u): first copies compare them in full until they agree\n",
			     other.id, other.page, other.index);
	}
	mutex_unlock(&agree_mutex);
}

/**
 * pgdm_agree_init() - answer when kernel halves were written
 *
 * Context: before any hook is in.
 */
void pgdm_agree_init(void)
{
	pgdm_bell_init(&pgdm_kernel_half_written, NULL,
		       pgdm_agree_wait_and_compare);
}

/**
 * pgdm_agree_exit() - wait for what is under way
 *
 * No hook is in. Context: may sleep.
 */
void pgdm_agree_exit(void)
{
	pgdm_bell_sync(&pgdm_kernel_half_written);
}
