// SPDX-License-Identifier: GPL-2.0
/*
 * The sync points: where the kernel switches, flushes or faults, the mirror that the
 * CPU has loaded, or is about to load, is brought up to date.
 *
 * How the kernel gets here: hook_table.c. core/fast.h is asked first, which knows the
 * case that nothing has changed, then core/cache_point.c. Live, steer_cr3.h then points
 * CR3 at the mirror.
 */
#include "sync_points.h"

#include <linux/atomic.h>
#include <linux/hardirq.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/special_insns.h>

#include "core/bug.h"
#include "core/epoch.h"
#include "core/fast.h"
#include "core/policy.h"
#include "cpus.h"
#include "ftrace.h"
#include "kernel_mm.h"
#include "oracle.h"
#include "probe.h"
#include "registry.h"
#include "registry_hash.h"
#include "steer_cr3.h"
#include "trace.h"

/* What a sync point finds out and cannot deal with itself. */
struct pgdm_bell pgdm_sync_points_missed;
struct pgdm_bell pgdm_sync_points_stray;
struct pgdm_bell pgdm_sync_points_ftrace_died;

/* How many sync points have found the write probe disarmed. */
static atomic_long_t nr_disarmed = ATOMIC_LONG_INIT(0);

static void trace_result(const struct pgdm_sync *sync)
{
	if (sync->evicted)
		trace_evict(sync->evicted, sync->id);
	if (!sync->synced)
		return;
	if (sync->copied.missed) {
		trace_hook_miss(pgdm_epoch_latest() & PGDM_EPOCH_MISSES,
				atomic_long_read(&nr_disarmed));
		pgdm_bell_ring(&pgdm_sync_points_missed);
	}
	trace_sync(sync);
}

static unsigned long root_in(unsigned long cr3)
{
	return (unsigned long)__va(cr3 & pgdm_steer_mask);
}

/*
 * Can there be an mm that should be tracked and is not? Under track=all each; else
 * one whose birth the probe missed.
 */
static bool strays_exist(void)
{
	return pgdm_registry_is_all() || pgdm_probe_missed(&pgdm_probe_birth);
}

/*
 * A root was loaded that is not in the registry, and its mm may be one that should
 * be tracked: ring for a walk of the task list (strays.c). Without the test, once a
 * walk is due, each switch would ring.
 */
static noinline void ask_for_walk(void)
{
	struct pgdm_bell *bell = &pgdm_sync_points_stray;

	if (!pgdm_bell_is_answering(bell) ||
	    pgdm_registry_native_births() != READ_ONCE(bell->seen))
		pgdm_bell_ring(bell);
}

static bool is_anything_tracked(void)
{
	return pgdm_registry_count() || pgdm_registry_is_all();
}

static void trace_unload(const struct pgdm_cache *c)
{
	if (trace_leave_enabled() && c->loaded)
		trace_leave(c->loaded->id);
}

static void unload(struct pgdm_cache *c)
{
	trace_unload(c);
	pgdm_cache_unload(c);
}

/* A2: strays are looked for only among what is not the kernel's own. */
static noinline void switch_untracked(struct pgdm_cache *c, unsigned long root)
{
	unload(c);
	if (strays_exist() && !pgdm_registry_find(root) &&
	    !pgdm_kernel_mm_is_root(root))
		ask_for_walk();
}

static noinline void switch_slowly(struct pgdm_cache *c, unsigned long cr3)
{
	unsigned long root = root_in(cr3);
	struct pgdm_mirror *m;
	struct pgdm_mm *pm;
	struct pgdm_sync sync;
	u64 since;

	/* A CPU may come online while there is no registry yet, or none any more. */
	if (!is_anything_tracked()) {
		unload(c);
		return;
	}
	rcu_read_lock();
	pm = pgdm_registry_find_ready(root);
	if (pm) {
		since = pgdm_primary_seq(&pm->primary);
		m = pgdm_cache_switch(c, &pm->primary, &sync);
		if (m && pgdm_oracle_watches())
			pgdm_oracle_synced(m, &pm->primary, since);
		if (m && pgdm_steer_is_live())
			pgdm_steer_load(c, m, cr3);
		trace_result(&sync);
	} else {
		switch_untracked(c, root);
	}
	rcu_read_unlock();
}

