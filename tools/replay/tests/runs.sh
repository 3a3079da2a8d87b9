# SPDX-License-Identifier: GPL-2.0
# Shared by exact, predict and plain: a load is recorded in the virtual machine, and replayed.
# Sourced after tools/setup/lib.sh; leaves its files in $work, which it removes at the end.
# shellcheck shell=bash

# shellcheck disable=SC2154	# set by lib.sh
programs=$build/replay/plain
ko=$build/module/${PGDM_KERNEL:?}/pgd_mirror.ko
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# record POLICY NAME COMMAND...: $work/NAME.txt is the recording, NAME.trace the compact
# one, NAME.stats what the module counted. Its mirrors are empty when it begins.
record()
{
	local policy=$1 name=$work/$2 status=0

	shift 2
	# shellcheck disable=SC2086	# parameters
	insmod "$ko" "policy=$policy" ${PGDM_PARAMS:-} || return 1
	# shellcheck disable=SC2154	# set by lib.sh
	"$top/tools/replay/record" -s "$name.stats" "$name.txt" "$@" || status=$?
	rmmod pgd_mirror || return 1
	"$programs/import" -o "$name.trace" "$name.txt" || return 1
	return "$status"
}

# stats_of POLICY TRACE: what the replay counts, as the module prints it.
stats_of()
{
	"$programs/replay" --stats --no-cycles --policies "$1" "$2" | sed "s/^$1 //"
}

# costs: of counters on standard input, as stats_of prints them: syncs, bytes, full copies.
costs()
{
	awk '{ n[$1] = $2 }
		END {
			full = n["syncs_full"] + 0
			print full + n["syncs_clean"] + n["syncs_dirty"], n["bytes_copied"] + 0, full
		}'
}
