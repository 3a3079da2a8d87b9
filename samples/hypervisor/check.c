// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold, looked at from outside of the core: tables and entries alone.
 */
#include "check.h"

#include <stdio.h>

#include "audit.h"

/**
 * check_fail() - it does not hold
 * @what: what does not; the first one of a run is told
 * @cpu: where
 * @index: the root's entry
 */
void check_fail(const char *what, const struct cpu *cpu, unsigned int index)
{
	if (!counts.wrong++)
		fprintf(stderr, "toy: CPU %u, entry %u: %s\n", cpu->number, index, what);
}

/* An entry that leads to a freed table, or to one of another root. */
static bool leads_astray(const struct root *r, unsigned int index, u64 entry)
{
	const struct lower *l = machine_lower(entry);

	return !l->used || l->index != index || (l->root && l->root != r);
}

/**
 * check_entry() - the guest is about to run
 * @cpu: the CPU
 *
 * The table in CR3 must be this CPU's mirror of the vCPU's root. All that the mirror has
 * must be in the root, and may be walked. What it lacks is in the user half, where a
 * fault brings it.
 */
void check_entry(const struct cpu *cpu)
{
	const struct root *r = cpu->vcpu->root;
	unsigned int i;

	if (!cpu->walks || cpu->walks == r->table) {
		check_fail("the guest would run without a mirror", cpu, 0);
		return;
	}
	for (i = 0; i < PGDM_ENTRIES; i++) {
		u64 entry = cpu->walks[i];

		if (entry && leads_astray(r, i, entry))
			check_fail("leads to a freed or a foreign table", cpu, i);
		else if (entry && !pgdm_entry_same(entry, r->table[i]))
			check_fail("the root has another entry", cpu, i);
		else if (!entry && r->table[i] && pgdm_index_is_kernel(i))
			check_fail("a kernel's entry is lacking", cpu, i);
		else if (!entry && r->table[i])
			counts.lacking++;
	}
}

/**
 * check_walk() - the CPU walks an entry of its mirror, for the guest
 * @cpu: the CPU
 * @index: a present entry
 *
 * It notes that in the entry (L4).
 */
void check_walk(const struct cpu *cpu, unsigned int index)
{
	if (leads_astray(cpu->vcpu->root, index, cpu->walks[index]))
		check_fail("the guest walks a freed or a foreign table", cpu, index);
	cpu->walks[index] |= PGDM_ENTRY_ACCESSED;
}

/**
 * check_audit() - the core's own audit, of each mirror
 */
void check_audit(void)
{
	struct pgdm_audit found;
	unsigned int i, j;

	for (i = 0; i < CPUS; i++) {
		for (j = 0; j < MIRRORS; j++) {
			const struct pgdm_mirror *m = &cpus[i].cache->mirror[j];

			if (m->primary && pgdm_audit_mirror(m, m->primary, m->seen,
							    &found) != PGDM_AUDIT_OK)
				check_fail("the audit finds a violation", &cpus[i],
					   found.index);
		}
	}
}
