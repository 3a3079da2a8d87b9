#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the shell tests share. A test sources this, calls needs and then
# subtest before each of its parts, and finish at the end.
#
#	needs module		# skips the test without it
#	subtest "a name"	# ends the one before
#	expect EINVAL try load "mirrors=0"
#	expect_log "mirrors=0: expected 2 to 64"
#	finish
set -u

DIR=/sys/kernel/debug/pgd_mirror
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bin=${PGDM_BIN:-$here}
[[ -x $bin/try ]] || bin=$here/../build/selftests

count=0 failures=0 name="" failed="" mark="" first_mark=""
keep_mod=""	# 1: a final test leaves the module pinned
declare -A STATS=()

# skip REASON...: ends the whole test.
skip()
{
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit 4
}

# marker TEXT: a line of ours in the kernel log.
marker()
{
	mark="selftests: pgd_mirror: ${0##*/}: $1 ($$.$count)"
	echo "$mark" >/dev/kmsg
}

# log_since MARK: what the kernel has logged since then.
log_since()
{
	dmesg | awk -v mark="$1" 'found { print } index($0, mark) { found = 1 }'
}

# needs WORD...: module, ftrace_death (sets killer, the module that kills ftrace;
# PGDM_FTRACE_DEATH, or that of build/module/), or the name of a command.
needs()
{
	local word version

	((EUID == 0)) || skip "needs root"
	[[ -d /sys/kernel/debug ]] || skip "needs debugfs in /sys/kernel/debug"
	[[ -x $bin/try ]] || skip "the programs are not built (make)"
	[[ ! -d /sys/module/pgd_mirror ]] || skip "the module is loaded already: unload it first"
	for word; do
		case $word in
		module)
			[[ $(run_try load) == ok ]] || skip "the module does not load (PGDM_KO)"
			run_try unload >/dev/null ;;
		ftrace_death)
			version=$(uname -r | cut -d . -f 1-2)
			version=${PGDM_KERNEL:-$version}
			killer=${PGDM_FTRACE_DEATH:-$bin/../module/$version-selftests/pgdm_ftrace_death.ko}
			[[ -r $killer ]] || skip "the module that kills ftrace is not built (make selftests, or PGDM_FTRACE_DEATH)" ;;
		*)
			command -v "$word" >/dev/null || skip "needs $word" ;;
		esac
	done
	echo "TAP version 13"
	marker begin
	first_mark=$mark
}

run_try()
{
	"$bin/try" "$@"
}

result()
{
	[[ -n $name ]] || return 0
	if [[ -n $failed ]]; then
		echo "not ok $count $name"
		failures=$((failures + 1))
	else
		echo "ok $count $name"
	fi
}

subtest()
{
	result
	count=$((count + 1))
	name=$1 failed=""
	marker "$1"
}

# fail TEXT...: the subtest goes on, and fails.
fail()
{
	echo "# $*"
	failed=1
}

# expect WANT try ARGS: the outcome of one system call.
expect()
{
	local want=$1 got

	shift 2
	got=$(run_try "$@")
	[[ $got == "$want" ]] || fail "$*: $got, expected $want"
}

# is_logged TEXT: has the kernel logged it since the subtest began?
is_logged()
{
	[[ $(log_since "$mark") == *"$1"* ]]
}

# expect_log TEXT
expect_log()
{
	is_logged "$1" || fail "not in the kernel log: $1"
}

# wait_for COMMAND...: until it succeeds.
wait_for()
{
	local end=$((SECONDS + 100))

	until "$@"; do
		((SECONDS < end)) || { fail "still not: $*"; return; }
	done
}

# expect_file FILE TEXT
expect_file()
{
	local got

	got=$(<"$DIR/$1")
	[[ $got == "$2" ]] || fail "$1: $got, expected $2"
}

load_mod()
{
	local outcome

	outcome=$(run_try load "$*")
	[[ $outcome == ok ]] || fail "load $*: $outcome"
}

load_seeded()
{
	local outcome

	outcome=$(run_try load-seeded "$*")
	[[ $outcome == ok ]] || fail "load $*: $outcome"
}

unload_mod()
{
	local outcome

	outcome=$(run_try unload)
	[[ $outcome == ok ]] || fail "unload: $outcome"
}

# read_stats: into STATS. In one go, as bash seeks back after each line.
read_stats()
{
	local key value text

	text=$(<"$DIR/stats")
	STATS=()
	while read -r key value; do
		STATS[$key]=$value
	done <<<"$text"
}

# expect_audit_clean: no violation now, none that was noticed before, and none
# that the oracle, if it is on, may have overlooked.
expect_audit_clean()
{
	local text

	text=$(<"$DIR/audit")
	[[ $text == *", 0 violations" ]] || fail "audit: $text"
	read_stats
	[[ ${STATS[violations]} == 0 ]] || fail "violations: ${STATS[violations]}"
	[[ ${STATS[oracle_unchecked]} == 0 ]] || fail "not checked by the oracle: ${STATS[oracle_unchecked]} tables"
}

# finish: the last subtest's result, the kernel log, the plan.
finish()
{
	local found

	result
	[[ ! -d /sys/module/pgd_mirror || $keep_mod ]] || rmmod pgd_mirror
	found=$(log_since "$first_mark" | sed 's/^\[[^]]*\] //' | grep -E -f "$here/log-signs")
	count=$((count + 1)) name="kernel log" failed=""
	[[ -z $found ]] || fail "$found"
	result
	echo "1..$count"
	((failures == 0))
	exit
}
