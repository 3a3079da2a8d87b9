// SPDX-License-Identifier: GPL-2.0
/*
 * The module's trace events, instantiated once.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
