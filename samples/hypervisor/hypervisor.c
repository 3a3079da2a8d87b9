// SPDX-License-Identifier: GPL-2.0
/*
 * The port: where the hypervisor calls the core, and what it has to see to.
 *
 * This file is what somebody has to write who takes the core to another hypervisor; the
 * rest is the toy. The sync points are those of Xen's XPTI: the mirror is walked by the
 * guest alone, so it is brought up to date on the way there.
 *
 * In the toy, the CPUs take turns: an IPI is carried out at once, and when the function
 * that sends it returns, the other CPU has answered and is in its guest again. IRQs are
 * off in the whole hypervisor.
 */
#include "hypervisor.h"

#include "cache_point.h"
#include "check.h"
#include "mirrors.h"
#include "policy.h"
#include "write.h"

/* False: as Xen, where a fault is the guest's own affair. */
bool hypervisor_syncs_faults;

/* --- a CPU, to and from the guest ------------------------------------------ */

/**
 * hypervisor_exit_to_guest() - the last instructions before the guest runs
 * @cpu: it has a vCPU, and is noted as running it: since then it gets the IPIs for the
 *	vCPU's root (S2)
 *
 * Xen's restore_all_guest. What comes after the sync is the CR3 write and the return: no
 * interrupt is let in between, so that the next IPI takes the CPU out of the guest again.
 */
void hypervisor_exit_to_guest(struct cpu *cpu)
{
	struct pgdm_primary *p = &cpu->vcpu->root->primary;
	struct pgdm_mirror *m = READ_ONCE(cpu->cache->loaded);
	struct pgdm_sync sync;

	if (m && READ_ONCE(m->primary) == p)
		pgdm_cache_point(cpu->cache, PGDM_AT_USER_RETURN, &sync);
	else
		m = pgdm_cache_switch(cpu->cache, p, &sync);
	/* NULL: every mirror was busy. Here that cannot be; Xen would have to try again. */
	cpu->walks = m ? m->page[PGDM_KERNEL_PAGE] : NULL;
	counts.entries++;
	check_entry(cpu);
}

/**
 * hypervisor_trap() - the guest comes here, for whatever reason, and goes back
 * @cpu: the CPU
 */
void hypervisor_trap(struct cpu *cpu)
{
	cpu->walks = NULL;
	hypervisor_exit_to_guest(cpu);
}

/**
 * hypervisor_fault() - a page fault of the guest, at an address of its user half
 * @cpu: the CPU
 * @index: the root's entry for the address
 *
 * S4: before the guest hears of it. If its root has the entry and the mirror lacked it,
 * the guest need not: it tries again.
 * Xen hands the fault to the guest's kernel, which finds nothing wrong and returns: the
 * access is tried again, too, and what counts is the sync on the way there.
 */
void hypervisor_fault(struct cpu *cpu, unsigned int index)
{
	struct pgdm_sync sync;

	cpu->walks = NULL;
	if (hypervisor_syncs_faults)
		pgdm_cache_fault(cpu->cache, index, &sync);
	hypervisor_exit_to_guest(cpu);
}

/* --- IPIs ------------------------------------------------------------------ */

static void answer(struct cpu *cpu, enum pgdm_point at)
{
	struct pgdm_sync sync;

	cpu->walks = NULL;
	pgdm_cache_point(cpu->cache, at, &sync);
	/* Here the translations of a flush are dropped: after the sync (S3). */
	hypervisor_exit_to_guest(cpu);
}

/*
 * To the other CPUs that run a vCPU with this root. One that is not among them now syncs
 * when it loads the root: the change is published already.
 */
static unsigned int send(const struct cpu *from, const struct root *r,
			 enum pgdm_point at)
{
	unsigned int i, sent = 0;

	for (i = 0; i < CPUS; i++) {
		struct cpu *cpu = &cpus[i];

		if (cpu == from || !cpu->vcpu || cpu->vcpu->root != r)
			continue;
		answer(cpu, at);
		sent++;
	}
	return sent;
}

/* --- root tables ----------------------------------------------------------- */

static void store_and_publish(struct cpu *cpu, struct root *r, unsigned int index,
			      u64 value)
{
	struct pgdm_write w;

	pgdm_write_init(&w, index, value, false, false, true);
	/* O1: a mirror of this CPU, or of none; the core looks whose it is. */
	w.own = READ_ONCE(cpu->cache->loaded);
	pgdm_write_publish(&r->primary, &w, &cpu->cache->stats);
}

