# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the workloads share; sourced by each file of workloads/.
#
# A workload is an executable that takes one verb:
#
#   describe  one line for the table and the report
#   prepare   brings it to the state in which it is run; not measured, called
#             before each run
#   run       the work: a fixed amount for a given size, exit status 0 when it
#             was done and its result is right
#
# It defines the functions of these names and ends with `workload_main "$@"`.
#
# Environment:
#   BENCH_SIZE   tiny (warm-up, trace, tests), quick or full
#   BENCH_BUILD  the programs and the project that tools/bench/run built
#   BENCH_WORK   a directory in memory, for the workloads alone
set -eu

: "${BENCH_SIZE:=quick}" "${BENCH_WORK:=}" "${BENCH_BUILD:=}"

# size TINY QUICK FULL: print the amount that BENCH_SIZE asks for.
size() {
	case $BENCH_SIZE in
	tiny) echo "$1" ;;
	quick) echo "$2" ;;
	full) echo "$3" ;;
	esac
}

# last_cpu: print the number of the highest CPU that is online.
last_cpu() {
	local online
	online=$(cat /sys/devices/system/cpu/online)
	echo "${online##*[,-]}"
}

prepare() { :; }

workload_main() {
	case ${1:-} in
	describe | prepare | run) ;;
	*)
		echo "usage: ${0##*/} describe|prepare|run" >&2
		exit 2
		;;
	esac
	case $BENCH_SIZE in
	tiny | quick | full) ;;
	*)
		echo "BENCH_SIZE=$BENCH_SIZE: expected tiny, quick or full" >&2
		exit 2
		;;
	esac
	if [ "$1" != describe ]; then
		: "${BENCH_WORK:?}" "${BENCH_BUILD:?}"
	fi
	"$1"
}
