// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "files.h"
#include "process.h"

pid_t pgdm_fork(int (*child)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		pgdm_die("fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(child(arg));
	}
	return pid;
}

int pgdm_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		pgdm_die("waitpid: %s", strerror(errno));
	return status;
}

int pgdm_run(int (*child)(void *arg), void *arg)
{
	return pgdm_wait(pgdm_fork(child, arg));
}

/* "pid (comm) state ...", and the name may have any character. */
bool pgdm_sleeps(pid_t pid)
{
	const char *end_of_comm;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	end_of_comm = strrchr(pgdm_read_path(path), ')');
	return end_of_comm && end_of_comm[1] == ' ' && end_of_comm[2] == 'S';
}

void pgdm_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	pgdm_wait(pid);
}
