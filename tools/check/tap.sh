# SPDX-License-Identifier: GPL-2.0
# KTAP output for the tests of the tools themselves. Sourced by bash scripts.
# shellcheck shell=bash

tap_count=0
tap_failed=0

tap_begin()
{
	echo "KTAP version 1"
}

# tap_ok NAME CONDITION...: run the condition, report it.
tap_ok()
{
	local name=$1

	shift
	tap_count=$((tap_count + 1))
	if "$@"; then
		echo "ok $tap_count $name"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count $name"
	fi
}

# tap_is NAME GOT WANTED: equal strings.
tap_is()
{
	if [[ $2 != "$3" ]]; then
		printf 'got:    %s\nwanted: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
	tap_ok "$1" test "$2" = "$3"
}

tap_skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# tap_end: the plan, last, since only now the number is known.
tap_end()
{
	echo "1..$tap_count"
	exit $((tap_failed > 0))
}
