// SPDX-License-Identifier: GPL-2.0
/*
 * The probes of which misses matter, and how many they missed.
 */
#include "probe.h"

struct kprobe pgdm_probe_write;
struct kretprobe pgdm_probe_birth;
struct kretprobe pgdm_probe_flush;
