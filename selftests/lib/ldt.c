// SPDX-License-Identifier: GPL-2.0
#include <asm/ldt.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ldt.h"

int pgdm_ldt_write(unsigned int entry, unsigned int base)
{
	struct user_desc desc = {
		.entry_number = entry,
		.base_addr = base,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};

	return syscall(SYS_modify_ldt, 0x11, &desc, sizeof(desc)) ? errno : 0;
}

/* A selector: the number, of the LDT (4), for user mode (3). */
int pgdm_ldt_read(unsigned int entry)
{
	int word;

	asm volatile("mov %1, %%gs\n\t"
		     "mov %%gs:0, %0\n\t"
		     "mov %2, %%gs"
		     : "=&r"(word) : "r"(entry << 3 | 7), "r"(0) : "memory");
	return word;
}
