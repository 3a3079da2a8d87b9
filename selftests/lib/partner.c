// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "machine.h"
#include "partner.h"
#include "slots.h"

struct order {
	enum { PING, ADD, REMOVE, CALL, END } verb;
	unsigned int slot;
	int (*job)(void *arg);
	void *arg;
};

static void __attribute__((noreturn)) partner_main(struct pgdm_partner *p)
{
	struct order order;
	int answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pgdm_pin(p->cpu);
	while (read(p->to[0], &order, sizeof(order)) == sizeof(order) &&
	       order.verb != END) {
		answer = 0;
		if (order.verb == ADD)
			pgdm_slot_add(order.slot);
		if (order.verb == REMOVE)
			pgdm_slot_unmap(order.slot);
		if (order.verb == CALL)
			answer = order.job(order.arg);
		if (write(p->from[1], &answer, sizeof(answer)) != sizeof(answer))
			break;
	}
	_exit(0);
}

static int give_order(struct pgdm_partner *p, struct order order)
{
	int answer;

	if (write(p->to[1], &order, sizeof(order)) != sizeof(order) ||
	    read(p->from[0], &answer, sizeof(answer)) != sizeof(answer))
		pgdm_die("the partner on CPU %u is gone", p->cpu);
	return answer;
}

void pgdm_partner_ping(struct pgdm_partner *p)
{
	give_order(p, (struct order){ .verb = PING });
}

void pgdm_partner_add(struct pgdm_partner *p, unsigned int slot)
{
	give_order(p, (struct order){ .verb = ADD, .slot = slot });
}

void pgdm_partner_remove(struct pgdm_partner *p, unsigned int slot)
{
	give_order(p, (struct order){ .verb = REMOVE, .slot = slot });
}

int pgdm_partner_call(struct pgdm_partner *p, int (*job)(void *arg), void *arg)
{
	return give_order(p, (struct order){ .verb = CALL, .job = job,
					       .arg = arg });
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
