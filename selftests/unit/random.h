/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A deterministic source of numbers (xorshift64*), one a user.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <port.h>

struct random {
	u64 state;
};

static inline void random_init(struct random *r, u64 seed)
{
	r->state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

static inline unsigned int random_below(struct random *r, unsigned int n)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return ((r->state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

#endif