/*
 * H1: the user has disarmed the probe. From this sync point on every sync copies
 * everything, as after a miss; flushes come before tables are freed, so that
 * is soon enough. A probe that is disarmed and armed again between two sync
 * points goes unnoticed. The death of ftrace is for ever (ftrace_death.c).
 */
static noinline void hooks_fail(void)
{
	if (pgdm_probe_is_silenced()) {
		atomic_long_inc(&nr_disarmed);
		pgdm_epoch_begin(1);
		pgdm_bell_ring(&pgdm_sync_points_missed);
	}
	if (pgdm_ftrace_is_dead())
		pgdm_bell_ring(&pgdm_sync_points_ftrace_died);
}

static __always_inline bool hooks_may_fail(void)
{
	return pgdm_probe_is_silenced() | pgdm_ftrace_is_dead();
}

static __always_inline void check_hooks(void)
{
	if (unlikely(hooks_may_fail()))
		hooks_fail();
}

/* Events, timing and the oracle need every sync to go the long way. */
static __always_inline bool sync_is_watched(void)
{
	return trace_sync_enabled() ||
	       static_branch_unlikely(&pgdm_timing_key) ||
	       pgdm_oracle_watches();
}

static noinline void switch_and_complain(struct pgdm_cache *c,
					 unsigned long cr3)
{
	hooks_fail();
	switch_slowly(c, cr3);
}

static noinline void switch_unclean(struct pgdm_cache *c, unsigned long cr3,
				    struct pgdm_mirror *m,
				    struct pgdm_primary *p)
{
	if (!pgdm_fast_switch_changes(c, m, p))
		switch_slowly(c, cr3);
	else if (pgdm_steer_is_live())
		pgdm_steer_load(c, m, cr3);
}

/* The CPU has no mirror of the root, and no sync is watched. */
static noinline void switch_absent(struct pgdm_cache *c, unsigned long cr3)
{
	unsigned long root = root_in(cr3);
	struct pgdm_mirror *m;
	struct pgdm_mm *pm;
	struct pgdm_sync sync;

	rcu_read_lock();
	pm = pgdm_registry_find_ready(root);
	if (pm) {
		m = pgdm_cache_switch_absent(c, &pm->primary, &sync);
		if (m && pgdm_steer_is_live())
			pgdm_steer_load(c, m, cr3);
		if (unlikely(sync.copied.missed) || trace_evict_enabled())
			trace_result(&sync);
	} else {
		switch_untracked(c, root);
	}
	rcu_read_unlock();
}

/* Another root has used the hint, or the CPU has no mirror of this one. */
static noinline void switch_unfound(struct pgdm_cache *c, unsigned long cr3)
{
	struct pgdm_primary *p;
	struct pgdm_mirror *m;

	if (!is_anything_tracked())
		unload(c);
	else if (!pgdm_fast_search(c, root_in(cr3), &m, &p))
		switch_absent(c, cr3);
	else if (!pgdm_fast_switch(c, m, p))
		switch_unclean(c, cr3, m, p);
	else if (pgdm_steer_is_live())
		pgdm_steer_load(c, m, cr3);
}

/**
 * pgdm_sync_points_switch() - the kernel has just loaded a root into CR3
 *
 * S2: the CPU is in mm_cpumask already, and tlb_gen was read. Whatever is not the
 * usual case is a last call of another function, so that this one saves no registers.
 *
 * Context: IRQs off.
 */
