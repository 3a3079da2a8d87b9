// SPDX-License-Identifier: GPL-2.0
/*
 * The seeded bugs of core/bug.h: each scenario goes well without its bug, and
 * is seen to fail with it, by a comparison, the audit or the oracle.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bug.h"
#include "cr3.h"
#include "pause.h"
#include "unit.h"
#include "world.h"

static struct world *w;
static struct pgdm_primary *p;
static struct pgdm_mirror *m;

static void start(unsigned int pages)
{
	w = world_create(2, 2, 3, pages);
	p = w->primary[0];
	m = world_switch(w, 0, 0);
}

/* What each judge says of CPU 0's mirror of primary 0. */
static bool comparison_is_content(void)
{
	return !world_differences(m, p);
}

static bool audit_is_content(void)
{
	struct pgdm_audit found;

	return world_audit(w, 0, &found) == PGDM_AUDIT_OK;
}

static bool oracle_is_content(u64 entry)
{
	return world_find_reaching(p, entry & PGDM_ENTRY_ADDR) < 0;
}

static bool end(bool well)
{
	world_destroy(w);
	pause_action = NULL;
	return well;
}

/* The scenario must go well without the bug, and must not with it. */
static bool is_detected(enum pgdm_bug bug, bool (*scenario)(void))
{
	bool without, with;

	pgdm_bugs = 0;
	without = scenario();
	pgdm_bugs = BIT(bug);
	with = scenario();
	pgdm_bugs = 0;
	CHECK(without);
	CHECK(!with);
	return true;
}

static void flush_on_0(void)
{
	world_flush(w, 0);
}

static void write_on_1(void)
{
	world_write(w, 1, 0, 20, ENTRY(20));
}

static void kernel_write_on_1(void)
{
	world_write(w, 1, 0, 300, ENTRY(2));
}

/*
 *	writer			owner
 *	publish
 *				sync: copies the old entry
 *	store			... and nothing tells it of the new one
 */
