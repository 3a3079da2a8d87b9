// SPDX-License-Identifier: GPL-2.0
/*
 * Which CPU walks a table that is about to be freed: the oracle's verdict.
 *
 * switch_mm_irqs_off() takes a CPU out of mm_cpumask some instructions before
 * it writes CR3 and comes to our hook. In between the kernel sends this CPU no
 * flush any more, and its mirror may lead to the table, because the CPU is about
 * to leave that mirror. So the oracle waits for a CPU that receives no flushes;
 * if the CPU does not leave the mirror it is an offender too.
 *
 * Each CPU is judged by itself. What was seen of one proves nothing against
 * another that is just leaving its mirror.
 */
#include "offender.h"
#include "mirrors.h"
#include "primary.h"

static bool offends(unsigned int cpu, const struct pgdm_flushed *f,
		    const struct pgdm_primary *p, u64 phys)
{
	bool late = false;

	while (pgdm_mirrors_reach(cpu, p, phys)) {
		/* It may have left since, come back, and synced (S2). */
		if (f->receives(f, cpu))
			return pgdm_mirrors_reach(cpu, p, phys);
		/* Once more when it is late: this CPU may have stood still. */
		if (late)
			return true;
		late = f->is_late(f);
	}
	return false;
}

/**
 * pgdm_offender_find() - which CPU's loaded mirror leads to a freed table?
 * @f: the flush that precedes the freeing, and has returned
 * @p: the primary from which the table was removed
 * @phys: physical address of the table, 4 KiB aligned
 *
 * Context: as for the functions of @f.
 * Return: the number of a CPU that breaks S5, or -1.
 */
int pgdm_offender_find(const struct pgdm_flushed *f,
		       const struct pgdm_primary *p, u64 phys)
{
	int cpu;

	pgdm_for_each_sharer(cpu, &p->sharers)
		if (offends(cpu, f, p, phys))
			return cpu;
	return -1;
}
