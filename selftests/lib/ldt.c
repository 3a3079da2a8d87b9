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
