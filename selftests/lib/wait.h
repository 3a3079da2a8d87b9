/* SPDX-License-Identifier: GPL-2.0 */
/* Time, and waiting for a condition. */
#ifndef _PGDM_WAIT_H
#define _PGDM_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "die.h"

/**
 * pgdm_now_ms() - the monotonic clock
 *
 * Return: milliseconds since some moment in the past.
 */
uint64_t pgdm_now_ms(void);

/**
 * pgdm_wait_for() - wait until a condition is true
 * @condition: an expression, looked at again and again, with no pause
 *
 * The process dies when it has not come true in 100 s. The condition is looked at
 * once more after that, as this CPU may have stood still.
 */
#define pgdm_wait_for(condition) do {					\
	uint64_t end_ = pgdm_now_ms() + 100000;				\
	bool late_ = false;						\
	while (!(condition)) {						\
		if (late_)						\
			pgdm_die("%s:%d: still not: %s", __FILE__,	\
				 __LINE__, #condition);			\
		late_ = pgdm_now_ms() > end_;				\
	}								\
} while (0)

#endif
