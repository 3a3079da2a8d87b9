// SPDX-License-Identifier: GPL-2.0
/*
 * What the test programs share. See pgdm.h.
 */
#define _GNU_SOURCE
#include "pgdm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kexec.h>
#include <regex.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define EXIT_SKIP 4

static struct pgdm_needs needs;
static pid_t owner;
/* A thread's own: several may read. */
static _Thread_local char buffer[1 << 17];

void pgdm_die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("# ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	/* No atexit handlers: this may be a child, or one of many threads. */
	_exit(1);
}

uint64_t pgdm_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* --- files ---------------------------------------------------------------- */

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

uint64_t pgdm_stat(const char *name)
{
	const char *line = pgdm_read("stats");
	size_t len = strlen(name);

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
	}
	pgdm_die("stats has no %s", name);
}

/* The first line names the columns, the first column the CPU. */
uint64_t pgdm_cpu_stat(unsigned int cpu, const char *name)
{
	char *text = (char *)pgdm_read("stats_percpu");
	char *save, *line = strtok_r(text, "\n", &save), *word, *rest;
	unsigned int column = 0, i;

	for (word = strtok_r(line, " ", &rest); word && strcmp(word, name);
	     word = strtok_r(NULL, " ", &rest))
		column++;
	if (!word)
		pgdm_die("stats_percpu has no %s", name);
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (strtoul(line, &word, 10) != cpu)
			continue;
		for (i = 1; i < column; i++)
			strtoull(word, &word, 10);
		return strtoull(word, NULL, 10);
	}
	return 0;
}

struct pgdm_audit pgdm_audit(void)
{
	struct pgdm_audit a = {};
	const char *text = pgdm_read("audit");
	const char *on_primary = strstr(text, "on_primary ");
	const char *stale = strstr(text, "stale ");
	const char *sum = strstr(text, "audited ");

	snprintf(a.text, sizeof(a.text), "%s", text);
	if (!on_primary || !stale || !sum ||
	    sscanf(on_primary, "on_primary %u ", &a.on_primary) != 1 ||
	    sscanf(stale, "stale %lu ", &a.stale) != 1 ||
	    sscanf(sum, "audited %lu mirrors, %lu entries, %lu violations\n",
		   &a.mirrors, &a.entries, &a.violations) != 3)
		pgdm_die("the audit says: %s", text);
	return a;
}

/* "pid P comm NAME id I ctx_id C root R seq S STATE"; NAME may hold blanks. */
static bool parse_tracked(const char *line, struct pgdm_tracked *t)
{
	const char *comm = strstr(line, " comm "), *id = strstr(line, " id ");

	if (!comm || !id || sscanf(line, "pid %d", &t->pid) != 1)
		return false;
	comm += strlen(" comm ");
	snprintf(t->comm, sizeof(t->comm), "%.*s", (int)(id - comm), comm);
	return sscanf(id, " id %" SCNu64 " ctx_id %*u root %*x seq %" SCNu64 " %15s",
		      &t->id, &t->seq, t->state) == 3;
}

/*
 * The next line that names a tracked mm. The first line is the mode's, and
 * there may be lines of mms that were taken out of "all".
 */
static bool next_tracked(const char **text, struct pgdm_tracked *t)
{
	while (**text) {
		char line[256];
		size_t len = strcspn(*text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, *text);
		*text += len + ((*text)[len] == '\n');
		if (parse_tracked(line, t) && strcmp(t->state, "excluded"))
			return true;
	}
	return false;
}

bool pgdm_tracked(pid_t pid, struct pgdm_tracked *found)
{
	const char *line = pgdm_read("track");

	while (next_tracked(&line, found))
		if (found->pid == pid)
			return true;
	return false;
}

uint64_t pgdm_id(pid_t pid)
{
	struct pgdm_tracked t;

	return pgdm_tracked(pid, &t) ? t.id : 0;
}

unsigned int pgdm_nr_tracked(void)
{
	const char *line = pgdm_read("track");
	struct pgdm_tracked t;
	unsigned int n = 0;

	while (next_tracked(&line, &t))
		n++;
	return n;
}

unsigned int pgdm_mirrors(int cpu, uint64_t id, const char *state)
{
	const char *line = pgdm_read("mirrors");
	unsigned int n = 0, c, slot;
	uint64_t i;
	char s[16];

	for (; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "cpu %u slot %u %15s id %" SCNu64, &c, &slot,
			   s, &i) != 4)
			continue;
		if ((cpu < 0 || c == (unsigned int)cpu) && i == id &&
		    (!state || !strcmp(s, state)))
			n++;
	}
	return n;
}

