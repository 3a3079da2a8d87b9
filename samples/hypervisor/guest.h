/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guests do, and the scheduler.
 */
#ifndef GUEST_H
#define GUEST_H

void guest_run(unsigned int steps);

#endif
