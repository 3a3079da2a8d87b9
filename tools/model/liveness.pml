/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Progress: an access that faults gets through in the end. CPU 0 faults at
 * entry 1, which this or another CPU adds, and which may go and come again.
 *
 * "In the end" needs what a kernel has: each CPU goes on as long as it can
 * (weak fairness, pan -f), takes an interrupt that has come before it tries the
 * access again, and does nothing else meanwhile; and the entry stays: one that
 * goes each time before it is seen may be missed for ever.
 */
#define LIVENESS
#define N	2
#define REMOVES	0

#include "one-mm.pml"

#define there	(mem[PRIM(0, 1, 0)] != 0)

ltl progress { [] (stuck_at_1 && there -> <> (!stuck_at_1 || !there)) }