/* --- the kernel log ------------------------------------------------------- */

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

static const char *dir_of_program(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		pgdm_die("readlink: %s", strerror(errno));
	path[n] = '\0';
	*strrchr(path, '/') = '\0';
	return path;
}

/* Beside the program when installed, else in the source directory. */
static FILE *open_signs(void)
{
	const char *env = getenv("PGDM_SELFTESTS");
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/log-signs", env ? env : dir_of_program());
	f = fopen(path, "re");
	if (!f) {
		snprintf(path, sizeof(path), "%s/../../selftests/log-signs",
			 dir_of_program());
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

/* --- the module ----------------------------------------------------------- */

static bool cpu_has(const char *flag)
{
	const char *flags = strstr(pgdm_read_path("/proc/cpuinfo"), "\nflags");
	size_t len = strlen(flag), line = flags ? strcspn(flags + 1, "\n") : 0;
	const char *at = flags;

	while (at && (at = strstr(at + 1, flag)) && at < flags + line)
		if (at[-1] == ' ' && (at[len] == ' ' || at[len] == '\n'))
			return true;
	return false;
}

bool pgdm_has_pti(void)
{
	static int has = -1;

	if (has < 0)
		has = cpu_has("pti");
	return has;
}

unsigned int pgdm_pages(void)
{
	return pgdm_has_pti() ? 2 : 1;
}

unsigned int pgdm_nr_cpus(void)
{
	return (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}

bool pgdm_is_loaded(void)
{
	return !access("/sys/module/pgd_mirror", F_OK);
}

/* Where the module is: told, built beside the tests, or installed. */
static bool find_module(bool seeded, char *path, size_t size)
{
	const char *env = getenv(seeded ? "PGDM_SEEDED_KO" : "PGDM_KO");
	struct utsname u;
	int major, minor;
	FILE *f;

	if (env && *env) {
		snprintf(path, size, "%s", env);
		return !access(path, R_OK);
	}
	uname(&u);
	if (sscanf(u.release, "%d.%d", &major, &minor) != 2)
		return false;
	snprintf(path, size, "%s/../module/%d.%d%s/pgd_mirror.ko",
		 dir_of_program(), major, minor, seeded ? "-seeded" : "");
	if (!access(path, R_OK))
		return true;
	if (seeded)
		return false;
	f = popen("modinfo -n pgd_mirror 2>/dev/null", "re");
	if (!f || !fgets(path, (int)size, f))
		*path = '\0';
	path[strcspn(path, "\n")] = '\0';
	if (f)
		pclose(f);
	return !access(path, R_OK);
}

int pgdm_load_build(const char *params, bool seeded)
{
	char path[4200], all[512];
	const char *more = getenv("PGDM_PARAMS");
	int fd, err = 0;

	if (!find_module(seeded, path, sizeof(path)))
		return ENOENT;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	/* The later of two values counts. */
	snprintf(all, sizeof(all), "%s %s", more ? more : "",
		 params ? params : "");
	if (syscall(SYS_finit_module, fd, all, 0))
		err = errno;
	close(fd);
	return err;
}

int pgdm_load(const char *params)
{
	return pgdm_load_build(params, needs.seeded);
}

int pgdm_unload(void)
{
	return syscall(SYS_delete_module, "pgd_mirror", O_NONBLOCK) ? errno : 0;
}

static void __attribute__((noreturn, format(printf, 1, 2)))
skip(const char *fmt, ...)
{
	va_list ap;

	printf("TAP version 13\n1..0 # SKIP ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	exit(EXIT_SKIP);
}

/* At exit of the process that began: the tests are its children. */
static void end(void)
{
	bool bad = false;
	int err;

	if (getpid() != owner)
		return;
	err = pgdm_is_loaded() ? pgdm_unload() : 0;
	if (err) {
		printf("# cannot unload the module: %s\n", strerror(err));
		bad = true;
	}
	if (pgdm_log_scan())
		bad = true;
	fflush(stdout);
	if (bad)
		_exit(1);
}

bool pgdm_is_alone(void)
{
	return needs.alone || pgdm_nr_cpus() == 1;
}

void pgdm_begin(const struct pgdm_needs *n)
{
	char path[4200];
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	needs = *n;
	if (geteuid())
		skip("needs root");
	if (pgdm_is_loaded())
		skip("the module is loaded already: unload it first");
	if (needs.pti && !pgdm_has_pti())
		skip("needs page table isolation (pti=on)");
	if (needs.cpu_flag && !cpu_has(needs.cpu_flag))
		skip("needs a CPU with %s", needs.cpu_flag);
	if (needs.path && access(needs.path, F_OK))
		skip("needs %s", needs.path);
	if (pgdm_nr_cpus() < needs.cpus)
		skip("needs %u CPUs", needs.cpus);
	if (!find_module(needs.seeded, path, sizeof(path)))
		skip("no module %s(set %s)",
		     needs.seeded ? "with seeded bugs " : "",
		     needs.seeded ? "PGDM_SEEDED_KO" : "PGDM_KO");
	if (access("/sys/kernel/debug", X_OK))
		skip("needs debugfs in /sys/kernel/debug");
	scan_fd = open_log();
	pgdm_log_mark();
	err = needs.unloaded ? 0 : pgdm_load(needs.params);
	if (err) {
		printf("# cannot load %s %s: %s\n", path,
		       needs.params ? needs.params : "", strerror(err));
		exit(1);
	}
	owner = getpid();
	atexit(end);
}

/* --- threads and processes ------------------------------------------------ */

void pgdm_pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		pgdm_die("cannot run on CPU %u: %s", cpu, strerror(errno));
}

enum { STARTING, IDLE, BUSY, ENDING };

static void *worker_main(void *arg)
{
	struct pgdm_worker *w = arg;
	int state;

	pgdm_pin(w->cpu);
	atomic_store(&w->state, IDLE);
	while ((state = atomic_load(&w->state)) != ENDING) {
		if (state == BUSY) {
			w->job(w->arg);
			atomic_store(&w->state, IDLE);
		}
		__builtin_ia32_pause();
	}
	return NULL;
}

void pgdm_worker_start(struct pgdm_worker *w, unsigned int cpu)
{
	int err;

	w->cpu = cpu;
	atomic_init(&w->state, STARTING);
	err = pthread_create(&w->thread, NULL, worker_main, w);
	if (err)
		pgdm_die("pthread_create: %s", strerror(err));
	pgdm_wait_for(atomic_load(&w->state) == IDLE);
}

void pgdm_worker_send(struct pgdm_worker *w, void (*job)(void *), void *arg)
{
	if (atomic_load(&w->state) != IDLE)
		pgdm_die("the worker is busy");
	w->job = job;
	w->arg = arg;
	atomic_store(&w->state, BUSY);
}

bool pgdm_worker_busy(struct pgdm_worker *w)
{
	return atomic_load(&w->state) == BUSY;
}

void pgdm_worker_wait(struct pgdm_worker *w)
{
	pgdm_wait_for(!pgdm_worker_busy(w));
}

void pgdm_worker_call(struct pgdm_worker *w, void (*job)(void *), void *arg)
{
	pgdm_worker_send(w, job, arg);
	pgdm_worker_wait(w);
}

void pgdm_worker_stop(struct pgdm_worker *w)
{
	pgdm_worker_wait(w);
	atomic_store(&w->state, ENDING);
	pthread_join(w->thread, NULL);
}

struct order {
	enum { PING, ADD, REMOVE, END } verb;
	unsigned int slot;
};

static void __attribute__((noreturn)) partner_main(struct pgdm_partner *p)
{
	struct order order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pgdm_pin(p->cpu);
	while (read(p->to[0], &order, sizeof(order)) == sizeof(order) &&
	       order.verb != END) {
		if (order.verb == ADD)
			pgdm_slot_add(order.slot);
		if (order.verb == REMOVE)
			pgdm_slot_unmap(order.slot);
		if (write(p->from[1], "", 1) != 1)
			break;
	}
	_exit(0);
}

static void partner_call(struct pgdm_partner *p, struct order order)
{
	char answer;

	if (write(p->to[1], &order, sizeof(order)) != sizeof(order) ||
	    read(p->from[0], &answer, 1) != 1)
		pgdm_die("the partner on CPU %u is gone", p->cpu);
}

void pgdm_partner_ping(struct pgdm_partner *p)
{
	partner_call(p, (struct order){ .verb = PING });
}

void pgdm_partner_add(struct pgdm_partner *p, unsigned int slot)
{
	partner_call(p, (struct order){ .verb = ADD, .slot = slot });
}

void pgdm_partner_remove(struct pgdm_partner *p, unsigned int slot)
{
	partner_call(p, (struct order){ .verb = REMOVE, .slot = slot });
}

void pgdm_partner_start(struct pgdm_partner *p, unsigned int cpu)
{
	p->cpu = cpu;
	if (pipe2(p->to, O_CLOEXEC) || pipe2(p->from, O_CLOEXEC))
		pgdm_die("pipe: %s", strerror(errno));
	p->pid = fork();
	if (p->pid < 0)
		pgdm_die("fork: %s", strerror(errno));
	if (!p->pid) {
		close(p->to[1]);
		close(p->from[0]);
		partner_main(p);
	}
	close(p->to[0]);
	close(p->from[1]);
	pgdm_partner_ping(p);
}

void pgdm_partner_stop(struct pgdm_partner *p)
{
	const struct order order = { .verb = END };

	/* Other children hold the pipe too: it would not come to its end. */
	if (write(p->to[1], &order, sizeof(order)) != sizeof(order))
		pgdm_die("the partner on CPU %u is gone", p->cpu);
	close(p->to[1]);
	close(p->from[0]);
	if (waitpid(p->pid, NULL, 0) != p->pid)
		pgdm_die("waitpid: %s", strerror(errno));
}

/* --- root entries --------------------------------------------------------- */

#define PAGE 4096ul

static void *map_at(uintptr_t address, size_t size)
{
	return mmap((void *)address, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			    MAP_FIXED_NOREPLACE,
		    -1, 0);
}

/*
 * 512 GiB with four levels, 256 TiB with five: then there are addresses of
 * more than 47 bits, for whoever asks for one.
 */
static unsigned int slot_shift;

/* Before there are threads: two that try at once would disturb each other. */
static void __attribute__((constructor)) find_slot_shift(void)
{
	void *page = map_at(1ul << 48, PAGE);

	slot_shift = page == (void *)(1ul << 48) ? 48 : 39;
	if (page != MAP_FAILED)
		munmap(page, PAGE);
}

unsigned int pgdm_slot_shift(void)
{
	return slot_shift;
}

bool pgdm_has_5_levels(void)
{
	return pgdm_slot_shift() == 48;
}

char *pgdm_slot_address(unsigned int slot, unsigned int page)
{
	return (char *)(((uintptr_t)slot << pgdm_slot_shift()) + page * PAGE);
}

void pgdm_slot_map(unsigned int slot)
{
	char *want = pgdm_slot_address(slot, 0);

	if (map_at((uintptr_t)want, PGDM_SLOT_PAGES * PAGE) != want)
		pgdm_die("mmap at %p: %s", (void *)want, strerror(errno));
}

void pgdm_slot_touch(unsigned int slot, unsigned int page)
{
	*(volatile char *)pgdm_slot_address(slot, page) = 1;
}

void pgdm_slot_unmap(unsigned int slot)
{
	if (munmap(pgdm_slot_address(slot, 0), PGDM_SLOT_PAGES * PAGE))
		pgdm_die("munmap: %s", strerror(errno));
}

void pgdm_slot_add(unsigned int slot)
{
	pgdm_slot_map(slot);
	pgdm_slot_touch(slot, 0);
}

/*
 * A root table that is no mm's: kexec's. It is made and given up again.
 * Returns 0 or an errno.
 */
int pgdm_make_identity_map(void)
{
	static char code[4096];
	struct kexec_segment segment = {
		.buf = code,
		.bufsz = sizeof(code),
		.mem = (void *)0x1000000,
		.memsz = sizeof(code),
	};
	const unsigned long entry = 0x1000000;

	if (syscall(SYS_kexec_load, entry, 1ul, &segment, KEXEC_ARCH_X86_64) ||
	    syscall(SYS_kexec_load, entry, 0ul, NULL, KEXEC_ARCH_X86_64))
		return errno;
	return 0;
}

/* --- seeded bugs ---------------------------------------------------------- */

void pgdm_bug(const char *names)
{
	int err = pgdm_write_path(PGDM_PARAMS "bug", names);

	if (err)
		pgdm_die("bug=%s: %s", names, strerror(err));
}

static void set_bug_param(const char *path, int value)
{
	char text[16];
	int err;

	snprintf(text, sizeof(text), "%d", value);
	err = pgdm_write_path(path, text);
	if (err)
		pgdm_die("%s: %s", path, strerror(err));
}

void pgdm_bug_pause_ms(unsigned int ms)
{
	set_bug_param(PGDM_PARAMS "bug_pause_ms", (int)ms);
}

/* The only CPU on which windows open; -1: each. */
void pgdm_bug_pause_cpu(int cpu)
{
	set_bug_param(PGDM_PARAMS "bug_pause_cpu", cpu);
}

unsigned int pgdm_bug_pauses(void)
{
	const char *text = pgdm_read_path(PGDM_PARAMS "bug_pauses");

	return (unsigned int)strtoul(text, NULL, 10);
}
