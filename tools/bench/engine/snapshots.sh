# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file:
# shellcheck disable=SC2154
# The snapshots of one run. Sourced by tools/bench/guest and tools/bench/here, after
# tools/bench/counts.
#
# Reads: debugfs, work; watched: audit while the work runs, and count without the module,
# too. Both take time, so a run that is timed has neither. Other processes must not have
# the file descriptors 8 and 9.

watched=yes

# make_fifos: by which the auditor is told to stop; close_fifos.
make_fifos() {
	mkfifo "$work/auditor" "$work/idle" || die "cannot make a FIFO in $work"
	exec 8<> "$work/auditor" 9<> "$work/idle"
}

close_fifos() { exec 8>&- 9>&-; }

stat_sum() {	# stat_sum FILE NAME...: the sum of these counters
	local file=$1
	shift
	awk -v names="$*" 'BEGIN { n = split(names, a); for (i = 1; i <= n; i++) want[a[i]] = 1 }
		$1 in want { sum += $2 } END { print sum + 0 }' "$file"
}

# The mirrors of a workload are gone when it is done, so audits are also made
# while it runs: one shell, no process per audit, until stop_auditor. Each of
# its lines is the last line of an audit, or one before it that tells of a
# violation.
auditor=
start_auditor() {	# start_auditor FILE AUDIT
	: > "$1"
	(
		# What ends a pause may be lost when its time is over, an order not. And
		# it may leave a wrong signal mask, which this shell has no use for: no
		# child to wait for.
		until read -rt 0 -u 8; do
			mapfile -t lines < "$2"
			[ ${#lines[@]} -gt 0 ] || lines=("the audit could not be read")
			[[ ${lines[-1]} == *" 0 violations" ]] ||
				printf '%s\n' "${lines[@]:0:${#lines[@]}-1}"
			printf '%s\n' "${lines[-1]}"
			read -rt 0.5 -u 9 _
		done >> "$1" 2>&1
		read -ru 8 _
	) &
	auditor=$!
}

stop_auditor() {
	[ -n "$auditor" ] || return 0
	echo stop >&8
	echo wake >&9
	wait "$auditor"
	auditor=
}

# counting_starts POLICY DIR, counting_ends POLICY DIR: a run's snapshots;
# counting_stops: a run was ended from outside.
counting=
counting_starts() {
	if [ "$1" = native ]; then
		[ -n "$watched" ] || return 0
		start_auditor /dev/null /dev/null
		counting=yes
		count_start || die "cannot count without the module"
		return
	fi
	if [ -n "$watched" ]; then
		start_auditor "$2/audits_running" "$debugfs/audit"
	fi
	echo 1 > "$debugfs/reset" || die "cannot write $debugfs/reset"
}

# keep FROM TO: a copy, without a process whose faults would be counted.
keep() {
	local -a lines
	mapfile lines < "$1" && printf '%s' "${lines[@]}" > "$2"
}

counting_ends() {
	local f

	if [ "$1" = native ]; then
		[ -n "$watched" ] || return 0
		count_pause || die "cannot count without the module"
		stop_auditor
		count_print > "$2/stats"
		counting=
		return
	fi
	stop_auditor
	for f in stats stats_percpu hist audit; do
		keep "$debugfs/$f" "$2/$f" || return
	done
}

counting_stops() {
	stop_auditor
	[ -z "$counting" ] || count_clear
	counting=
}
