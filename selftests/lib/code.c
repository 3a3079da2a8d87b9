// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "code.h"
#include "die.h"

#define CORE "/proc/kcore"
#define REACH 256

static uint64_t address_of(const char *function)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long address;
	char name[128];

	if (!f)
		pgdm_die("/proc/kallsyms: %s", strerror(errno));
	while (fscanf(f, "%lx %*c %127s%*[^\n]", &address, name) == 2)
		if (!strcmp(name, function)) {
			fclose(f);
			return address;
		}
	pgdm_die("the kernel has no %s", function);
}

static void read_at(int fd, off_t at, void *to, size_t len)
{
	if (pread(fd, to, len, at) != (ssize_t)len)
		pgdm_die(CORE ": cannot read %zu bytes at %#lx", len, (long)at);
}

/* A core file: a segment for each range of addresses. */
static void read_kernel(uint64_t address, unsigned char *to)
{
	int fd = open(CORE, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr head;
	Elf64_Phdr part;
	unsigned int i;

	if (fd < 0)
		pgdm_die(CORE ": %s", strerror(errno));
	read_at(fd, 0, &head, sizeof(head));
	for (i = 0; i < head.e_phnum; i++) {
		read_at(fd, (off_t)(head.e_phoff + i * sizeof(part)), &part,
			sizeof(part));
		if (part.p_type == PT_LOAD && address >= part.p_vaddr &&
		    address - part.p_vaddr + REACH <= part.p_memsz)
			break;
	}
	if (i == head.e_phnum)
		pgdm_die(CORE " has nothing at %#lx", (long)address);
	read_at(fd, (off_t)(part.p_offset + (address - part.p_vaddr)), to, REACH);
	close(fd);
}

const char *pgdm_code_place(const char *function, const unsigned char *bytes,
			    size_t len)
{
	static char place[160];
	unsigned char code[REACH];
	const unsigned char *found;

	read_kernel(address_of(function), code);
	found = memmem(code, sizeof(code), bytes, len);
	if (!found || found == code)
		pgdm_die("%s has no such instruction", function);
	/* It has one prefix, of its operands' size. */
	snprintf(place, sizeof(place), "%s+%td", function, found - 1 - code);
	return place;
}
