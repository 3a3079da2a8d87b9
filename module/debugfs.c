// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs pgd_mirror/: the table of files.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "debugfs.h"

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "debugfs_audit.h"
#include "debugfs_control.h"
#include "debugfs_cr3.h"
#include "debugfs_stats.h"
#include "inject.h"
#include "preflight.h"

/* Longest accepted write, with its line end: the paths of cgroups are long. */
#define WRITE_MAX	4096

/**
 * struct file_row - one file
 * @name: its name
 * @show: prints it, or NULL
 * @write: takes a stripped line, returns 0 or an errno, or NULL
 */
struct file_row {
	const char *name;
	int (*show)(struct seq_file *seq, void *unused);
	int (*write)(char *text);
};

static const struct file_row files[] = {
	{ "policy", pgdm_debugfs_policy_show, pgdm_debugfs_policy_write },
	{ "live", pgdm_debugfs_live_show, pgdm_debugfs_live_write },
	{ "track", pgdm_debugfs_track_show, pgdm_debugfs_track_write },
	{ "mirrors", pgdm_debugfs_mirrors_show },
	{ "cr3", pgdm_debugfs_cr3_show },
	{ "stats", pgdm_debugfs_stats_show },
	{ "stats_percpu", pgdm_debugfs_stats_percpu_show },
	{ "hist", pgdm_debugfs_hist_show },
	{ "reset", NULL, pgdm_debugfs_reset_write },
	{ "audit", pgdm_debugfs_audit_show },
	{ "preflight", pgdm_preflight_show },
};

static struct dentry *dir;

/* For files that are only written: seeking in them shows, too. */
static int show_nothing(struct seq_file *seq, void *unused)
{
	return 0;
}

static int file_open(struct inode *inode, struct file *file)
{
	const struct file_row *row = inode->i_private;

	/* The file's mode forbids it too, but root may override that. */
	if (((file->f_mode & FMODE_READ) && !row->show) ||
	    ((file->f_mode & FMODE_WRITE) && !row->write))
		return -EACCES;
	return single_open(file, row->show ? row->show : show_nothing,
			   inode->i_private);
}

static ssize_t file_write(struct file *file, const char __user *from,
			  size_t count, loff_t *pos)
{
	const struct file_row *row = file_inode(file)->i_private;
	char *text;
	int ret;

	if (*pos || count > WRITE_MAX) {
		pr_warn_ratelimited("%s: expected one write of at most %d bytes\n",
				    row->name, WRITE_MAX);
		return -EINVAL;
	}
	text = memdup_user_nul(from, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (strlen(text) == count) {
		ret = row->write(strim(text));
	} else {
		pr_warn_ratelimited("%s: expected text, got a zero byte\n",
				    row->name);
		ret = -EINVAL;
	}
	kfree(text);
	return ret ? ret : count;
}

static const struct file_operations file_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.read = seq_read,
	.write = file_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static umode_t mode_of(const struct file_row *row)
{
	return (row->show ? 0400 : 0) | (row->write ? 0200 : 0);
}

/**
 * pgdm_debugfs_init() - make the directory and its files
 *
 * Context: may sleep.
 * Return: 0, or the error of debugfs; nothing is left then.
 */
int pgdm_debugfs_init(void)
{
	unsigned int i;

	if (pgdm_inject_unmet("debugfs"))
		return -ENODEV;
	dir = debugfs_create_dir("pgd_mirror", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		struct dentry *file;

		file = debugfs_create_file(files[i].name, mode_of(&files[i]),
					   dir, (void *)&files[i], &file_fops);
		if (IS_ERR(file)) {
			pgdm_debugfs_exit();
			return PTR_ERR(file);
		}
	}
	return 0;
}

/**
 * pgdm_debugfs_exit() - remove the directory
 *
 * Waits for the threads that are in one of the files.
 * Context: may sleep.
 */
void pgdm_debugfs_exit(void)
{
	debugfs_remove(dir);
}
