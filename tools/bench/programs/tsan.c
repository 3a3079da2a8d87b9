// SPDX-License-Identifier: GPL-2.0
/*
 * tsan: threads that share memory under a mutex, built with -fsanitize=thread, for
 * the workload real-tsan. Its shadow memory lies far from the rest.
 *
 * usage: tsan THREADS ROUNDS
 * Prints the sum, which is always the same.
 */
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define CELLS		(1 << 16)
#define MAX_THREADS	64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int cells[CELLS];
static unsigned long rounds;

static void *work(void *unused)
{
	unsigned long round, i;

	for (round = 0; round < rounds; round++) {
		pthread_mutex_lock(&lock);
		for (i = 0; i < CELLS; i++)
			cells[i]++;
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

int main(int argc, char **argv)
{
	unsigned long threads, i, sum = 0;
	pthread_t thread[MAX_THREADS];

	if (argc != 3)
		errx(2, "usage: tsan THREADS ROUNDS");
	threads = strtoul(argv[1], NULL, 10);
	rounds = strtoul(argv[2], NULL, 10);
	if (!threads || threads > MAX_THREADS)
		errx(2, "1 to %d threads", MAX_THREADS);
	for (i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, work, NULL))
			errx(1, "cannot start a thread");
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < CELLS; i++)
		sum += cells[i];
	printf("%lu\n", sum);
	return 0;
}
