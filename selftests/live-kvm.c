// SPDX-License-Identifier: GPL-2.0
/*
 * KVM: a guest whose vCPU thread runs on a mirror. An AMD CPU saves its CR3 when
 * the guest is entered and loads it again when it is left, so the thread comes back
 * to the mirror; each entry to the guest keeps another root in CR3 meanwhile. KVM
 * makes root entries for the guest, in the thread's name, with no page fault of this
 * CPU; and it has a notifier in the list that the policy always-exit uses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/stage.h"

PGDM_NEEDS(.params = "live=1 oracle=1", .cpus = 2, .cpu_flag = "svm");

#define PAGE		4096
#define STEPS		10
#define TSC_AUX		0xc0000103	/* a register that KVM swaps */
#define GUEST_AUX	0x5047

/* The guest's memory: code and a flag, eight pages that stay, one that moves. */
#define CODE		0x1000
#define FLAG		0x2000
#define STAYS		0x10000
#define MOVES		0x20000

#define SLOT_STAYS	PGDM_SLOT_FIRST
#define SLOT_MOVES	(PGDM_SLOT_FIRST + 1)
#define SLOT_STEP	(PGDM_SLOT_FIRST + 2)

/* What the guest tells on its ports. */
#define PORT_ROUND	0x10
#define PORT_AUX	0x11
#define PORT_ROUNDS	0x12

/*
 * In real mode: counts its rounds, in a register and in each page, until the flag is
 * set; then it tells its TSC_AUX and its count, and halts.
 */
static const char *guest_code(size_t *size)
{
	const char *code, *end;

	asm(".pushsection .rodata\n"
	    ".code16\n"
	    "0:\n"
	    "	mov $0x1000, %%ax\n"
	    "	mov %%ax, %%es\n"
	    "	mov $0x2000, %%ax\n"
	    "	mov %%ax, %%fs\n"
	    "1:	xor %%ebx, %%ebx\n"
	    "2:	xor %%di, %%di\n"
	    "	mov $8, %%si\n"
	    "3:	incl %%es:(%%di)\n"
	    "	add $0x1000, %%di\n"
	    "	dec %%si\n"
	    "	jnz 3b\n"
	    "	inc %%ebx\n"
	    "	mov %%ebx, %%fs:0\n"
	    "	out %%al, $0x10\n"
	    "	cmpb $0, 0x2000\n"
	    "	je 2b\n"
	    "	rdtscp\n"
	    "	mov %%ecx, %%eax\n"
	    "	out %%eax, $0x11\n"
	    "	mov %%ebx, %%eax\n"
	    "	out %%eax, $0x12\n"
	    "	hlt\n"
	    "	jmp 1b\n"
	    "4:\n"
	    ".code64\n"
	    ".popsection\n"
	    "	lea 0b(%%rip), %0\n"
	    "	lea 4b(%%rip), %1\n"
	    : "=&r"(code), "=r"(end));
	*size = (size_t)(end - code);
	return code;
}

struct guest {
	int kvm, vm, vcpu;
	char *memory;			/* from address 0 on, two pages and the flag's */
	struct kvm_run *run;
	unsigned int aux, count;	/* as told by the guest */
	unsigned int foreign;		/* returns with another CPU's TSC_AUX */
	atomic_uint rounds;		/* as seen by the thread */
	atomic_uintptr_t look;		/* what the thread is to read */
	unsigned int seen;
};

#define DO(fd, request, argument) ({					\
	int result_ = ioctl(fd, request, argument);			\
									\
	if (result_ < 0)						\
		pgdm_die("%s: %s", #request, strerror(errno));		\
	result_;							\
})

/* --- set-up --------------------------------------------------------------- */

/* What it depends on stays: to load that takes most of the test's time. */
static void unload_kvm(void)
{
	if (system("rmmod kvm_amd"))
		pgdm_die("kvm_amd does not unload");
}

static void load_kvm(bool npt)
{
	char command[64];

	/* From the test before, if it failed. */
	if (!access("/sys/module/kvm_amd", F_OK))
		unload_kvm();
	snprintf(command, sizeof(command), "modprobe kvm_amd npt=%d", npt);
	if (system(command))
		pgdm_die("%s failed", command);
	if (*pgdm_read_path("/sys/module/kvm_amd/parameters/npt") != (npt ? 'Y' : 'N'))
		pgdm_die("kvm_amd does not take npt=%d", npt);
}

