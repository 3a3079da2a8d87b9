/* SPDX-License-Identifier: GPL-2.0 */
/* Files of the kernel: read as a whole, written with one system call. */
#ifndef _PGDM_FILES_H
#define _PGDM_FILES_H

#define PGDM_DIR "/sys/kernel/debug/pgd_mirror/"
#define PGDM_PARAMS "/sys/module/pgd_mirror/parameters/"

/**
 * pgdm_read_path() - read a whole file
 * @path: of the file
 *
 * The process dies when it cannot be read. What is longer than 128 KiB is cut.
 *
 * Return: the text, in a buffer of the calling thread's that each reading call of
 * this library uses again.
 */
const char *pgdm_read_path(const char *path);

/**
 * pgdm_read() - read a whole file of the module's debugfs directory
 * @name: of the file, as "stats"
 *
 * Return: see pgdm_read_path().
 */
const char *pgdm_read(const char *name);

/**
 * pgdm_write_path() - write a text to a file that is there
 * @path: of the file
 * @text: written with one write(2)
 *
 * Return: 0, or the errno of open(2) or write(2); EIO if less was written.
 */
int pgdm_write_path(const char *path, const char *text);

/**
 * pgdm_write() - write a text to a file of the module's debugfs directory
 * @name: of the file, as "policy"
 * @text: written with one write(2)
 *
 * Return: see pgdm_write_path().
 */
int pgdm_write(const char *name, const char *text);

/**
 * pgdm_writef() - the same with a text that is formatted
 * @name: of the file
 * @fmt: what printf() takes; up to 255 characters come of it
 *
 * Return: see pgdm_write_path().
 */
int pgdm_writef(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
