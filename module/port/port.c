// SPDX-License-Identifier: GPL-2.0
/*
 * What the portable core needs from the kernel: the switch of time taking.
 */
#include "port.h"

DEFINE_STATIC_KEY_FALSE(pgdm_timing_key);
