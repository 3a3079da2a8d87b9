// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel threads that work in a live mm: io_uring's poller, and one that has
 * taken the mm for itself (kthread_use_mm(), vhost). They reach user memory in
 * kernel mode, through the mirror of the CPU that they run on.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/vhost.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2);

#define ROUNDS 20
#define PAGE 4096

/* --- io_uring ------------------------------------------------------------- */

struct uring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *sq_flags;
	unsigned int *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static char *uring_map(int fd, size_t size, off_t what)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, fd, what);

	if (p == MAP_FAILED)
		pgdm_die("io_uring: mmap: %s", strerror(errno));
	return p;
}

/* A poller in the kernel, on the other CPU. 0 or an errno. */
static int uring_start(struct uring *u)
{
	struct io_uring_params p = {
		.flags = IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF,
		.sq_thread_cpu = THERE,
		.sq_thread_idle = 10000,
	};
	char *sq, *cq;

	u->fd = syscall(SYS_io_uring_setup, 8, &p);
	if (u->fd < 0)
		return errno;
	sq = uring_map(u->fd, p.sq_off.array + p.sq_entries * sizeof(int),
		       IORING_OFF_SQ_RING);
	cq = uring_map(u->fd,
		       p.cq_off.cqes + p.cq_entries * sizeof(*u->cqes),
		       IORING_OFF_CQ_RING);
	u->sqes = (void *)uring_map(u->fd, p.sq_entries * sizeof(*u->sqes),
				    IORING_OFF_SQES);
	u->sq_tail = (void *)(sq + p.sq_off.tail);
	u->sq_mask = (void *)(sq + p.sq_off.ring_mask);
	u->sq_array = (void *)(sq + p.sq_off.array);
	u->sq_flags = (void *)(sq + p.sq_off.flags);
	u->cq_head = (void *)(cq + p.cq_off.head);
	u->cq_tail = (void *)(cq + p.cq_off.tail);
	u->cq_mask = (void *)(cq + p.cq_off.ring_mask);
	u->cqes = (void *)(cq + p.cq_off.cqes);
	return 0;
}