void pgdm_sync_points_switch(void)
{
	struct pgdm_cache *c = pgdm_cpus_active();
	unsigned long cr3 = __native_read_cr3();
	struct pgdm_primary *p;
	struct pgdm_mirror *m;

	if (!c)
		return;
	if (unlikely(hooks_may_fail())) {
		switch_and_complain(c, cr3);
		return;
	}
	if (unlikely(sync_is_watched()))
		switch_slowly(c, cr3);
	else if (unlikely(!pgdm_fast_find(c, root_in(cr3), &m, &p)))
		switch_unfound(c, cr3);
	else if (unlikely(!pgdm_fast_switch(c, m, p)))
		switch_unclean(c, cr3, m, p);
	else if (pgdm_steer_is_live())
		pgdm_steer_load(c, m, cr3);
}

/**
 * pgdm_sync_points_adopt() - treat what this CPU runs now as just switched in
 * @unused: for on_each_cpu()
 *
 * For an mm that is tracked, or goes live, while it runs. If CR3 holds its
 * mirror already it is put back first: no mirror is synced as one being
 * switched in while it is in use.
 *
 * Context: IRQs off.
 */
void pgdm_sync_points_adopt(void *unused)
{
	struct pgdm_cache *c = pgdm_cpus_active();

	if (!c)
		return;
	trace_unload(c);
	pgdm_steer_release_cpu(c, NULL);
	switch_slowly(c, __native_read_cr3());
}

/* The oracle's judgement of a sync point of the loaded mirror, which is over. */
static void judge(const struct pgdm_mirror *m, const struct pgdm_primary *p,
		  u64 since)
{
	if (pgdm_oracle_watches() && p && READ_ONCE(m->primary) == p)
		pgdm_oracle_synced(m, p, since);
}

/* The long way of a sync point of the loaded mirror. */
static void sync_loaded(struct pgdm_cache *c, enum pgdm_point at)
{
	const struct pgdm_mirror *m = c->loaded;
	const struct pgdm_primary *p;
	struct pgdm_sync sync;
	u64 since;

	rcu_read_lock();
	p = READ_ONCE(m->primary);
	since = p ? pgdm_primary_seq(p) : 0;
	if (pgdm_cache_point(c, at, &sync))
		judge(m, p, since);
	trace_result(&sync);
	rcu_read_unlock();
}

/* A flush was received, and has not come to its invalidation yet. */
static DEFINE_PER_CPU(bool, flush_received);	/* local CPU, IRQs off */

/* Instead of the sync, for the oracle to judge. */
static void sync_nothing(struct pgdm_cache *c)
{
	const struct pgdm_mirror *m = c->loaded;
	const struct pgdm_primary *p;

	rcu_read_lock();
	p = READ_ONCE(m->primary);
	judge(m, p, p ? pgdm_primary_seq(p) : 0);
	rcu_read_unlock();
}

/**
 * pgdm_sync_points_receipt() - a TLB flush was received
 *
 * Not a sync point yet: see pgdm_sync_points_invalidation().
 *
 * Context: IRQs off.
 */
void pgdm_sync_points_receipt(void)
{
	struct pgdm_cache *c = pgdm_cpus_active();

	if (!c || !c->loaded)
		return;
	this_cpu_write(flush_received, true);
	if (pgdm_bug(early_flush_sync)) {
		sync_loaded(c, PGDM_AT_FLUSH);
		pgdm_bug_pause();
	}
}

/**
 * pgdm_sync_points_invalidation() - the CPU is about to drop translations
 *
 * S3: the sync point of a flush receipt lies here, and not at the entry of
 * flush_tlb_func(). That function reads the mm's tlb_gen, invalidates, and
 * notes all flushes up to that generation as done; a flush that comes later and is
 * among these invalidates nothing. Natively that is right, as a root entry is cleared
 * before tlb_gen is raised for it. A mirror that was synced before tlb_gen was read
 * may lack a removal that this generation includes: the CPU could walk the entry
 * again after the invalidation and keep it in its paging-structure caches, and the
 * flush of that removal would do nothing.
 *
 *	this CPU				the CPU that removes
 *	read tlb_gen				clear the entry, publish
 *	sync the mirror				tlb_gen++
 *	invalidate				send the flush
 *	note that generation as done
 *
 * What is published before tlb_gen is raised is in the mirror before the
 * invalidation, if that generation is the one that was read. A flush that
 * returns early, or finds nothing to do, relies on an earlier one for which
 * this holds; so it need not sync. S2 is the same rule for a switch.
 *
 * The kernel also invalidates for other reasons, with IRQs on, or in an NMI. No
 * generation is noted then.
 *
 * Context: any; IRQs off after a receipt.
 */
