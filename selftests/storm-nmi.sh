#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bug 13: NMIs in a stream, from outside (tools/vm/run --nmi), while all of
# user space is live and works. PGDM_SECONDS: for how long (15).
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

# The NMIs that CPU 0 took; the other CPUs do not get those from outside.
nmis()
{
	awk '$1 == "NMI:" { print $2 }' /proc/interrupts
}

seconds=${PGDM_SECONDS:-15}
before=$(nmis)
for ((i = 0; i < 200 && $(nmis) == before; i++)); do sleep 0.1; done
(($(nmis) > before)) || skip "no NMIs come: tools/vm/run --nmi 50"

needs module stress-ng

for policy in dirty always; do
	subtest "$seconds s of NMIs, live, $policy"
	load_mod "track=all live=1 oracle=1 policy=$policy"
	before=$(nmis)
	# CPU 0 works in user mode, in system calls, in faults and in switches.
	taskset -c 0 stress-ng --quiet --verify --timeout "$seconds" --vm 1 \
		--vm-bytes 16M --mmap 1 --mmap-bytes 16M --fork 1 --context 1 ||
		fail "stress-ng: status $?"
	came=$(($(nmis) - before))
	echo "# $policy: $came NMIs"
	((came >= seconds)) || fail "$came NMIs in $seconds s"
	expect_audit_clean
	[[ ${STATS[livelocks_broken]} == 0 ]] || fail "the guard fired"
	unload_mod
done

finish
