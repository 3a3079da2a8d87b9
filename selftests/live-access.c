// SPDX-License-Identifier: GPL-2.0
/*
 * Other processes, and other threads, put pages into a live mm: the root
 * entry is made where the mm does not run, with no fault and no flush on the
 * CPU that runs it. There it costs the one extra fault, and the data is right.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define ROUNDS 20

/* Writes a word into a process: 0 or an errno. */
typedef int (*write_word_fn)(pid_t pid, char *address, long value);

static int write_by_process_vm(pid_t pid, char *address, long value)
{
	struct iovec from = { &value, sizeof(value) };
	struct iovec to = { address, sizeof(value) };

	if (process_vm_writev(pid, &from, 1, &to, 1, 0) != sizeof(value))
		return errno;
	return 0;
}

static int write_by_proc_mem(pid_t pid, char *address, long value)
{
	char path[64];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (pwrite(fd, &value, sizeof(value), (off_t)address) != sizeof(value))
		err = errno;
	close(fd);
	return err;
}

static int write_by_ptrace(pid_t pid, char *address, long value)
{
	int status, err = 0;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return errno;
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return ECHILD;
	if (ptrace(PTRACE_POKEDATA, pid, address, (void *)value))
		err = errno;
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) && !err)
		err = errno;
	return err;
}

/**
 * struct writer - a process that writes into its parent when told
 *
 * It is forked once, as a fork makes the parent's pages shared, and its next
 * writes to them fault.
 */
struct writer {
	pid_t pid;
	int to[2];
	int from[2];
};

struct order {
	char *address;
	long value;
};

static void __attribute__((noreturn))
writer_main(struct writer *w, write_word_fn write_word)
{
	struct order o;
	int err;

	while (read(w->to[0], &o, sizeof(o)) == sizeof(o) && o.address) {
		err = write_word(getppid(), o.address, o.value);
		if (write(w->from[1], &err, sizeof(err)) != sizeof(err))
			break;
	}
	_exit(0);
}

static void start_writer(struct writer *w, write_word_fn write_word)
{
	if (pipe2(w->to, O_CLOEXEC) || pipe2(w->from, O_CLOEXEC))
		pgdm_die("pipe: %s", strerror(errno));
	w->pid = fork();
	if (w->pid < 0)
		pgdm_die("fork: %s", strerror(errno));
	if (!w->pid)
		writer_main(w, write_word);
	/* Makes this process's pages its own again. */
	if (mlockall(MCL_CURRENT))
		pgdm_die("mlockall: %s", strerror(errno));
}

static int writer_writes(struct writer *w, char *address, long value)
{
	struct order o = { address, value };
	int err;

	if (write(w->to[1], &o, sizeof(o)) != sizeof(o) ||
	    read(w->from[0], &err, sizeof(err)) != sizeof(err))
		return EPIPE;
	return err;
}

static void stop_writer(struct writer *w)
{
	struct order end = { 0 };

	if (write(w->to[1], &end, sizeof(end)) != sizeof(end) ||
	    waitpid(w->pid, NULL, 0) != w->pid)
		pgdm_die("the writer is gone");
}

static void written_from_outside(struct __test_metadata *_metadata,
				 FIXTURE_DATA(stage) *self,
				 write_word_fn write_word)
{
	struct pgdm_turns turns = PGDM_TURNS_OF(&self->worker);
	struct writer writer;
	unsigned int i;
	bool alone;

	start_writer(&writer, write_word);
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		char *page = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);

		pgdm_slot_map(PGDM_SLOT_FIRST + i);
		pgdm_turn_begin(&turns);
		ASSERT_EQ(0, writer_writes(&writer, page, 1000 + i));
		pgdm_turn_count(&turns);
		EXPECT_EQ(1000 + i, load_there(self, page));
		alone = pgdm_turn_end(&turns);
		expect_count(1, turns.seen, alone);
		expect_count(1, turns.fixed, alone);
		EXPECT_EQ(1000 + i, *(volatile long *)page);
	}
	expect_half_undisturbed(&turns);
	stop_writer(&writer);
}

STAGE_TEST(process_vm_writev)
{
	written_from_outside(_metadata, self, write_by_process_vm);
}

STAGE_TEST(proc_pid_mem)
{
	written_from_outside(_metadata, self, write_by_proc_mem);
}

STAGE_TEST(ptrace_pokedata)
{
	written_from_outside(_metadata, self, write_by_ptrace);
}

static int wait_for_signal(void *unused)
{
	(void)unused;
	return pause();
}

