# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file, those below
# "Sets" are used there:
# shellcheck disable=SC2154,SC2034
# How many entries of its root a program has populated while it works. Sourced by
# tools/bench/guest.
#
# Reads: work, debugfs, size; calls what rounds.sh and snapshots.sh have. Sets: entries,
# the greatest number that was seen of each workload, in any process of its program.

declare -A entries=()

# most_entries: of the mms in the file track; 0 without any.
most_entries() {
	local line most=0 pattern=' entries ([0-9]+) '
	local -a lines
	mapfile -t lines < "$debugfs/track"
	for line in "${lines[@]}"; do
		if [[ $line =~ $pattern ]] && ((BASH_REMATCH[1] > most)); then
			most=${BASH_REMATCH[1]}
		fi
	done
	echo "$most"
}

# count_entries WORKLOAD: only the program is tracked, and what it starts; it is looked at
# again and again until it has ended.
count_entries() {
	local pid='' worker sample status=0
	echo none > "$debugfs/track" || die "cannot stop tracking"
	mkdir -p "$work"
	rm -f "$work/pid"
	BENCH_PID=$work/pid do_work "$1" "$size" "$work/entries" &
	worker=$!
	until [ -s "$work/pid" ] || ! kill -0 "$worker" 2> /dev/null; do
		read -rt 0.1 -u 9 _
	done
	[ ! -s "$work/pid" ] || pid=$(< "$work/pid")
	if [ -n "$pid" ]; then
		echo "pid $pid" > "$debugfs/track" || :
	fi
	while [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null; do
		sample=$(most_entries)
		((sample <= ${entries[$1]:-0})) || entries[$1]=$sample
		read -rt 0.2 -u 9 _
	done
	wait "$worker" || status=$?
	if [ $status != 0 ]; then
		unset "entries[$1]"
		fail "$1: exit status $status$(too_long $status); the end of its output:"
		tail -n 5 "$work/entries" >&2
	elif [ -z "${entries[$1]:-}" ]; then
		fail "$1: no root entries of it were seen"
	fi
	echo "[entries] $1: ${entries[$1]:-none} populated" >&2
}
