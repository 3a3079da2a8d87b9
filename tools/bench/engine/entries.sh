# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file, those below
# "Sets" are used there:
# shellcheck disable=SC2154,SC2034
# How many entries of its root a program has populated. Sourced by tools/bench/guest.
#
# Reads: work, debugfs, size, workloads; calls what rounds.sh and module.sh have. Sets:
# entries, the greatest number that was seen of each workload.

declare -A entries=()

# sample_entries PID: the mean of the first copies of a moment: under dirty these copy
# what is there. Nothing else is tracked, so that they are the program's, its threads'
# and its children's alone.
sample_entries() {
	echo none > "$debugfs/track"
	echo 1 > "$debugfs/reset"
	echo "pid $1" > "$debugfs/track" || return
	sleep 0.3
	awk '$1 == "attaches" { n = $2 } $1 == "entries_first" { sum = $2 }
		END { print n ? int(sum / n + 0.5) : 0 }' "$debugfs/stats"
}

# count_entries WORKLOAD: while it runs, again and again.
count_entries() {
	local pid='' worker sample
	use_policy dirty
	echo none > "$debugfs/track"
	rm -f "$work/pid"
	BENCH_PID=$work/pid do_work "$1" "$size" "$work/entries" &
	worker=$!
	until [ -s "$work/pid" ] || ! kill -0 "$worker" 2>/dev/null; do
		sleep 0.1
	done
	[ ! -s "$work/pid" ] || pid=$(< "$work/pid")
	while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do
		sample=$(sample_entries "$pid" 2>/dev/null) || break
		if ((sample > ${entries[$1]:-0})); then
			entries[$1]=$sample
		fi
	done
	wait "$worker" || fail "root entries of $1: exit status $?"
	[ -n "${entries[$1]:-}" ] || fail "root entries of $1: none were seen"
	echo "[entries] $1: ${entries[$1]:-none} populated" >&2
}
