#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All of user space live, and looked at: perf walks user stacks from interrupts,
# trace events are switched on and off, which patches the kernel's text.
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs module stress-ng perf

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# alone COMMAND...: with no modules in sight. perf looks at each file of /lib/modules
# that there is, which takes longer than what it samples.
alone()
{
	unshare --mount bash -c 'mount -t tmpfs none /lib/modules && exec "$@"' alone "$@"
}

# sample SECONDS: sets samples, and how many of them have callers.
sample()
{
	alone perf record -q -a -e cpu-clock -F 200 -B -N -g -o "$scratch/data" -- \
		stress-ng --quiet --vm 1 --vm-bytes 16M --verify --fork 1 --timeout "$1" \
		>"$scratch/log" 2>&1 || fail "perf record: $(tail -n 3 "$scratch/log")"
	read -r samples deep < <(alone perf script -i "$scratch/data" -F comm,ip 2>/dev/null |
		awk '/^stress-ng/ { n++; deep = 0 } /^\t/ && ++deep == 2 { d++ } END { print n + 0, d + 0 }')
	echo "# $samples samples of stress-ng, $deep with callers"
}

subtest "user stacks from interrupts"
load_mod "track=all live=1 oracle=1"
# Longer, if the machine had little time for it.
for seconds in 4 8 16; do
	sample "$seconds"
	((samples <= 100 || !deep)) || break
done
((samples > 100 && deep > 0)) || fail "perf saw $samples samples, $deep with callers"
expect_audit_clean
[[ ${STATS[livelocks_broken]} == 0 ]] || fail "the guard fired"

subtest "text is patched"
switch=/sys/kernel/tracing/events/sched/sched_switch/enable
[[ -e $switch ]] || switch=/sys/kernel/debug/tracing/events/sched/sched_switch/enable
stress-ng --quiet --vm 1 --vm-bytes 16M --verify --fork 1 --timeout 5 &
for ((i = 0; i < 10; i++)); do
	echo 1 >"$switch"
	echo 0 >"$switch"
done
wait $! || fail "stress-ng: status $?"
expect_audit_clean
unload_mod

finish
