#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A look at a kernel that takes a minute: each hook is seen to fire, everything is live
# under each policy that is right, the audit and the oracle find nothing, the module can
# go, and the kernel has nothing to say.
# PGDM_TURNS: programs that are run under each policy (10).
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs

turns=${PGDM_TURNS:-10}

# work: address spaces come and go, on all CPUs, and each has root entries.
work()
{
	local i pids=()

	for ((i = 0; i < turns; i++)); do
		(: | cat) &
		pids+=($!)
		/bin/true || fail "a program: status $?"
	done
	for i in "${pids[@]}"; do
		wait "$i" || fail "a pipeline: status $?"
	done
}

# grown COUNTER...: each has counted since the counts began anew.
grown()
{
	local counter

	read_stats
	for counter; do
		((STATS[$counter])) || fail "$policy: no $counter"
	done
}

subtest "hooks"
load_mod "track=all oracle=1"
grep '^FAIL' "$DIR/preflight" | sed 's/^/# /'
grep -q '^FAIL' "$DIR/preflight" && fail "preflight"
grep -q 'hooked, seen to fire$' "$DIR/preflight" || fail "no hook was seen to fire"
unseen=$(grep ': hooked' "$DIR/preflight" | grep -v -e 'seen to fire\(; there is one CPU\)\?$' -e 'not provoked: ')
[[ -z $unseen ]] || fail "not seen to fire: $unseen"
policy=shadow
echo 1 >"$DIR/reset"
work
grown publishes switches
expect_audit_clean

# flush-only is incomplete, which other tests show.
read -ra policies < <(tr -d '[]' <"$DIR/policy")
((${#policies[@]} >= 8)) || fail "policies: ${policies[*]}"
expect ok try write "$DIR/live" 1
for policy in "${policies[@]}"; do
	[[ $policy != flush-only ]] || continue
	subtest "live, $policy"
	expect ok try write "$DIR/policy" "$policy"
	echo 1 >"$DIR/reset"
	work
	grown publishes switches steered
	expect_audit_clean
	[[ ${STATS[livelocks_broken]} == 0 ]] || fail "the guard fired"
	[[ ${STATS[hooks_missed]} == 0 ]] || fail "hooks missed: ${STATS[hooks_missed]}"
done

subtest "back to shadow mode, and unloaded"
expect ok try write "$DIR/live" 0
expect_audit_clean
unload_mod
[[ ! -d $DIR ]] || fail "its files are still there"

finish
