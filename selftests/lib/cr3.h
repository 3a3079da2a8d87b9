/* SPDX-License-Identifier: GPL-2.0 */
/* The file cr3: which mm, process and mirror each CPU's CR3 stands for. */
#ifndef _PGDM_CR3_H
#define _PGDM_CR3_H

#include <stdint.h>
#include <sys/types.h>

/**
 * struct pgdm_cr3 - a line of the file
 * @cr3: the CPU's CR3
 * @mirror: the number of the mirror to which it leads, or another word
 * @id: of the tracked mm, or 0
 * @mm: address of the mm, or 0
 * @root: address of the mm's own root, or 0
 * @pid: of a process of the mm, or 0
 * @comm: its name, with white space and backslashes as octal numbers, or "-"
 */
struct pgdm_cr3 {
	uint64_t cr3;
	char mirror[16];
	uint64_t id;
	uint64_t mm;
	uint64_t root;
	pid_t pid;
	char comm[64];
};

/**
 * pgdm_cr3() - read a CPU's line
 * @cpu: which, online, else the process dies
 *
 * Reading it disturbs no CPU but by an interrupt.
 *
 * Return: the line.
 */
struct pgdm_cr3 pgdm_cr3(unsigned int cpu);

/**
 * pgdm_cr3_address() - where a value of CR3 leads to
 * @cr3: the value
 *
 * Return: the table's physical address.
 */
uint64_t pgdm_cr3_address(uint64_t cr3);

/**
 * pgdm_cr3_mirror() - where the mirror is that a line names as the loaded one
 * @cpu: whose line it is
 * @line: the line, which names a mirror
 *
 * Return: its physical address; 0: the file mirrors says that it is not loaded with
 * that mm.
 */
uint64_t pgdm_cr3_mirror(unsigned int cpu, const struct pgdm_cr3 *line);

#endif
