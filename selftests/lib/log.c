// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "log.h"
#include "paths.h"

static int scan_fd = -1, mark_fd = -1;
static char *marked;
static size_t marked_len;

static int open_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		pgdm_die("open /dev/kmsg: %s", strerror(errno));
	lseek(fd, 0, SEEK_END);
	return fd;
}

/* The text of the next record of the kernel itself, or NULL. */
static char *next_record(int fd)
{
	static char record[8192];
	char *text;
	ssize_t n;

	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return NULL;
		record[n] = '\0';
		text = strchr(record, ';');
		/* Priority is facility times 8 and level: 0..7 is the kernel. */
		if (!text || strtoul(record, NULL, 10) > 7)
			continue;
		text[strcspn(text, "\n")] = '\0';
		return text + 1;
	}
}

void pgdm_log_watch(void)
{
	scan_fd = open_log();
}

void pgdm_log_mark(void)
{
	if (mark_fd >= 0)
		close(mark_fd);
	mark_fd = open_log();
	marked_len = 0;
}

bool pgdm_log_has(const char *text)
{
	const char *line;

	while ((line = next_record(mark_fd))) {
		size_t len = strlen(line);

		marked = realloc(marked, marked_len + len + 2);
		if (!marked)
			pgdm_die("no memory");
		memcpy(marked + marked_len, line, len);
		memcpy(marked + marked_len + len, "\n", 2);
		marked_len += len + 1;
	}
	return marked_len && strstr(marked, text);
}

/* Beside the program when installed, else in the source directory. */
static FILE *open_signs(void)
{
	const char *env = getenv("PGDM_SELFTESTS");
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/log-signs", env ? env : pgdm_program_dir());
	f = fopen(path, "re");
	if (!f) {
		snprintf(path, sizeof(path), "%s/../../selftests/log-signs",
			 pgdm_program_dir());
		f = fopen(path, "re");
	}
	if (!f)
		pgdm_die("no file log-signs at %s", path);
	return f;
}

unsigned int pgdm_log_scan(void)
{
	unsigned int nr = 0, found = 0, i;
	regex_t signs[64];
	char line[1024], *text;
	FILE *f = open_signs();

	while (fgets(line, sizeof(line), f) && nr < 64) {
		line[strcspn(line, "\n")] = '\0';
		if (regcomp(&signs[nr++], line, REG_EXTENDED | REG_NOSUB))
			pgdm_die("log-signs: %s", line);
	}
	fclose(f);
	while ((text = next_record(scan_fd))) {
		for (i = 0; i < nr && regexec(&signs[i], text, 0, NULL, 0); i++)
			;
		if (i == nr)
			continue;
		printf("# kernel log: %s\n", text);
		found++;
	}
	for (i = 0; i < nr; i++)
		regfree(&signs[i]);
	return found;
}
