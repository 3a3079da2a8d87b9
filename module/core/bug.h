/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeded bugs: each breaks one rule of the protocol on purpose, so that the
 * tests, the audit and the oracle can be shown to notice.
 *
 * They exist only in builds with PGDM_SEEDED_BUGS; elsewhere pgdm_bug() is
 * the constant false and the compiler drops what it guards.
 */
#ifndef _PGDM_BUG_H
#define _PGDM_BUG_H

#include <port.h>

/* name, rule that it breaks */
#define PGDM_BUGS(X) \
	X(publish_first,	"W1: publishes before the store") \
	X(lost_publish,		"W1: stores, but does not publish") \
	X(publish_scans,	"W2: a publication looks at every mirror") \
	X(user_half_late,	"W1: publishes before the user half is stored") \
	X(mark_late,		"M1: publishes before it sets the mark") \
	X(unmark_early,		"M1: clears the mark before the store") \
	X(copy_unmarked,	"W5: copies an entry into a mirror and does not mark it") \
	X(no_second_copy,	"W5: does not copy again what it has marked") \
	X(trust_mark,		"W5: does not copy again where it finds the mark") \
	X(miss_addition,	"W5: (no bug) lets the probe of additions have no room") \
	X(unmark_first,		"W5: clears the mark of a removal before it is published") \
	X(no_second_look,	"W5: does not look again at what it took the mark from") \
	X(keep_leftover,	"M2: leaves entries of the mirror's former primary") \
	X(ignore_kernel_write,	"M3: trusts a kernel half in spite of a write") \
	X(count_late,		"M3: counts a kernel-half write after the store") \
	X(skip_own_entries,	"M3: leaves the LDT of the mirror's former primary") \
	X(no_own_store,		"O1: (no bug) leaves the writer's mirror to its next sync") \
	X(own_too_far,		"O1: skips changes before its own, in its own mirror") \
	X(no_write_through,	"W3: leaves kernel-half writes to the next sync") \
	X(join_late,		"W3: announces a mirror before it is a sharer") \
	X(scan_all,		"W2: looks at the mirrors of all CPUs") \
	X(no_kernel_repeat,	"W3: keeps a copy that a kernel-half write overlapped") \
	X(through_zero,		"W4: clears an entry before it stores the new one") \
	X(late_sequence,	"S1: records a later sequence than it read") \
	X(early_switch_sync,	"S2: loads a mirror as it was when it was left") \
	X(skip_flush_sync,	"S3: does nothing on flush receipt") \
	X(early_flush_sync,	"S3: syncs before tlb_gen is read") \
	X(skip_fault_sync,	"S4: does nothing on a fault") \
	X(ignore_overrun,	"ring: believes records that were overwritten") \
	X(evict_loaded,		"L1: evicts the mirror that is loaded") \
	X(keep_cr3,		"L2: untracks and leaves CPUs on their mirrors") \
	X(vm_exit,		"L2: (no bug) puts the CPU on its primary at each fault") \
	X(foreign_cr3,		"L2: puts CPUs back on a copy of their primary") \
	X(kernel_page_only,	"L3: does not copy the user table of a pair") \
	X(whole_cr3,		"C1: loses all of CR3 but the address") \
	X(noflush_bit,		"C1: writes bit 63 where it must not, and nowhere else") \
	X(ignore_preflight,	"H2, H3: goes live whatever preflight says") \
	X(ignore_miss,		"H1: does not look at the epoch") \
	X(miss_hook,		"H1: (no bug) lets every hooked write count as missed") \
	X(no_poison,		"N1: a fault inside a sync leaves no mark") \
	X(keep_accessed,	"L4: compares Accessed bits too") \
	X(clear_accessed,	"L4: (no bug) copies without Accessed bits") \
	X(attach_early,		"A1: copies before writers past the probe are done") \
	X(any_root,		"A2: takes an unknown table for the current mm's root") \
	X(hold_birth,		"births: (no bug) lets the probe hold on to a birth") \
	X(skip_kthreads,	"track: does not look for mms that kernel threads use") \
	X(hold_walk,		"track: (no bug) waits before it walks the task list") \
	X(hold_cgroup,		"track: (no bug) waits when it has looked a cgroup up") \
	X(walk_first,		"cgroups: walks the task list before a cgroup is followed") \
	X(only_itself,		"cgroups: does not look below a cgroup that is followed") \
	X(keep_removed,		"cgroups: goes on to follow one that was removed") \
	X(noted_mirror,		"cr3, L1: believes what is noted as loaded") \
	X(name_current,		"cr3: names the process that runs, whoever's the mm is") \
	X(late_lower,		"flag: lowers the flag after the copy") \
	X(shared_flag,		"flag-mm: one boolean, and the first CPU that copies lowers it") \
	X(no_kick,		"flag, carry: sends nothing for an addition") \
	X(scan_first,		"eager: stores into the mirrors before the primary") \
	X(plain_attach,		"eager: copies as if nobody else stored") \
	X(skip_user_return,	"always-exit: does nothing on a return to user mode") \
	X(no_guard,		"flush-only: leaves a CPU to its endless faults") \
	X(change_early,		"policy change: copies count before the new policy is in force")

#define PGDM_BUG_ENUM(name, rule) PGDM_BUG_##name,
enum pgdm_bug { PGDM_BUGS(PGDM_BUG_ENUM) PGDM_NR_BUGS };

#undef PGDM_BUG_ENUM

#ifdef PGDM_SEEDED_BUGS

extern unsigned long pgdm_bugs;		/* bit per enum pgdm_bug */

#define pgdm_bug(name) (READ_ONCE(pgdm_bugs) & BIT(PGDM_BUG_##name))
#define pgdm_bug_is_any() READ_ONCE(pgdm_bugs)

/* Widens the window between the two steps that a bug has exchanged. */
void pgdm_bug_pause(void);
/* The same, asleep: neither a grace period nor another thread waits for its end. */
void pgdm_bug_hold(void);

#else

#define pgdm_bug(name) false
#define pgdm_bug_is_any() false
static inline void pgdm_bug_pause(void) { }
static inline void pgdm_bug_hold(void) { }

#endif

#endif
