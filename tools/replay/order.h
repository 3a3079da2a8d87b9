/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events of several CPUs in the order in which they took effect.
 */
#ifndef ORDER_H
#define ORDER_H

#include "event.h"

/**
 * struct order - events in order
 * @next: places in events.event
 * @nr: how many
 * @mms: that there are, numbered from 1
 * @forced: events that could not be put in order
 */
struct order {
	uint32_t *next;
	size_t nr;
	uint32_t mms;
	unsigned long forced;
};

int order_events(struct events *all, struct order *order);
void order_free(struct order *order);

#endif
