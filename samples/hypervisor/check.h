/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What must hold, looked at from outside of the core.
 */
#ifndef CHECK_H
#define CHECK_H

#include "machine.h"

void check_fail(const char *what, const struct cpu *cpu, unsigned int index);
void check_entry(const struct cpu *cpu);
void check_walk(const struct cpu *cpu, unsigned int index);
void check_audit(void);

#endif