static void give_memory(struct guest *g, unsigned int number, uint64_t at,
			void *memory, size_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = number,
		.guest_phys_addr = at,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};

	DO(g->vm, KVM_SET_USER_MEMORY_REGION, &region);
}

/* All that there is: RDTSCP among it. */
static void set_cpuid(struct guest *g)
{
	const unsigned int max = 128;
	struct kvm_cpuid2 *cpuid;

	cpuid = calloc(1, sizeof(*cpuid) + max * sizeof(cpuid->entries[0]));
	if (!cpuid)
		pgdm_die("no memory");
	cpuid->nent = max;
	DO(g->kvm, KVM_GET_SUPPORTED_CPUID, cpuid);
	DO(g->vcpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
}

static void set_registers(struct guest *g)
{
	struct kvm_regs regs = { .rip = CODE, .rflags = 2 };
	struct {
		struct kvm_msrs header;
		struct kvm_msr_entry entry;
	} msrs = {
		.header.nmsrs = 1,
		.entry = { .index = TSC_AUX, .data = GUEST_AUX },
	};
	struct kvm_sregs sregs;

	DO(g->vcpu, KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	DO(g->vcpu, KVM_SET_SREGS, &sregs);
	DO(g->vcpu, KVM_SET_REGS, &regs);
	if (DO(g->vcpu, KVM_SET_MSRS, &msrs) != 1)
		pgdm_die("the guest cannot have a TSC_AUX");
}

static void guest_start(struct guest *g)
{
	size_t code_size;
	const char *code = guest_code(&code_size);
	int size;

	memset(g, 0, sizeof(*g));
	g->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (g->kvm < 0)
		pgdm_die("/dev/kvm: %s", strerror(errno));
	g->vm = DO(g->kvm, KVM_CREATE_VM, 0);
	g->vcpu = DO(g->vm, KVM_CREATE_VCPU, 0);
	size = DO(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	g->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, g->vcpu, 0);
	g->memory = mmap(NULL, FLAG + PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g->run == MAP_FAILED || g->memory == MAP_FAILED)
		pgdm_die("mmap: %s", strerror(errno));
	memcpy(g->memory + CODE, code, code_size);
	give_memory(g, 0, 0, g->memory, FLAG + PAGE);
	give_memory(g, 1, STAYS, pgdm_slot_address(SLOT_STAYS, 0),
		    PGDM_SLOT_PAGES * PAGE);
	give_memory(g, 2, MOVES, pgdm_slot_address(SLOT_MOVES, 0), PAGE);
	set_cpuid(g);
	set_registers(g);
}

static void guest_stop(struct guest *g)
{
	munmap(g->run, DO(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	munmap(g->memory, FLAG + PAGE);
	close(g->vcpu);
	close(g->vm);
	close(g->kvm);
}

/* --- the vCPU thread ------------------------------------------------------ */

static void back_in_user_mode(struct guest *g)
{
	uintptr_t look = atomic_load(&g->look);
	unsigned int aux;

	__builtin_ia32_rdtscp(&aux);
	/* The number of the CPU, and of the node above it. */
	g->foreign += (aux & 0xfff) != THERE;
	if (look) {
		g->seen = *(volatile unsigned int *)look;
		atomic_store(&g->look, 0);
	}
}

static void vcpu_job(void *arg)
{
	struct guest *g = arg;
	const struct kvm_run *run = g->run;

	for (;;) {
		const char *data;
		unsigned int value = 0;

		DO(g->vcpu, KVM_RUN, 0);
		back_in_user_mode(g);
		if (run->exit_reason == KVM_EXIT_HLT)
			return;
		if (run->exit_reason != KVM_EXIT_IO)
			pgdm_die("the guest left for reason %u",
				 run->exit_reason);
		data = (const char *)run + run->io.data_offset;
		memcpy(&value, data, run->io.size);
		switch (run->io.port) {
		case PORT_ROUND:
			atomic_fetch_add(&g->rounds, 1);
			break;
		case PORT_AUX:
			g->aux = value;
			break;
		case PORT_ROUNDS:
			g->count = value;
			break;
		}
	}
}

/* The guest has done a whole round since. */
static void wait_round(struct guest *g)
{
	unsigned int before = atomic_load(&g->rounds);

	pgdm_wait_for(atomic_load(&g->rounds) - before >= 2);
}

/* --- the scenes ----------------------------------------------------------- */

/* Mapped over what was there: the old entry goes, the guest makes the new one. */
static void move_page(void)
{
	char *page = pgdm_slot_address(SLOT_MOVES, 0);

	if (mmap(page, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != page)
		pgdm_die("mmap: %s", strerror(errno));
}

static unsigned int look_there(struct guest *g, void *address)
{
	atomic_store(&g->look, (uintptr_t)address);
	pgdm_wait_for(!atomic_load(&g->look));
	return g->seen;
}

/*
 * An entry is added here and read by the vCPU's thread, which lacks it: it has come
 * out of the guest to its mirror.
 */
static void step(struct __test_metadata *_metadata, FIXTURE_DATA(stage) *self,
		 struct pgdm_turns *turns, struct guest *g, unsigned int i,
		 bool exact)
{
	char *page = pgdm_slot_address(SLOT_STEP, 0);
	bool alone;

	pgdm_slot_map(SLOT_STEP);
	pgdm_turn_begin(turns);
	pgdm_turn_count(turns);
	*(volatile unsigned int *)page = i;
	EXPECT_EQ(i, look_there(g, page));
	alone = pgdm_turn_end(turns);
	expect_count(1, turns->fixed, alone && exact);
	move_page();
	wait_round(g);
	/* The other process takes the vCPU's CPU in the middle. */
	pgdm_partner_ping(&self->partner);
	round_trip_here(self);
	pgdm_slot_unmap(SLOT_STEP);
	wait_round(g);
}

static void run_guest(struct __test_metadata *_metadata,
		      FIXTURE_DATA(stage) *self, struct guest *g,
		      const char *policy, bool exact)
{
	const bool listens = !strcmp(policy, "always-exit");
	/* The worker is in the guest all the time. */
	struct pgdm_turns turns = PGDM_TURNS_ON(THERE);
	unsigned int i;
	uint64_t returns;

	ASSERT_EQ(0, pgdm_write("policy", policy));
	pgdm_slot_map(SLOT_STAYS);
	pgdm_slot_map(SLOT_MOVES);
	atomic_store(&g->rounds, 0);
	g->memory[FLAG] = 0;
	returns = pgdm_cpu_stat(THERE, "user_returns");
	pgdm_worker_send(&self->worker, vcpu_job, g);
	wait_round(g);
	for (i = 0; i < STEPS; i++)
		step(_metadata, self, &turns, g, i + 1, exact);
	/* L2: in the guest the CPU holds the host's root elsewhere than in CR3. */
	EXPECT_EQ(0, pgdm_write("live", "0"));
	wait_round(g);
	EXPECT_EQ(0, pgdm_write("live", "1"));
	wait_round(g);
	untrack_self();
	wait_round(g);
	track_self();
	wait_round(g);
	g->memory[FLAG] = 1;
	pgdm_worker_wait(&self->worker);
	returns = pgdm_cpu_stat(THERE, "user_returns") - returns;

	expect_half_undisturbed(&turns);
	EXPECT_EQ(atomic_load(&g->rounds), g->count);
	for (i = 0; i < PGDM_SLOT_PAGES; i++)
		EXPECT_EQ(g->count, *(volatile unsigned int *)
				    pgdm_slot_address(SLOT_STAYS, i));
	EXPECT_EQ(g->count,
		  *(volatile unsigned int *)pgdm_slot_address(SLOT_MOVES, 0));
	EXPECT_EQ(GUEST_AUX, g->aux);
	EXPECT_EQ(0, g->foreign);
	EXPECT_EQ(listens, returns > 0);
	EXPECT_LE(listens ? 2 * STEPS : 0, returns);
	pgdm_slot_unmap(SLOT_STAYS);
	munmap(pgdm_slot_address(SLOT_MOVES, 0), PGDM_SLOT_PAGES * PAGE);
	check_mirrors(_metadata);
	check_counts(_metadata);
}

static void run_with(struct __test_metadata *_metadata,
		     FIXTURE_DATA(stage) *self, bool npt)
{
	struct guest guest;

	load_kvm(npt);
	ASSERT_EQ(0, pgdm_write("track", "all"));
	guest_start(&guest);
	run_guest(_metadata, self, &guest, "dirty", true);
	run_guest(_metadata, self, &guest, "always-exit", false);
	/* IPIs make a CPU leave the guest, however it pages. */
	if (npt)
		run_guest(_metadata, self, &guest, "flag", false);
	guest_stop(&guest);
	unload_kvm();
}

STAGE_TEST(nested_paging)
{
	run_with(_metadata, self, true);
}

STAGE_TEST(shadow_paging)
{
	run_with(_metadata, self, false);
}

TEST_HARNESS_MAIN
