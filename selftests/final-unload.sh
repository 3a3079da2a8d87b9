#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ftrace dies while the module is being unloaded, too late to refuse: unloading never
# ends, the hooks call into what is still there, and the machine goes on. Nothing but a
# boot repairs this, so it is the last test of its machine.
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs ftrace_death module

subtest "ftrace dies before the hooks are taken out"
load_mod "track=all live=1 oracle=1"
insmod "$killer" at=pgdm_hooks_disarm || fail "cannot load $killer"
run_try unload >/dev/null &
wait_for is_logged "unloading never ends"
expect_log "cannot take "
[[ ! -d $DIR ]] || fail "its files are there"
! is_logged "oracle: " || fail "mirrors were left behind"

subtest "the machine goes on"
for ((i = 0; i < 200; i++)); do
	/bin/true || fail "turn $i"
done
kill -0 $! || fail "unloading has ended"
[[ -d /sys/module/pgd_mirror ]] || fail "the module is gone"

keep_mod=1
finish
