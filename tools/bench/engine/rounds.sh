# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file:
# shellcheck disable=SC2154
# Interleaved rounds: each runs every workload under every policy, and the order of the
# policies changes from round to round, so that drift (caches, memory, the host) does not
# favour one of them. Sourced by tools/bench/guest and tools/bench/here.
#
# Sets: running, the process of the work while there is one, for stop_work.
#
# Reads: out, size, rounds, policies, workloads, workload_dir, work, limit, budget. Calls
# after_round ROUND, which the script defines.

# now_ns: nanoseconds, to the microsecond; no process is started.
now_ns() { now=${EPOCHREALTIME/[^0-9]/}000; }

# run_work WORKLOAD SIZE OUTPUT: the work, in the background and waited for, so that a
# signal's trap runs at once. The shell starts such processes with SIGINT ignored.
running=
run_work() {
	local status=0
	BENCH_SIZE=$2 env --default-signal=INT,QUIT timeout -k 10 "$limit" \
		"$workload_dir/$1" run >> "$3" 2>&1 < /dev/null 7>&- 8>&- 9>&- &
	running=$!
	wait "$running" || status=$?
	running=
	return $status
}

# stop_work: from a trap. timeout passes the signal on to all that it has started.
stop_work() {
	[ -n "$running" ] || return 0
	kill "$running" 2>/dev/null
	wait "$running"
	running=
}

# do_work WORKLOAD SIZE OUTPUT: prepare and run outside of the measurement.
do_work() {
	mkdir -p "$BENCH_WORK"
	BENCH_SIZE=$2 "$workload_dir/$1" prepare > "$3" 2>&1 || return
	run_work "$@"
}

failures=0 step_nr=0 step_total=0 rounds_done=0
fail() {
	failures=$((failures + 1))
	echo "bench: FAILED: $*" >&2
}

# policies_of_round R: the order. It is reversed in every second round and
# starts one further on after each two.
policies_of_round() {
	local -a list rotated=()
	local i n shift
	read -ra list <<< "$policies"
	n=${#list[@]}
	shift=$((($1 - 1) / 2 % n))
	for ((i = 0; i < n; i++)); do
		rotated+=("${list[(i + shift) % n]}")
	done
	if (($1 % 2 == 0)); then
		for ((i = n - 1; i >= 0; i--)); do
			echo "${rotated[i]}"
		done
	else
		printf '%s\n' "${rotated[@]}"
	fi
}

too_long() { [ "$1" != 124 ] || echo " (over $limit s)"; }	# too_long STATUS

count_words() { echo $#; }

step() {	# step ROUND WORKLOAD POLICY ORDER
	local dir=$out/r$1/$2/$3 status=0 begin now seconds
	mkdir -p "$dir" "$BENCH_WORK"
	step_nr=$((step_nr + 1))

	use_policy "$3"
	BENCH_SIZE=$size "$workload_dir/$2" prepare > "$dir/output" 2>&1 || status=$?
	if [ $status = 0 ]; then
		counting_starts "$3" "$dir"
		now_ns
		begin=$now
		BENCH_STEP=$dir run_work "$2" "$size" "$dir/output" || status=$?
		now_ns
		counting_ends "$3" "$dir" || fail "round $1, $2, $3: cannot read the counts"
	else
		now_ns
		begin=$now
	fi
	printf 'status %d\nnanoseconds %d\norder %d\n' \
		"$status" $((now - begin)) "$4" > "$dir/step"

	seconds=$(((now - begin) / 100000000))
	printf '[%2d/%d] round %d  %-11s %-11s %3d.%d s  %8s syncs  %s\n' \
		$step_nr "$step_total" "$1" "$2" "$3" $((seconds / 10)) $((seconds % 10)) \
		"$(stat_sum "$dir/stats" syncs_clean syncs_dirty syncs_full 2>/dev/null)" \
		"$(tail -n 1 "$dir/audit" 2>/dev/null)" >&2
	if [ $status != 0 ]; then
		fail "round $1, $2, $3: exit status $status$(too_long $status); the end of its output:"
		tail -n 5 "$dir/output" >&2
	fi
	[ "$3" != native ] || return 0
	[[ $(tail -n 1 "$dir/audit" 2>/dev/null) == *" 0 violations" ]] ||
		fail "round $1, $2, $3: the audit does not end with 0 violations"
	if grep -v ' 0 violations$' "$dir/audits_running" 2>/dev/null | head -n 5 | grep . >&2; then
		fail "round $1, $2, $3: an audit found a violation while the work ran"
	fi
}

# The first run of a program reads it through the file system; that is no part
# of the comparison, so each runs once, small, before the first round.
warm_up() {
	local w before=$failures
	for w in $workloads; do
		echo "[warm-up] $w" >&2
		do_work "$w" tiny "$work/warm-up" || {
			fail "warm-up of $w: exit status $?$(too_long $?); the end of its output:"
			tail -n 5 "$work/warm-up" >&2
		}
	done
	# shellcheck disable=SC2086	# a list of words
	if ((failures - before == $(count_words $workloads))); then
		echo "bench: nothing was measured, as no workload could be run" >&2
		exit 1
	fi
}

run_round() {	# run_round ROUND
	local w p order
	for w in $workloads; do
		order=0
		for p in $(policies_of_round "$1"); do
			order=$((order + 1))
			step "$1" "$w" "$p" "$order"
		done
	done
	after_round "$1"
}

# A loaded host can be several times slower; fewer rounds are then better than
# a run that does not end.
run_rounds() {
	local began=$SECONDS round
	for ((round = 1; round <= rounds; round++)); do
		if ((budget && round > 2 &&
			SECONDS + (SECONDS - began) / (round - 1) > budget)); then
			echo "bench: $rounds_done of $rounds rounds: a further one would pass $budget s" >&2
			break
		fi
		run_round "$round"
		rounds_done=$round
	done
}