/*
 * The other way round: what another process holds is read into pages that are
 * not there yet, so that it is the kernel that faults at the user address. This CPU adds
 * the entry, and its mirror has it at once.
 */
STAGE_TEST(process_vm_readv)
{
	struct pgdm_turns turns = PGDM_TURNS_ON(HERE);
	volatile long value = 3000;
	unsigned int i;
	bool alone;
	pid_t pid;

	/* It keeps the value that is there now. */
	pid = pgdm_fork(wait_for_signal, NULL);
	value = 0;
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		char *page = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);
		struct iovec to = { page, sizeof(value) };
		struct iovec from = { (void *)&value, sizeof(value) };

		pgdm_slot_map(PGDM_SLOT_FIRST + i);
		pgdm_turn_begin(&turns);
		pgdm_turn_count(&turns);
		ASSERT_EQ(sizeof(value), process_vm_readv(pid, &to, 1, &from, 1, 0));
		alone = pgdm_turn_end(&turns);
		expect_count(1, turns.seen, alone);
		EXPECT_EQ(0, turns.fixed);
		EXPECT_EQ(3000, *(volatile long *)page);
		EXPECT_EQ(3000, load_there(self, page));
	}
	expect_half_undisturbed(&turns);
	pgdm_kill(pid);
}

/*
 * S4. FUTEX_WAIT reads its word with faults disabled first, and as any other
 * kernel access when that fails: once on an entry that this CPU's mirror lacks.
 */
static void futex_job(void *address)
{
	/* The word is 1: no waiting for 0. */
	if (syscall(SYS_futex, address, FUTEX_WAIT_PRIVATE, 0, NULL) != -1 ||
	    errno != EAGAIN)
		pgdm_die("futex: %s", strerror(errno));
}

STAGE_TEST(faults_disabled)
{
	uint64_t fixed, failed, all = 0;
	unsigned int i;

	track_self();
	for (i = 0; i < ROUNDS; i++) {
		char *page = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);

		pgdm_slot_map(PGDM_SLOT_FIRST + i);
		*(volatile int *)page = 1;
		fixed = pgdm_cpu_stat(THERE, "faults_fixed");
		failed = pgdm_cpu_stat(THERE, "faults_failed");
		pgdm_worker_call(&self->worker, futex_job, page);
		pgdm_worker_call(&self->worker, futex_job, page);
		/* None if the CPU left the mm and came back meanwhile. */
		fixed = pgdm_cpu_stat(THERE, "faults_fixed") - fixed;
		failed = pgdm_cpu_stat(THERE, "faults_failed") - failed;
		EXPECT_GE(1, failed);
		EXPECT_EQ(fixed, failed);
		all += failed;
	}
	EXPECT_LE(1, all);
	/* The write above was retried. */
	EXPECT_EQ(0, pgdm_cpu_stat(HERE, "faults_failed"));
}

/* The page comes while the reader waits for it inside its fault. */
STAGE_TEST(userfaultfd)
{
	struct uffdio_api api = { .api = UFFD_API };
	char *page = aligned_alloc(4096, 4096);
	unsigned int i;
	int fd;

	fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, UFFDIO_API, &api));
	ASSERT_NE(NULL, page);
	track_self();
	for (i = 0; i < ROUNDS; i++) {
		char *to = pgdm_slot_address(PGDM_SLOT_FIRST + i, 0);
		struct uffdio_register reg = {
			.range = { (uintptr_t)to, PGDM_SLOT_PAGES * 4096 },
			.mode = UFFDIO_REGISTER_MODE_MISSING,
		};
		struct uffdio_copy copy = {
			.dst = (uintptr_t)to,
			.src = (uintptr_t)page,
			.len = 4096,
		};
		struct pgdm_load there = { .address = to };
		struct uffd_msg msg;

		pgdm_slot_map(PGDM_SLOT_FIRST + i);
		ASSERT_EQ(0, ioctl(fd, UFFDIO_REGISTER, &reg));
		*(long *)page = 2000 + i;
		pgdm_worker_send(&self->worker, pgdm_job_load, &there);
		ASSERT_EQ(sizeof(msg), read(fd, &msg, sizeof(msg)));
		EXPECT_EQ(UFFD_EVENT_PAGEFAULT, msg.event);
		EXPECT_EQ((uintptr_t)to, msg.arg.pagefault.address);
		ASSERT_EQ(0, ioctl(fd, UFFDIO_COPY, &copy));
		pgdm_worker_wait(&self->worker);
		EXPECT_EQ(2000 + i, there.value);
		EXPECT_EQ(2000 + i, *(volatile long *)to);
	}
	close(fd);
	free(page);
}

TEST_HARNESS_MAIN
