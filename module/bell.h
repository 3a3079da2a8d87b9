/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bell: how a hook asks for work that may sleep.
 *
 * Hooks run with IRQs off and with the kernel's locks held, a run queue's among
 * them; they may neither sleep nor wake a thread. When a hook finds work that it
 * cannot do itself, it rings a bell. The bell belongs to the file that rings it; a
 * file of a layer above answers. That file registers its functions when the module
 * is loaded, so that the lower file does not refer to it.
 *
 *	a hook			in an interrupt		in a worker
 *	pgdm_bell_ring()	heard()			answer()
 *
 * Rings that come before the answer has begun get one answer together. A ring that
 * comes later is answered again.
 */
#ifndef _PGDM_BELL_H
#define _PGDM_BELL_H

#include <linux/compiler.h>
#include <linux/irq_work.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/**
 * struct pgdm_bell - one bell
 * @irq: from the hook to an interrupt
 * @work: from there to a worker
 * @heard: in the interrupt, decides when @answer is called; NULL: at once
 * @answer: in the worker; may sleep
 * @closed: it is not rung any more; set by the side that answers
 * @seen: for the two sides: what the answering side found when it looked last
 */
struct pgdm_bell {
	struct irq_work irq;
	struct delayed_work work;
	void (*heard)(struct pgdm_bell *bell);
	void (*answer)(void);
	bool closed;
	unsigned long seen;
};

/**
 * pgdm_bell_ring() - ask for the answer
 * @bell: initialised by the side that answers, before any hook was in
 *
 * Context: any; in an RCU read-side section if the bell is one that is closed and
 * then synced (track.c) while hooks still ring.
 */
static inline void pgdm_bell_ring(struct pgdm_bell *bell)
{
	if (!READ_ONCE(bell->closed))
		irq_work_queue(&bell->irq);
}

/**
 * pgdm_bell_is_answering() - is an answer on its way already?
 * @bell: the bell
 *
 * Context: any.
 */
static inline bool pgdm_bell_is_answering(struct pgdm_bell *bell)
{
	return delayed_work_pending(&bell->work);
}

/**
 * pgdm_bell_init() - say which functions answer
 * @bell: the bell
 * @heard: called in an interrupt when it was rung, to call pgdm_bell_answer_in() or
 *	pgdm_bell_put_off(), or neither; NULL: the answer follows at once
 * @answer: called in a worker; may sleep
 *
 * A macro, so that lockdep tells the bells apart.
 *
 * Context: before any hook is in that may ring it.
 */
#define pgdm_bell_init(bell, heard, answer) do {			\
	INIT_DELAYED_WORK(&(bell)->work, pgdm_bell_run_answer);		\
	pgdm_bell_set_handlers(bell, heard, answer);			\
} while (0)

void pgdm_bell_run_answer(struct work_struct *work);
void pgdm_bell_set_handlers(struct pgdm_bell *bell,
			    void (*heard)(struct pgdm_bell *bell),
			    void (*answer)(void));
void pgdm_bell_answer_in(struct pgdm_bell *bell, unsigned long delay);
void pgdm_bell_put_off(struct pgdm_bell *bell, unsigned long delay);
void pgdm_bell_close(struct pgdm_bell *bell);
void pgdm_bell_sync(struct pgdm_bell *bell);

#endif
