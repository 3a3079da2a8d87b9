#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs of other projects under every policy, each mm tracked, with the oracle
# watching: context switches, mappings, forks, memory that is taken away.
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs module stress-ng hackbench

seconds=${PGDM_STRESS_SECONDS:-5}

# stress ARG...: audits while it runs.
stress()
{
	local pid

	stress-ng --quiet --oomable --timeout "$seconds" "$@" >/dev/null 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		expect_audit_clean
	done
	wait "$pid" || fail "stress-ng $*: $?"
}

subtest "load"
load_mod track=all oracle=1
read -r -a policies < <(tr -d '[]' <"$DIR/policy")

for policy in "${policies[@]}"; do
	expect ok try write "$DIR/policy" "$policy"
	expect ok try write "$DIR/reset" 1

	subtest "$policy: mappings and forks"
	stress --vm 1 --vm-bytes 32M --mmap 1 --mmap-bytes 32M --fork 1

	subtest "$policy: context switches"
	hackbench -l 50 >/dev/null || fail "hackbench: $?"
	expect_audit_clean

	subtest "$policy: counts"
	# Two counters, one after the other: a sync may come in between.
	for ((i = 0; i < 10; i++)); do
		read_stats
		((STATS[bytes_copied] != 8 * STATS[entries_copied])) || break
	done
	((STATS[switches] > 100)) || fail "switches: ${STATS[switches]}"
	((STATS[bytes_copied] == 8 * STATS[entries_copied])) ||
		fail "bytes_copied: ${STATS[bytes_copied]}, entries_copied: ${STATS[entries_copied]}"
	((STATS[hooks_missed] == 0)) || fail "hooks_missed: ${STATS[hooks_missed]}"
done

subtest "unload while they run"
stress-ng --quiet --oomable --timeout 60 --vm 1 --vm-bytes 32M --fork 1 --switch 1 \
	>/dev/null 2>&1 &
stressor=$!
for ((i = 0; i < 5; i++)); do
	expect_audit_clean
	unload_mod
	load_mod track=all oracle=1
done
unload_mod
kill -INT "$stressor"
wait "$stressor"

finish
