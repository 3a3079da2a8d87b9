// SPDX-License-Identifier: GPL-2.0
/*
 * A bell: how a hook asks for work that may sleep.
 */
#include "bell.h"

#include <linux/container_of.h>

/**
 * pgdm_bell_run_answer() - the work of every bell
 * @work: its work
 */
void pgdm_bell_run_answer(struct work_struct *work)
{
	struct pgdm_bell *bell = container_of(to_delayed_work(work),
					      struct pgdm_bell, work);

	bell->answer();
}

static void on_irq(struct irq_work *irq)
{
	struct pgdm_bell *bell = container_of(irq, struct pgdm_bell, irq);

	if (bell->heard)
		bell->heard(bell);
	else
		pgdm_bell_answer_in(bell, 0);
}

/**
 * pgdm_bell_set_handlers() - the part of pgdm_bell_init() that is no macro
 * @bell: the bell
 * @heard: see pgdm_bell_init()
 * @answer: see pgdm_bell_init()
 */
void pgdm_bell_set_handlers(struct pgdm_bell *bell,
			    void (*heard)(struct pgdm_bell *bell),
			    void (*answer)(void))
{
	init_irq_work(&bell->irq, on_irq);
	bell->heard = heard;
	bell->answer = answer;
}

/**
 * pgdm_bell_answer_in() - have it answered, unless that is under way
 * @bell: the bell
 * @delay: in jiffies
 *
 * Context: heard().
 */
void pgdm_bell_answer_in(struct pgdm_bell *bell, unsigned long delay)
{
	schedule_delayed_work(&bell->work, delay);
}

/**
 * pgdm_bell_put_off() - have it answered in @delay from now; replaces an earlier delay
 * @bell: the bell
 * @delay: in jiffies
 *
 * Context: heard().
 */
void pgdm_bell_put_off(struct pgdm_bell *bell, unsigned long delay)
{
	mod_delayed_work(system_wq, &bell->work, delay);
}

/**
 * pgdm_bell_close() - let it not be rung any more
 * @bell: the bell
 *
 * A hook that found it open may ring it until a grace period of RCU has passed.
 *
 * Context: any.
 */
void pgdm_bell_close(struct pgdm_bell *bell)
{
	WRITE_ONCE(bell->closed, true);
}

/**
 * pgdm_bell_sync() - wait for what is under way, cancel what is put off
 * @bell: it is not rung any more
 *
 * Context: may sleep.
 */
void pgdm_bell_sync(struct pgdm_bell *bell)
{
	irq_work_sync(&bell->irq);
	cancel_delayed_work_sync(&bell->work);
}
