// SPDX-License-Identifier: GPL-2.0
// Allocate: threads that keep the garbage collector at work, for the workload real-java.
// usage: Allocate THREADS ROUNDS
// Prints the sum of what the lists held, which is always the same.
import java.util.ArrayList;
import java.util.List;

public class Allocate {
	static long[] sums;

	static void work(int thread, int rounds) {
		for (int round = 0; round < rounds; round++) {
			List<int[]> kept = new ArrayList<>();

			for (int i = 0; i < 1000; i++) {
				int[] block = new int[256];

				block[i % 256] = i;
				kept.add(block);
			}
			for (int i = 0; i < 1000; i++)
				sums[thread] += kept.get(i)[i % 256];
		}
	}

	public static void main(String[] args) throws InterruptedException {
		int threads = Integer.parseInt(args[0]), rounds = Integer.parseInt(args[1]);
		List<Thread> started = new ArrayList<>();
		long sum = 0;

		sums = new long[threads];
		for (int i = 0; i < threads; i++) {
			int thread = i;

			started.add(new Thread(() -> work(thread, rounds)));
			started.get(i).start();
		}
		for (Thread thread : started)
			thread.join();
		for (long value : sums)
			sum += value;
		System.out.println(sum);
	}
}
