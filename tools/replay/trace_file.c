// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a compact trace, and telling what is wrong with it.
 */
#include "trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const struct trace_file *t, const char *why)
{
	fprintf(stderr, "replay: %s: %s\n", t->name, why);
	return -1;
}

static const char *header_fault(const struct replay_header *h)
{
	if (memcmp(h->magic, REPLAY_MAGIC, sizeof(h->magic)))
		return "no compact trace; tools/replay/import makes one";
	if (h->version != REPLAY_VERSION)
		return "a compact trace of another version; import the recording again";
	if (h->record_bytes != sizeof(struct replay_record))
		return "damaged: the length of a record is wrong";
	if (!h->cpus || h->cpus > REPLAY_CPUS_MAX)
		return "damaged: the number of CPUs is not one of 1 to 4096";
	if (!h->mms || h->mms > REPLAY_MMS_MAX)
		return "damaged: the number of address spaces is too large";
	if (h->pages < 1 || h->pages > 2)
		return "damaged: a root has one table or two";
	if (h->mirrors < 2 || h->mirrors > 64)
		return "damaged: the number of mirrors is not one of 2 to 64";
	if (!memchr(h->policy, 0, sizeof(h->policy)))
		return "damaged: the policy's name has no end";
	return NULL;
}

/**
 * trace_file_use() - take a compact trace that is in memory
 * @t: filled in
 * @name: for messages
 * @map: where it is, 8-byte aligned; stays the caller's
 * @bytes: its length
 *
 * Return: 0, or -1 after a message.
 */
int trace_file_use(struct trace_file *t, const char *name, void *map, size_t bytes)
{
	const char *fault;
	uint64_t there;

	memset(t, 0, sizeof(*t));
	t->name = name;
	if (bytes < sizeof(t->header))
		return refuse(t, "shorter than the header of a compact trace");
	memcpy(&t->header, map, sizeof(t->header));
	fault = header_fault(&t->header);
	if (fault)
		return refuse(t, fault);
	there = (bytes - sizeof(t->header)) / sizeof(struct replay_record);
	if (there != t->header.records || (bytes - sizeof(t->header)) % sizeof(*t->record)) {
		fprintf(stderr, "replay: %s: cut off or too long: %llu records, %llu announced\n",
			name, (unsigned long long)there,
			(unsigned long long)t->header.records);
		return -1;
	}
	t->record = (const void *)((const char *)map + sizeof(t->header));
	return 0;
}

/**
 * trace_file_open() - map a compact trace
 * @t: filled in
 * @name: the file
 *
 * Return: 0, or -1 after a message.
 */
int trace_file_open(struct trace_file *t, const char *name)
{
	struct stat st;
	void *map = MAP_FAILED;
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && !fstat(fd, &st) && st.st_size)
		map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd < 0 || (map == MAP_FAILED && st.st_size)) {
		fprintf(stderr, "replay: %s: %s\n", name, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	if (map == MAP_FAILED) {
		fprintf(stderr, "replay: %s: empty\n", name);
		return -1;
	}
	if (trace_file_use(t, name, map, st.st_size)) {
		munmap(map, st.st_size);
		return -1;
	}
	t->map = map;
	t->bytes = st.st_size;
	return 0;
}

static const char *record_fault(const struct replay_header *h, const struct replay_record *r)
{
	bool of_mm = r->kind != REPLAY_LEAVE && r->kind != REPLAY_MISS &&
		     r->kind != REPLAY_LOST;

	if (!r->kind || r->kind >= REPLAY_KINDS)
		return "of no known kind";
	if (r->cpu >= h->cpus)
		return "of a CPU that the header does not have";
	if (of_mm && (!r->mm || r->mm >= h->mms))
		return "of an address space that the header does not have";
	if ((r->kind == REPLAY_FAULT || r->kind == REPLAY_GUARD) &&
	    REPLAY_FAULT_INDEX(r->data) > 255)
		return "a fault above the user half";
	if (r->kind == REPLAY_ENTRY && REPLAY_INDEX(r->data) > 255)
		return "an entry above the user half";
	return NULL;
}

/**
 * trace_file_check() - is each record one that can be replayed?
 * @t: the trace
 *
 * Return: 0, or -1 after a message with the first one's position.
 */
int trace_file_check(const struct trace_file *t)
{
	const char *fault;
	uint64_t i;

	for (i = 0; i < t->header.records; i++) {
		fault = record_fault(&t->header, &t->record[i]);
		if (!fault)
			continue;
		fprintf(stderr, "replay: %s: record %llu is damaged: %s\n", t->name,
			(unsigned long long)i, fault);
		return -1;
	}
	return 0;
}

/**
 * trace_file_close() - unmap it
 * @t: the trace
 */
void trace_file_close(struct trace_file *t)
{
	munmap(t->map, t->bytes);
}