void pgdm_sync_points_invalidation(void)
{
	struct pgdm_cache *c;
	unsigned long flags;

	if (!this_cpu_read(flush_received) || in_nmi())
		return;
	local_irq_save(flags);
	this_cpu_write(flush_received, false);
	c = pgdm_cpus_active();
	if (c && c->loaded) {
		check_hooks();
		if (pgdm_bug(early_flush_sync))
			sync_nothing(c);
		else if (sync_is_watched() || !pgdm_fast_flush(c))
			sync_loaded(c, PGDM_AT_FLUSH);
	}
	local_irq_restore(flags);
}

/* A sync point that only some policies have, and always the long way. */
static void sync_if_loaded(enum pgdm_point at)
{
	struct pgdm_cache *c = pgdm_cpus_active();

	if (!c || !c->loaded)
		return;
	check_hooks();
	sync_loaded(c, at);
}

/**
 * pgdm_sync_points_user_return() - the CPU is about to return to user mode
 *
 * Called only under a policy that syncs there, or shortly after it (user_return.c).
 *
 * Context: IRQs off.
 */
void pgdm_sync_points_user_return(void)
{
	sync_if_loaded(PGDM_AT_USER_RETURN);
}

/**
 * pgdm_sync_points_kick() - the IPI that a policy sends for an addition has come
 *
 * This CPU may have left the mm meanwhile.
 *
 * Context: IRQs off.
 */
void pgdm_sync_points_kick(void)
{
	sync_if_loaded(PGDM_AT_KICK);
}

/*
 * S4: with faults disabled (perf's user callchains, bpf_probe_read_user, futex)
 * an access is not retried. Natively it may have succeeded; here it fails, and
 * may succeed the next time.
 */
static void count_failed(struct pgdm_cache *c, const struct pgdm_sync *sync)
{
	if (sync->fixed && pagefault_disabled() && pgdm_steer_is_live())
		pgdm_stat_inc(&c->stats, PGDM_STAT_faults_failed);
}

/*
 * L2's case that is no bug: CR3 is written from mm->pgd where there is no hook, as by
 * each KVM exit on an Intel CPU (steer_cr3.c). The mirror stays noted as loaded.
 */
static void exit_to_primary(const struct pgdm_cache *c)
{
	const struct pgdm_mirror *m = c->loaded;
	const struct pgdm_primary *p = READ_ONCE(m->primary);

	if (p && !in_nmi() && read_cr3_pa() == m->phys)
		pgdm_steer_write(m, __native_read_cr3(),
				 __pa(p->page[PGDM_KERNEL_PAGE]));
}

/**
 * pgdm_sync_points_fault() - a page fault, not handled yet
 * @address: the faulting address
 *
 * Context: IRQs off, or NMI.
 */
void pgdm_sync_points_fault(unsigned long address)
{
	struct pgdm_cache *c = pgdm_cpus_active();
	struct pgdm_sync sync;

	if (!c || !c->loaded || address >= TASK_SIZE_MAX)
		return;
	if (pgdm_bug(vm_exit))
		exit_to_primary(c);
	check_hooks();
	if (!sync_is_watched() && !trace_fault_enabled() &&
	    pgdm_fast_fault(c, pgd_index(address)))
		return;
	rcu_read_lock();
	pgdm_cache_fault(c, pgd_index(address), &sync);
	count_failed(c, &sync);
	if (sync.synced)
		trace_fault(sync.id, address, pgd_index(address), sync.fixed);
	trace_result(&sync);
	if (pgdm_steer_is_live() &&
	    pgdm_cache_guard(c, pgd_index(address), address))
		trace_livelock(address, pgd_index(address));
	rcu_read_unlock();
}
