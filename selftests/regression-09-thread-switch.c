// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 9 (OpenBSD 9f1181d59de): a CPU's bit was unset for a moment in a switch
 * between two threads of one process, so that an IPI missed it.
 *
 * Two threads take turns on one CPU, over the idle task and over another mm,
 * while the other CPU adds and removes entries. The oracle looks for a mirror
 * that was left out.
 */
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2, .params = "oracle=1");

static int to[2], from[2];
static atomic_bool done;

static void *second_thread(void *unused)
{
	char byte;

	(void)unused;
	pgdm_pin(THERE);
	while (read(to[0], &byte, 1) == 1 && byte)
		if (write(from[1], &byte, 1) != 1)
			break;
	return NULL;
}

static void take_turns(void *partner)
{
	char byte = 1;

	while (!atomic_load(&done)) {
		if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
			pgdm_die("the second thread is gone");
		pgdm_partner_ping(partner);
	}
	byte = 0;
	if (write(to[1], &byte, 1) != 1)
		pgdm_die("the second thread is gone");
}

STAGE_TEST(threads_take_turns)
{
	unsigned int turn;
	pthread_t second;

	ASSERT_EQ(0, pipe(to));
	ASSERT_EQ(0, pipe(from));
	ASSERT_EQ(0, pthread_create(&second, NULL, second_thread, NULL));
	track_self();
	pgdm_worker_send(&self->worker, take_turns, &self->partner);
	for (turn = 0; turn < 150; turn++) {
		pgdm_slots_add(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + 4);
		pgdm_slots_unmap(PGDM_SLOT_FIRST, PGDM_SLOT_FIRST + 4);
	}
	atomic_store(&done, true);
	pgdm_worker_wait(&self->worker);
	ASSERT_EQ(0, pthread_join(second, NULL));
}

TEST_HARNESS_MAIN
