// SPDX-License-Identifier: GPL-2.0
/*
 * server: a load as that of a small web server. Worker processes answer requests of
 * clients over sockets; now and then one starts a program for the answer, as CGI does,
 * or maps a file's worth of memory and gives it back.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS		4
#define REQUESTS	400	/* of each client */
#define CGI_PERIOD	40
#define MAP_PERIOD	4
#define MAP_BYTES	(1UL << 20)

static void check(int bad, const char *what)
{
	if (!bad)
		return;
	fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void start_program(void)
{
	int status;
	pid_t pid = fork();

	check(pid < 0, "fork");
	if (!pid) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	check(waitpid(pid, &status, 0) != pid || status, "the program");
}

static void map(void)
{
	char *p = mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	check(p == MAP_FAILED, "mmap");
	memset(p, 1, MAP_BYTES / 16);
	check(munmap(p, MAP_BYTES), "munmap");
}

/* Answers until the client has gone. */
static void serve(int fd)
{
	unsigned int request;
	ssize_t got;

	while ((got = read(fd, &request, sizeof(request))) == sizeof(request)) {
		if (request % CGI_PERIOD == CGI_PERIOD - 1)
			start_program();
		else if (request % MAP_PERIOD == 0)
			map();
		check(write(fd, &request, sizeof(request)) != sizeof(request), "write");
	}
	check(got, "read");
}

static void ask(int fd)
{
	unsigned int i, answer;

	for (i = 0; i < REQUESTS; i++) {
		check(write(fd, &i, sizeof(i)) != sizeof(i), "write");
		check(read(fd, &answer, sizeof(answer)) != sizeof(answer) || answer != i,
		      "the answer");
	}
}

static void start(int mine, int others, void (*work)(int fd))
{
	pid_t pid = fork();

	check(pid < 0, "fork");
	if (pid)
		return;
	close(others);
	work(mine);
	exit(0);
}

int main(void)
{
	int fd[2], i, status, bad = 0;

	for (i = 0; i < WORKERS; i++) {
		check(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "socketpair");
		start(fd[0], fd[1], serve);
		start(fd[1], fd[0], ask);
		close(fd[0]);
		close(fd[1]);
	}
	while (wait(&status) > 0)
		bad |= status;
	return bad ? 1 : 0;
}
