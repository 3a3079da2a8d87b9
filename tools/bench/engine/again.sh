# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# How to make the run of tools/bench/run again. Sourced by it.

# command_again: a line for the user's shell, which gives make the same settings; those
# that may be changed are named.
command_again() {
	local name

	echo -n "make bench KERNEL=$kernel BENCH=$mode POLICIES='$policies' ROUNDS=$rounds CPUS=$cpus"
	[ -z "${BENCH_COMMAND+set}" ] || echo -n " CMD=${BENCH_COMMAND@Q}"
	for name in WORKLOADS BENCH_MODE MEM CPU APPEND MIRRORS; do
		[ -z "${!name:-}" ] || echo -n " $name=${!name@Q}"
	done
}