/* The poller reads from a file into memory; its result. */
static int uring_read(struct uring *u, int file, void *to, unsigned int length)
{
	unsigned int tail = *u->sq_tail, slot = tail & *u->sq_mask;
	unsigned int head = *u->cq_head;
	int result;

	memset(&u->sqes[slot], 0, sizeof(u->sqes[slot]));
	u->sqes[slot].opcode = IORING_OP_READ;
	u->sqes[slot].fd = file;
	u->sqes[slot].addr = (uintptr_t)to;
	u->sqes[slot].len = length;
	u->sq_array[slot] = slot;
	__atomic_store_n(u->sq_tail, tail + 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(u->sq_flags, __ATOMIC_SEQ_CST) &
	    IORING_SQ_NEED_WAKEUP)
		syscall(SYS_io_uring_enter, u->fd, 0, 0,
			IORING_ENTER_SQ_WAKEUP, NULL, 0);
	pgdm_wait_for(__atomic_load_n(u->cq_tail, __ATOMIC_ACQUIRE) != head);
	result = u->cqes[head & *u->cq_mask].res;
	__atomic_store_n(u->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

/* The poller runs in the mm all the time, and lacks each new entry. */
STAGE_TEST(io_uring_poller)
{
	char want[PAGE];
	struct uring u = { 0 };
	struct pgdm_turns turns = PGDM_TURNS_ON(THERE);
	int i, err, pipe[2];

	/* Two that spin on one CPU would only be in each other's way. */
	pgdm_worker_stop(&self->worker);
	track_self();
	err = uring_start(&u);
	if (err == ENOSYS || err == EPERM)
		SKIP(goto out, "no io_uring: %s", strerror(err));
	ASSERT_EQ(0, err);
	/* The poller leaves a read that may wait to another thread; this one does not. */
	ASSERT_EQ(0, pipe2(pipe, O_CLOEXEC | O_NONBLOCK));
	for (i = 0; i < ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;
		char *page = pgdm_slot_address(slot, 1);
		bool alone;

		memset(want, 'a' + i, PAGE);
		ASSERT_EQ(PAGE, write(pipe[1], want, PAGE));
		/* The entry is there, the page is not yet. */
		pgdm_turn_begin(&turns);
		pgdm_slot_add(slot);
		pgdm_turn_count(&turns);
		EXPECT_EQ(PAGE, uring_read(&u, pipe[0], page, PAGE));
		EXPECT_EQ(0, memcmp(want, page, PAGE));
		alone = pgdm_turn_end(&turns);
		expect_count(1, turns.fixed, alone);
		pgdm_slot_unmap(slot);
	}
	expect_half_undisturbed(&turns);
	close(pipe[0]);
	close(pipe[1]);
	close(u.fd);
out:
	pgdm_worker_start(&self->worker, THERE);
}

/* --- vhost ---------------------------------------------------------------- */

#define RING 4
#define TX 1
#define GUEST_CID 42
#define HEADER 44	/* struct virtio_vsock_hdr */

struct vhost {
	int fd;
	int kick;
	int call;
};

/* In one page, apart: descriptors, then avail, used, and a packet's header. */
static void *part(char *page, unsigned int n)
{
	return page + n * 1024;
}

#define DO(fd, request, argument) do {					\
	if (ioctl(fd, request, argument))				\
		pgdm_die("%s: %s", #request, strerror(errno));		\
} while (0)

/* The thread of that name in a directory such as /proc, or 0. */
static pid_t find_thread(const char *directory, const char *name)
{
	char path[300], comm[32];
	DIR *proc = opendir(directory);
	struct dirent *entry;
	pid_t found = 0;

	while (proc && !found && (entry = readdir(proc))) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s/comm", directory,
			 entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) && !strcmp(comm, name))
			found = atoi(entry->d_name);
		fclose(file);
	}
	if (proc)
		closedir(proc);
	return found;
}

/*
 * The thread that serves this process, pinned to the other CPU: one of the kernel's own,
 * or, from 6.4 on where none is asked for, a thread of the process that stays in the
 * kernel.
 */
static void pin_vhost_worker(void)
{
	char name[32];
	cpu_set_t set;
	pid_t worker;

	CPU_ZERO(&set);
	CPU_SET(THERE, &set);
	snprintf(name, sizeof(name), "vhost-%d\n", getpid());
	worker = find_thread("/proc/self/task", name);
	if (!worker)
		worker = find_thread("/proc", name);
	if (!worker)
		pgdm_die("no thread vhost-%d", getpid());
	if (sched_setaffinity(worker, sizeof(set), &set))
		pgdm_die("sched_setaffinity: %s", strerror(errno));
}

/* In newer headers. */
#ifndef VHOST_SET_FORK_FROM_OWNER
#define VHOST_SET_FORK_FROM_OWNER _IOW(VHOST_VIRTIO, 0x84, __u8)
#endif

static bool vhost_open(struct vhost *v)
{
	const __u8 of_kernel = 0;

	if (system("modprobe -q vhost_vsock"))
		return false;
	v->fd = open("/dev/vhost-vsock", O_RDWR | O_CLOEXEC);
	if (v->fd < 0)
		return false;
	/* Refused by kernels that have one kind of thread only. */
	ioctl(v->fd, VHOST_SET_FORK_FROM_OWNER, &of_kernel);
	DO(v->fd, VHOST_SET_OWNER, NULL);
	pin_vhost_worker();
	return true;
}

