// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "files.h"

/* A thread's own: several may read. */
static _Thread_local char buffer[1 << 17];

const char *pgdm_read_path(const char *path)
{
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		pgdm_die("open %s: %s", path, strerror(errno));
	while ((n = read(fd, buffer + len, sizeof(buffer) - 1 - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		pgdm_die("read %s: %s", path, strerror(errno));
	close(fd);
	buffer[len] = '\0';
	return buffer;
}

int pgdm_write_path(const char *path, const char *text)
{
	size_t len = strlen(text);
	int err = 0;
	ssize_t n;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	n = write(fd, text, len);
	if (n < 0)
		err = errno;
	else if ((size_t)n != len)
		err = EIO;
	close(fd);
	return err;
}

static const char *path_of(const char *name)
{
	static _Thread_local char path[256];

	snprintf(path, sizeof(path), PGDM_DIR "%s", name);
	return path;
}

const char *pgdm_read(const char *name)
{
	return pgdm_read_path(path_of(name));
}

int pgdm_write(const char *name, const char *text)
{
	return pgdm_write_path(path_of(name), text);
}

int pgdm_writef(const char *name, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pgdm_write(name, text);
}
