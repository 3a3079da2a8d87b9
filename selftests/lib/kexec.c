// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/kexec.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kexec.h"

int pgdm_make_identity_map(void)
{
	static char code[4096];
	struct kexec_segment segment = {
		.buf = code,
		.bufsz = sizeof(code),
		.mem = (void *)0x1000000,
		.memsz = sizeof(code),
	};
	const unsigned long entry = 0x1000000;

	if (syscall(SYS_kexec_load, entry, 1ul, &segment, KEXEC_ARCH_X86_64) ||
	    syscall(SYS_kexec_load, entry, 0ul, NULL, KEXEC_ARCH_X86_64))
		return errno;
	return 0;
}