/* Rings and memory in this page, and nowhere else. */
static void vhost_use(struct vhost *v, char *page)
{
	struct {
		struct vhost_memory table;
		struct vhost_memory_region region;
	} memory = {
		.table.nregions = 1,
		.region = {
			.guest_phys_addr = 0,
			.memory_size = PAGE,
			.userspace_addr = (uintptr_t)page,
		},
	};
	int stop = 0, run = 1;
	unsigned int i;

	DO(v->fd, VHOST_VSOCK_SET_RUNNING, &stop);
	DO(v->fd, VHOST_SET_MEM_TABLE, &memory);
	for (i = 0; i < 2; i++) {
		struct vhost_vring_state size = { i, RING }, base = { i, 0 };
		struct vhost_vring_addr at = {
			.index = i,
			.desc_user_addr = (uintptr_t)part(page, 0),
			.avail_user_addr = (uintptr_t)part(page, 1),
			.used_user_addr = (uintptr_t)part(page, 2),
		};
		struct vhost_vring_file kick = { i, v->kick };
		struct vhost_vring_file call = { i, v->call };

		DO(v->fd, VHOST_SET_VRING_NUM, &size);
		DO(v->fd, VHOST_SET_VRING_BASE, &base);
		DO(v->fd, VHOST_SET_VRING_ADDR, &at);
		/* Only what the guest sends is kicked. */
		if (i != TX)
			kick.fd = -1;
		DO(v->fd, VHOST_SET_VRING_KICK, &kick);
		DO(v->fd, VHOST_SET_VRING_CALL, &call);
	}
	DO(v->fd, VHOST_VSOCK_SET_RUNNING, &run);
}

/* A packet that goes nowhere: read, dropped, and handed back as used. */
static void offer(char *page, unsigned int turn)
{
	struct vring_desc *desc = part(page, 0);
	struct vring_avail *avail = part(page, 1);

	memset(part(page, 3), 0, HEADER);
	desc[0] = (struct vring_desc){ .addr = 3 * 1024, .len = HEADER };
	avail->ring[turn % RING] = 0;
	__atomic_store_n(&avail->idx, turn + 1, __ATOMIC_SEQ_CST);
}

static void wait_used(char *page, unsigned int turn)
{
	struct vring_used *used = part(page, 2);

	pgdm_wait_for(__atomic_load_n(&used->idx, __ATOMIC_ACQUIRE) ==
		      turn + 1);
}

/* A thread that took the mm, and finds its rings at another entry each time. */
STAGE_TEST(kthread_use_mm)
{
	unsigned long long cid = GUEST_CID;
	const uint64_t one = 1;
	struct vhost v = { 0 };
	unsigned int i;
	uint64_t fixed;

	pgdm_worker_stop(&self->worker);
	track_self();
	v.kick = eventfd(0, EFD_CLOEXEC);
	v.call = eventfd(0, EFD_CLOEXEC);
	ASSERT_LE(0, v.kick);
	ASSERT_LE(0, v.call);
	if (!vhost_open(&v))
		SKIP(goto out, "no vhost_vsock in this kernel");
	DO(v.fd, VHOST_VSOCK_SET_GUEST_CID, &cid);
	fixed = pgdm_cpu_stat(THERE, "faults_fixed");
	for (i = 0; i < ROUNDS; i++) {
		unsigned int slot = PGDM_SLOT_FIRST + i;
		char *page = pgdm_slot_address(slot, 0);

		pgdm_slot_add(slot);
		memset(page, 0, PAGE);
		vhost_use(&v, page);
		offer(page, 0);
		ASSERT_EQ(sizeof(one), write(v.kick, &one, sizeof(one)));
		wait_used(page, 0);
		offer(page, 1);
		ASSERT_EQ(sizeof(one), write(v.kick, &one, sizeof(one)));
		wait_used(page, 1);
	}
	/* Its CPU kept the mm while it slept: no switch brought the entry. */
	EXPECT_LT(fixed, pgdm_cpu_stat(THERE, "faults_fixed"));
	check_mirrors(_metadata);
	close(v.fd);
	pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + ROUNDS);
out:
	pgdm_worker_start(&self->worker, THERE);
}

TEST_HARNESS_MAIN
