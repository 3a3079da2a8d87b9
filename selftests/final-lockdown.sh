#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Lockdown while all of user space is live: debugfs cannot be written any more, and
# the parameter ends live mode. It cannot be undone: the last test of its machine.
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs module
lockdown=/sys/kernel/security/lockdown
parameter=/sys/module/pgd_mirror/parameters/live
[[ -e $lockdown ]] || mount -t securityfs securityfs /sys/kernel/security
[[ -w $lockdown && $(<"$lockdown") == *"[none]"* ]] ||
	skip "needs the security module lockdown, off"

# expect_refused WORD FILE WHY: the shell tells why.
expect_refused()
{
	local said

	said=$( (echo "$1" >"$2") 2>&1) && fail "$1 was written to $2"
	[[ $said == *"$3"* ]] || fail "$2: $said"
}

# expect_live WANT
expect_live()
{
	[[ $(<"$parameter") == "$1" ]] || fail "live is $(<"$parameter"), expected $1"
}

subtest "the parameter steers live mode"
load_mod "track=all"
expect_live N
echo 1 >"$parameter" || fail "cannot go live"
expect_live Y
expect_file live 1
expect_audit_clean
echo 0 >"$parameter" || fail "cannot leave live mode"
expect_live N
expect_file live 0
echo 1 >"$DIR/live" || fail "cannot go live"
expect_live Y
expect_refused 2 "$parameter" "Invalid argument"
expect_log "live: expected 0 or 1"
expect_live Y
grep -q '^ok lockdown: ' "$DIR/preflight" || fail "preflight has no row"

subtest "locked down, debugfs is out of reach and live mode goes on"
echo integrity >"$lockdown" || fail "cannot lock the kernel down"
expect_refused 0 "$DIR/live" "not permitted"
expect_live Y
# Files that can only be read may still be, depending on the kernel.
if text=$(cat "$DIR/preflight" 2>/dev/null); then
	[[ $text == *"FAIL lockdown: "*"/parameters/live"* ]] ||
		fail "preflight does not tell"
fi

subtest "the parameter ends it, and begins it"
echo 0 >"$parameter" || fail "cannot leave live mode"
expect_live N
echo 1 >"$parameter" || fail "cannot go live"
expect_live Y
echo 0 >"$parameter" || fail "cannot leave live mode"
expect_live N
unload_mod

finish