static bool a_sync_between_publish_and_store(void)
{
	start(2);
	pause_action = flush_on_0;
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool a_sync_between_publish_and_store_audited(void)
{
	start(2);
	pause_action = flush_on_0;
	world_write(w, 1, 0, 9, ENTRY(9));
	return end(audit_is_content());
}

static bool publish_first(void)
{
	return is_detected(PGDM_BUG_publish_first,
			   a_sync_between_publish_and_store) &&
	       is_detected(PGDM_BUG_publish_first,
			   a_sync_between_publish_and_store_audited);
}

/*
 * W2. Nothing that belongs to a CPU may be looked at, so that a publication
 * costs the same however many there are: their list is out of reach here. In a
 * process of its own, as a look is the end of it.
 */
static bool a_publication_out_of_reach_of_cpus(void)
{
	const size_t bytes = 4096;
	void *nowhere = mmap(NULL, bytes, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t pid;

	CHECK(nowhere != MAP_FAILED);
	start(2);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		struct pgdm_cache *c = w->cache[1];
		struct pgdm_write write;

		signal(SIGSEGV, SIG_DFL);
		pgdm_write_init(&write, 9, ENTRY(9), true, false, true);
		pgdm_engine.caches = nowhere;
		pgdm_engine.nr_caches = bytes / sizeof(*pgdm_engine.caches);
		pgdm_primary_write(p, &write, &c->stats);
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	munmap(nowhere, bytes);
	return end(WIFEXITED(status) && !WEXITSTATUS(status));
}

/*
 * W2. The mm was never on CPU 1, so nobody looks at that CPU's mirrors: they
 * are out of reach here, in a process of its own as above.
 */
static bool a_cpu_out_of_reach_of_other_mms(void)
{
	void *nowhere = mmap(NULL, sizeof(struct pgdm_cache), PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int status = -1;
	pid_t pid;

	CHECK(nowhere != MAP_FAILED);
	start(1);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		w->cache[1] = nowhere;
		pgdm_engine.policy = &pgdm_policy_eager;
		world_write(w, 0, 0, 9, ENTRY(9));
		world_write(w, 0, 0, 300, ENTRY(9));
		pgdm_engine.policy = &pgdm_policy_flag;
		world_write(w, 0, 0, 10, ENTRY(9));
		if (pgdm_engine_count(p) != 1 || !oracle_is_content(ENTRY(8)))
			_exit(1);
		pgdm_engine_forget(p);
		_exit(m->primary || m->page[0][9] != ENTRY(9) ||
		      m->page[0][300] != ENTRY(9) || !m->flag);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	munmap(nowhere, sizeof(struct pgdm_cache));
	return end(WIFEXITED(status) && !WEXITSTATUS(status));
}

static bool scan_all(void)
{
	return is_detected(PGDM_BUG_scan_all, a_cpu_out_of_reach_of_other_mms);
}

static bool publish_scans(void)
{
	return is_detected(PGDM_BUG_publish_scans,
			   a_publication_out_of_reach_of_cpus);
}

static bool user_half_late(void)
{
	return is_detected(PGDM_BUG_user_half_late,
			   a_sync_between_publish_and_store) &&
	       is_detected(PGDM_BUG_user_half_late,
			   a_sync_between_publish_and_store_audited);
}

static bool a_write(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool a_write_audited(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	return end(audit_is_content());
}

static bool a_removal(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 0, 0);
	m->page[0][9] = ENTRY(9);
	world_write(w, 1, 0, 9, 0);
	world_flush(w, 0);
	return end(oracle_is_content(ENTRY(9)));
}

static bool lost_publish(void)
{
	return is_detected(PGDM_BUG_lost_publish, a_write) &&
	       is_detected(PGDM_BUG_lost_publish, a_write_audited) &&
	       is_detected(PGDM_BUG_lost_publish, a_removal);
}

static bool a_kernel_write(void)
{
	start(2);
	kernel_write_on_1();
	return end(comparison_is_content());
}

static bool a_kernel_write_audited(void)
{
	start(2);
	kernel_write_on_1();
	return end(audit_is_content());
}

static bool no_write_through(void)
{
	return is_detected(PGDM_BUG_no_write_through, a_kernel_write) &&
	       is_detected(PGDM_BUG_no_write_through, a_kernel_write_audited);
}

/*
 *	owner (attach)			writer
 *	reads the mirror: 2, left over
 *	reads the primary: 1
 *					primary := 2, kernel_seq++
 *					mirror := 2
 *	exchanges 2 for 1: succeeds
 *	kernel_seq has changed: again
 */
static bool a_kernel_write_in_a_first_copy(void)
{
	unsigned int i;

	w = world_create(2, 2, 3, 1);
	p = w->primary[0];
	p->page[0][300] = ENTRY(1);
	for (i = 0; i < 2; i++)
		w->cache[0]->mirror[i].page[0][300] = ENTRY(2);
	pause_action = kernel_write_on_1;
	m = world_switch(w, 0, 0);
	return end(comparison_is_content());
}

static bool no_kernel_repeat(void)
{
	return is_detected(PGDM_BUG_no_kernel_repeat,
			   a_kernel_write_in_a_first_copy);
}

/*
 *	owner				writer
 *	reads sequence, copies
 *					store, publish
 *	records the sequence as it is now
 */
static bool a_write_in_a_dirty_sync(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	pause_action = write_on_1;
	world_flush(w, 0);
	if (pause_action)
		write_on_1();
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool a_write_in_a_full_sync(void)
{
	start(1);
	pgdm_engine.policy = &pgdm_policy_always;
	pause_action = write_on_1;
	world_flush(w, 0);
	if (pause_action)
		write_on_1();
	return end(audit_is_content());
}

static bool late_sequence(void)
{
	return is_detected(PGDM_BUG_late_sequence, a_write_in_a_dirty_sync) &&
	       is_detected(PGDM_BUG_late_sequence, a_write_in_a_full_sync);
}

/* W4: the entry is replaced, and the CPU walks in the middle. */
static bool walked_through_zero;

static void walk_on_0(void)
{
	walked_through_zero |= !READ_ONCE(m->page[0][9]);
}

static bool a_walk_in_a_sync(void)
{
	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	world_write(w, 1, 0, 9, ENTRY(10));
	walked_through_zero = false;
	pause_action = walk_on_0;
	world_flush(w, 0);
	return end(!walked_through_zero);
}

static bool through_zero(void)
{
	return is_detected(PGDM_BUG_through_zero, a_walk_in_a_sync);
}

/*
 * S2: removed while the CPU is elsewhere, and not in mm_cpumask: no flush
 * comes, the switch has to bring it.
 */
static bool a_removal_while_away(void)
{
	struct pgdm_audit found;
	enum pgdm_finding finding;
	u64 since;

	start(1);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	world_switch(w, 0, 1);
	world_write(w, 1, 0, 9, 0);
	since = pgdm_primary_seq(p);
	m = world_switch(w, 0, 0);
	finding = pgdm_mirror_audit(m, p, since, &found);
	return end(finding == PGDM_AUDIT_OK && oracle_is_content(ENTRY(9)));
}

static bool early_switch_sync(void)
{
	return is_detected(PGDM_BUG_early_switch_sync, a_removal_while_away);
}

/* L3: the user half is in both tables of a pair. */
static bool a_write_to_a_pair(void)
{
	start(2);
	world_write(w, 1, 0, 9, ENTRY(9));
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool kernel_page_only(void)
{
	return is_detected(PGDM_BUG_kernel_page_only, a_write_to_a_pair);
}

/* C1: PCID 0x83, and LAM's two bits; the address is all that changes. */
static bool a_steering_keeps_the_rest(void)
{
	const u64 mask = 0x000ffffffffff000ULL, rest = 3ULL << 61 | 0x083;

	return pgdm_cr3_with_root(0x1234000 | rest, mask, 0x5678000, true) ==
		       (0x5678000 | rest | PGDM_CR3_NOFLUSH) &&
	       pgdm_cr3_with_root(0x1234000 | rest, mask, 0x5678000, false) ==
		       (0x5678000 | rest);
}

static bool whole_cr3(void)
{
	return is_detected(PGDM_BUG_whole_cr3, a_steering_keeps_the_rest);
}

static bool a_flushed_removal(const struct pgdm_policy *policy)
{
	start(2);
	pgdm_engine.policy = policy;
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 0, 0);
	world_write(w, 1, 0, 9, 0);
	world_flush(w, 0);
	return end(oracle_is_content(ENTRY(9)));
}

static bool a_flushed_removal_under_always(void)
{
	return a_flushed_removal(&pgdm_policy_always);
}

static bool a_flushed_removal_under_dirty(void)
{
	return a_flushed_removal(&pgdm_policy_dirty);
}

static bool skip_flush_sync(void)
{
	return is_detected(PGDM_BUG_skip_flush_sync,
			   a_flushed_removal_under_always) &&
	       is_detected(PGDM_BUG_skip_flush_sync,
			   a_flushed_removal_under_dirty);
}

static bool a_fault(const struct pgdm_policy *policy)
{
	start(2);
	pgdm_engine.policy = policy;
	world_write(w, 1, 0, 9, ENTRY(9));
	world_fault(w, 0, 9);
	return end(!pgdm_mirror_lacks(m, p, 9));
}

static bool a_fault_under_always(void)
{
	return a_fault(&pgdm_policy_always);
}

static bool a_fault_under_dirty(void)
{
	return a_fault(&pgdm_policy_dirty);
}

static bool skip_fault_sync(void)
{
	return is_detected(PGDM_BUG_skip_fault_sync, a_fault_under_always) &&
	       is_detected(PGDM_BUG_skip_fault_sync, a_fault_under_dirty);
}

static bool an_overrun(void)
{
	unsigned int i;

	start(1);
	for (i = 0; i < PGDM_RING + 3; i++)
		world_write(w, 1, 0, i, ENTRY(i + 1));
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool ignore_overrun(void)
{
	return is_detected(PGDM_BUG_ignore_overrun, an_overrun);
}

/* Mirror 0 is loaded, and its turn to be evicted has come. */
static bool an_eviction(void)
{
	const struct pgdm_mirror *left;

	start(1);
	world_switch(w, 0, 1);
	left = world_switch(w, 0, 0);
	world_switch(w, 0, 2);
	return end(left->primary == p && w->cache[0]->loaded != left);
}

static bool evict_loaded(void)
{
	return is_detected(PGDM_BUG_evict_loaded, an_eviction);
}

/* Removals under each of the other policies that copies on a flush receipt. */
static bool a_flushed_removal_under_the_others(void)
{
	unsigned int i;
	bool well = true;

	for (i = 0; i < PGDM_NR_POLICIES; i++) {
		const struct pgdm_policy *policy = pgdm_policies[i];

		well &= a_flushed_removal(policy) ||
			(pgdm_bugs && policy == &pgdm_policy_eager);
	}
	return well;
}

/* With the bug all of them fail, and not just one. */
static bool skip_flush_sync_under_the_others(void)
{
	unsigned int i;

	CHECK(is_detected(PGDM_BUG_skip_flush_sync,
			  a_flushed_removal_under_the_others));
	pgdm_bugs = BIT(PGDM_BUG_skip_flush_sync);
	for (i = 0; i < PGDM_NR_POLICIES; i++)
		CHECK_EQUAL(a_flushed_removal(pgdm_policies[i]),
			    pgdm_policies[i] == &pgdm_policy_eager);
	pgdm_bugs = 0;
	return true;
}

/* flag: the owner copies because of entry 9; 20 comes while it does. */
static bool a_write_in_a_flagged_copy(void)
{
	start(1);
	pgdm_engine.policy = &pgdm_policy_flag;
	world_write(w, 1, 0, 9, ENTRY(9));
	pause_action = write_on_1;
	world_flush(w, 0);
	if (pause_action)
		write_on_1();
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool late_lower(void)
{
	return is_detected(PGDM_BUG_late_lower, a_write_in_a_flagged_copy);
}

/* flag-mm: CPU 1 copies first, and CPU 0 must still find the flag raised. */
static bool a_removal_that_two_cpus_have_to_copy(void)
{
	start(1);
	pgdm_engine.policy = &pgdm_policy_flag_mm;
	world_write(w, 1, 0, 9, ENTRY(9));
	world_switch(w, 1, 0);
	world_switch(w, 0, 0);
	world_write(w, 1, 0, 9, 0);
	world_flush(w, 1);
	world_flush(w, 0);
	return end(oracle_is_content(ENTRY(9)));
}

static bool shared_flag(void)
{
	return is_detected(PGDM_BUG_shared_flag,
			   a_removal_that_two_cpus_have_to_copy);
}

static bool an_addition(const struct pgdm_policy *policy)
{
	start(1);
	pgdm_engine.policy = policy;
	world_add(w, 1, 0, 9, ENTRY(9));
	return end(comparison_is_content());
}

static bool an_addition_under_flag(void)
{
	return an_addition(&pgdm_policy_flag);
}

static bool an_addition_under_carry(void)
{
	return an_addition(&pgdm_policy_carry);
}

static bool no_signal(void)
{
	return is_detected(PGDM_BUG_no_signal, an_addition_under_flag) &&
	       is_detected(PGDM_BUG_no_signal, an_addition_under_carry);
}

/*
 * eager:	writer			owner
 *		scan: no mirror
 *					announce, copy
 *		store, publish		... and nobody stores into the mirror
 */
static void attach_on_0(void)
{
	m = world_switch(w, 0, 0);
}

static bool an_attach_in_a_write(void)
{
	w = world_create(2, 2, 3, 1);
	p = w->primary[0];
	pgdm_engine.policy = &pgdm_policy_eager;
	pause_action = attach_on_0;
	world_write(w, 1, 0, 9, ENTRY(9));
	if (pause_action)
		attach_on_0();
	return end(comparison_is_content());
}

static bool an_attach_in_a_write_audited(void)
{
	struct pgdm_audit found;

	w = world_create(2, 2, 3, 1);
	p = w->primary[0];
	pgdm_engine.policy = &pgdm_policy_eager;
	pause_action = attach_on_0;
	world_write(w, 1, 0, 9, ENTRY(9));
	if (pause_action)
		attach_on_0();
	return end(world_audit(w, 0, &found) == PGDM_AUDIT_OK);
}

static bool scan_first(void)
{
	return is_detected(PGDM_BUG_scan_first, an_attach_in_a_write) &&
	       is_detected(PGDM_BUG_scan_first, an_attach_in_a_write_audited);
}

static bool a_return_to_user_mode(void)
{
	start(2);
	pgdm_engine.policy = &pgdm_policy_always_exit;
	world_write(w, 1, 0, 9, ENTRY(9));
	world_user_return(w, 0);
	return end(comparison_is_content());
}

static bool skip_user_return(void)
{
	return is_detected(PGDM_BUG_skip_user_return, a_return_to_user_mode);
}

/* flush-only: a new entry, faulted on for as long as it takes. */
static bool endless_faults(void)
{
	unsigned int i;

	start(1);
	pgdm_engine.policy = &pgdm_policy_flush_only;
	world_write(w, 1, 0, 9, ENTRY(9));
	for (i = 0; i < 1000 && pgdm_mirror_lacks(m, p, 9); i++) {
		world_fault(w, 0, 9);
		pgdm_cache_guard(w->cache[0], 9, 0x9000);
	}
	return end(i < 1000);
}

static bool no_guard(void)
{
	return is_detected(PGDM_BUG_no_guard, endless_faults);
}

/*
 *	changer (to flag)	writer			owner
 *	missed_stored = missed
 *							flush: copies, and done
 *				store, publish
 *				policy: no flag
 *	policy = flag
 *							flush: no flag
 */
static void flush_and_write(void)
{
	world_flush(w, 0);
	write_on_1();
}

static bool a_write_in_a_change(void)
{
	start(1);
	pause_action = flush_and_write;
	pgdm_policy_change(&pgdm_policy_flag);
	if (pause_action)
		flush_and_write();
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool change_early(void)
{
	return is_detected(PGDM_BUG_change_early, a_write_in_a_change);
}

static bool a_missed_hook(void)
{
	start(1);
	p->page[0][9] = ENTRY(9);
	w->missed++;
	world_flush(w, 0);
	return end(comparison_is_content());
}

static bool ignore_miss(void)
{
	return is_detected(PGDM_BUG_ignore_miss, a_missed_hook);
}

static bool a_walk(void)
{
	start(1);
	world_write(w, 1, 0, 9, 0x5007);
	world_flush(w, 0);
	m->page[0][9] |= PGDM_ENTRY_ACCESSED;
	return end(audit_is_content());
}

static bool keep_accessed(void)
{
	return is_detected(PGDM_BUG_keep_accessed, a_walk);
}

static const struct unit_test tests[] = {
	UNIT_TEST(publish_first),
	UNIT_TEST(lost_publish),
	UNIT_TEST(publish_scans),
	UNIT_TEST(scan_all),
	UNIT_TEST(user_half_late),
	UNIT_TEST(no_write_through),
	UNIT_TEST(no_kernel_repeat),
	UNIT_TEST(late_sequence),
	UNIT_TEST(through_zero),
	UNIT_TEST(early_switch_sync),
	UNIT_TEST(kernel_page_only),
	UNIT_TEST(whole_cr3),
	UNIT_TEST(skip_flush_sync),
	UNIT_TEST(skip_fault_sync),
	UNIT_TEST(ignore_overrun),
	UNIT_TEST(evict_loaded),
	UNIT_TEST(ignore_miss),
	UNIT_TEST(keep_accessed),
	UNIT_TEST(skip_flush_sync_under_the_others),
	UNIT_TEST(late_lower),
	UNIT_TEST(shared_flag),
	UNIT_TEST(no_signal),
	UNIT_TEST(scan_first),
	UNIT_TEST(skip_user_return),
	UNIT_TEST(no_guard),
	UNIT_TEST(change_early),
};

UNIT_SUITE(bugs);
