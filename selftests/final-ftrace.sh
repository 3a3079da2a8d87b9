#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ftrace dies while all of user space is live: live mode is left, nothing is tracked,
# preflight says so, the module cannot be unloaded, and the machine goes on. What is
# asked for after that is refused. Nothing but a boot repairs this, so it is the last
# test of its machine.
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs ftrace_death module

# has_row TEXT: is it in preflight?
has_row()
{
	[[ $(<"$DIR/preflight") == *"$1"* ]]
}

# shellcheck disable=SC2317	# called by wait_for
is_shadow()
{
	[[ $(<"$DIR/live") == 0 ]]
}

subtest "ftrace dies"
load_mod "track=all live=1 oracle=1"
expect_file live 1
! has_row FAIL || fail "preflight before: $(<"$DIR/preflight")"
insmod "$killer" || fail "cannot load $killer"
wait_for is_shadow
wait_for is_logged "ftrace has died: back to shadow mode, nothing is tracked"
expect_file track "mode none"
has_row "FAIL ftrace: live mode: ftrace has died" || fail "preflight does not tell"
for hook in pgd_free pgd_alloc flush_tlb_func; do
	has_row "FAIL $hook: " || fail "preflight does not name $hook"
done
expect_audit_clean

subtest "what is asked for is refused"
expect EOPNOTSUPP try write "$DIR/live" 1
expect_log "live: refused, ftrace: ftrace has died"
expect ENODEV try write "$DIR/track" all
expect_log "track: refused, ftrace has died"
expect ENODEV try write "$DIR/track" "pid $$"
expect_file live 0
expect_file track "mode none"

subtest "it cannot be unloaded"
for ((i = 0; i < 3; i++)); do
	expect EAGAIN try unload
done
[[ -d $DIR ]] || fail "its files are gone"

subtest "the machine goes on"
for ((i = 0; i < 200; i++)); do
	/bin/true || fail "turn $i"
done
expect_file policy "$(<"$DIR/policy")"
expect ok try write "$DIR/policy" eager
expect ok try write "$DIR/track" none
expect_audit_clean

keep_mod=1
finish
