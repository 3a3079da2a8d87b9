/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port: where the hypervisor calls the core. See Documentation/porting.md.
 */
#ifndef HYPERVISOR_H
#define HYPERVISOR_H

#include "machine.h"

extern bool hypervisor_syncs_faults;

void hypervisor_exit_to_guest(struct cpu *cpu);
void hypervisor_trap(struct cpu *cpu);
void hypervisor_fault(struct cpu *cpu, unsigned int index);
void hypervisor_write(struct cpu *cpu, struct root *r, unsigned int index, u64 value);
void hypervisor_load_root(struct cpu *cpu, struct root *r);
void hypervisor_run(struct cpu *cpu, struct vcpu *v);
void hypervisor_root_dies(struct root *r);
void hypervisor_cpu_dies(struct cpu *cpu);

#endif