/*
 * What the policy sends for an addition. When this returns, it was answered. This CPU
 * needs no IPI: it looks at its own mirror now.
 */
static void kick(struct cpu *cpu, const struct root *r, u64 before)
{
	enum pgdm_kick kick = pgdm_policy_kick(pgdm_policy_now(), before,
					       pgdm_primary_seq(&r->primary));
	enum pgdm_point at = kick == PGDM_KICK_IPI ? PGDM_AT_KICK : PGDM_AT_FLUSH;
	struct pgdm_sync sync;
	unsigned int sent;

	if (kick == PGDM_KICK_NONE)
		return;
	sent = send(cpu, r, at);
	pgdm_cache_point(cpu->cache, at, &sync);
	pgdm_stat_add(&cpu->cache->stats, PGDM_STAT_ipis, sent);
	counts.kicks += sent;
}

/*
 * S5: cleared, published, flushed on all CPUs, this one included, and then freed. The
 * guest's own kernel may ask for the flush; the hypervisor does not free before it.
 */
static void flush(struct cpu *cpu, const struct root *r)
{
	struct pgdm_sync sync;

	counts.flushes += send(cpu, r, PGDM_AT_FLUSH);
	pgdm_cache_point(cpu->cache, PGDM_AT_FLUSH, &sync);
}

/**
 * hypervisor_write() - hypercall: the guest has an entry of a root written
 * @cpu: the CPU
 * @r: one of the guest's roots; no other CPU writes this entry meanwhile
 * @index: which entry; in the upper half, one of GUEST_KERNEL
 * @value: 0, or an entry that was checked
 *
 * The core stores the word itself. (A hypervisor that stores where the core does not
 * reach calls it before its own store, which then repeats the value: W1.)
 */
void hypervisor_write(struct cpu *cpu, struct root *r, unsigned int index, u64 value)
{
	u64 before = pgdm_primary_seq(&r->primary), old = r->table[index];

	cpu->walks = NULL;
	store_and_publish(cpu, r, index, value);
	if (old) {
		flush(cpu, r);
		machine_lower(old)->used = false;
	} else {
		kick(cpu, r, before);
	}
	hypervisor_exit_to_guest(cpu);
}

/**
 * hypervisor_load_root() - hypercall: the vCPU writes its CR3
 * @cpu: the CPU
 * @r: one of the guest's roots
 */
void hypervisor_load_root(struct cpu *cpu, struct root *r)
{
	cpu->walks = NULL;
	cpu->vcpu->root = r;
	hypervisor_exit_to_guest(cpu);
}

/**
 * hypervisor_root_dies() - a root becomes a page like any other
 * @r: no vCPU has it in its CR3
 *
 * L1: no CPU walks a mirror of it: it would be in a guest. Mirrors are taken from it
 * before its memory is used again, and the primary lives on until no CPU is in the core
 * that may have found it before.
 */
void hypervisor_root_dies(struct root *r)
{
	pgdm_mirrors_forget(&r->primary);
	machine_root_destroy(r);
}

/* --- scheduling, hotplug ---------------------------------------------------- */

/**
 * hypervisor_run() - the scheduler has chosen
 * @cpu: the CPU
 * @v: a vCPU that is on no CPU, or NULL
 */
void hypervisor_run(struct cpu *cpu, struct vcpu *v)
{
	cpu->walks = NULL;
	if (cpu->vcpu)
		cpu->vcpu->runs = false;
	cpu->vcpu = v;
	if (v) {
		v->runs = true;
		hypervisor_exit_to_guest(cpu);
	} else {
		pgdm_cache_unload(cpu->cache);
	}
}

/**
 * hypervisor_cpu_dies() - a CPU goes offline
 * @cpu: the CPU, idle
 *
 * Its mirrors are given up, so that writers do not keep them up to date for nothing. The
 * memory stays: another CPU may be looking at it.
 */
void hypervisor_cpu_dies(struct cpu *cpu)
{
	hypervisor_run(cpu, NULL);
	pgdm_cache_drop(cpu->cache);
	cpu->online = false;
}
