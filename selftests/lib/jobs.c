// SPDX-License-Identifier: GPL-2.0
#include "jobs.h"
#include "slots.h"

void pgdm_job_nop(void *unused)
{
	(void)unused;
}

void pgdm_job_ping(void *partner)
{
	pgdm_partner_ping(partner);
}

void pgdm_job_touch(void *touch)
{
	const struct pgdm_touch *t = touch;

	pgdm_slot_touch(t->slot, t->page);
}

void pgdm_job_read(void *address)
{
	*(volatile char *)address;
}

void pgdm_job_load(void *load)
{
	struct pgdm_load *l = load;

	l->value = *(const volatile long *)l->address;
}

void pgdm_job_churn(void *churn)
{
	struct pgdm_churn *c = churn;

	while (!atomic_load(&c->stop)) {
		pgdm_slots_add(c->first, c->end);
		if (c->partner)
			pgdm_partner_ping(c->partner);
		pgdm_slots_unmap(c->first, c->end);
	}
}
