#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of user space live, under load that verifies its memory.
# PGDM_SECONDS: seconds of load under dirty (60); under always a tenth of it and 5; while
# mode, policy and tracking change half of it, 20 at most.
# PGDM_LOADS: how often the module is loaded and unloaded (20).
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs module stress-ng

seconds=${PGDM_SECONDS:-60}
changing=$((seconds / 2 < 20 ? seconds / 2 : 20))
loads=${PGDM_LOADS:-20}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# threads: threads come and go until it is ended. Not under a time-out, as
# the stressor (stress-ng 0.15.06) does not join the thread that it started last
# when its time is over, and that thread reads a stack frame that has ended.
threads()
{
	cd "$scratch" && exec setsid stress-ng --verify --pthread 1 \
		--pthread-max 16 >"$scratch/threads" 2>&1
}

# stress SECONDS: every kind of change to address spaces, memory verified.
stress()
{
	local pid status=0

	threads &
	pid=$!
	(cd "$scratch" && exec stress-ng --verify --timeout "$1" \
		--vm 1 --vm-bytes 32M --mmap 1 --mmap-bytes 16M --mremap 1 \
		--mremap-bytes 16M --fork 1 --munmap 1 --mprotect 1 \
		--context 1 --clone 1 --clone-max 16) >"$scratch/stress" 2>&1 ||
		status=$?
	((status == 0)) || sed 's/^/# /' "$scratch/stress"
	if ! kill -KILL -- "-$pid" || grep -q -w -E 'fail|error' "$scratch/threads"; then
		sed 's/^/# /' "$scratch/threads"
		((status)) || status=1
	fi
	wait "$pid"
	return "$status"
}

for policy in dirty always; do
	[[ $policy == dirty ]] || seconds=$((seconds / 10 + 5))
	subtest "$seconds s of verified load, live, $policy"
	load_mod "track=all live=1 oracle=1 policy=$policy"
	stress "$seconds" || fail "stress-ng: status $?"
	expect_audit_clean
	[[ ${STATS[livelocks_broken]} == 0 ]] || fail "the guard fired"
	[[ ${STATS[steered]} != 0 ]] || fail "CR3 never held a mirror"
	echo "# $policy: syncs clean ${STATS[syncs_clean]}, dirty ${STATS[syncs_dirty]}, full ${STATS[syncs_full]}"
	echo "# $policy: steered ${STATS[steered]}, extra faults ${STATS[faults_fixed]}"
	unload_mod
done

subtest "live, policy and track change under load, each sync point judged"
load_mod "track=all live=1 oracle=2"
read -ra policies < <(tr -d '[]' <"$DIR/policy")
stress "$changing" &
for ((i = 0; i < 30; i++)); do
	echo $((i % 2)) >"$DIR/live"
	echo "${policies[i * 5 % ${#policies[@]}]}" >"$DIR/policy"
	if ((i % 5 == 4)); then
		echo none >"$DIR/track"
		echo all >"$DIR/track"
	fi
done
expect_audit_clean
wait $! || fail "stress-ng: status $?"
expect_audit_clean
unload_mod

subtest "loaded and unloaded $loads times under load, live"
stress $((10 + loads)) &
for ((i = 0; i < loads; i++)); do
	load_mod "track=all live=1 policy=${policies[i % ${#policies[@]}]}"
	expect_audit_clean
	unload_mod
done
wait $! || fail "stress-ng: status $?"

finish
