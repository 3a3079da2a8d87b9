# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the workloads real-* share; sourced by each of them.
#
# They are about a program of others. Each starts it in the background, says which process
# it is as soon as it has begun (at_work), waits for its end, and compares what it has done
# with what was asked for. Where that is not so, the last line that it prints says why.
#
# Environment, besides that of workload.sh:
#   BENCH_PID   a file: at_work writes the number of the program's process there
# shellcheck source=tools/bench/workload.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/workload.sh"

# The programs, as tools/setup/programs has unpacked them.
# shellcheck disable=SC2034	# for the workloads
bin=$BENCH_BUILD/programs

# needs FILE...: these are there, of what the host has built and unpacked.
needs() {
	local file
	for file; do
		[ -e "$file" ] && continue
		echo "${file##*/} is missing: tools/setup/programs unpacks the programs, and" \
			"make bench BENCH=full WORKLOADS='${0##*/}' makes what they work on" >&2
		exit 127
	done
}

# at_work PID: that process is the program that the workload is about, and it has begun. The
# benchmark asks for it when it counts the program's root entries.
at_work() {
	[ -z "${BENCH_PID:-}" ] || echo "$1" > "$BENCH_PID"
}

# ended NAME PID: the program's end; any but its own, without an error, is a failure.
ended() {
	local status=0
	wait "$2" || status=$?
	[ $status = 0 ] && return
	if ((status > 128)); then
		echo "$1 was killed by signal $((status - 128))" >&2
	else
		echo "$1 failed with status $status" >&2
	fi
	exit $status
}

# done_is WHAT EXPECTED DONE: of the work.
done_is() {
	[ "$2" = "$3" ] && return
	echo "$1: $2 expected, ${3:-none} done" >&2
	exit 1
}

# starting PID FILE PATTERN: until a line of the file matches, or the process has ended.
starting() {
	until grep -qs "$3" "$2" || ! kill -0 "$1" 2> /dev/null; do
		sleep 0.1
	done
}
