# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file:
# shellcheck disable=SC2154
# The module comes, goes, and changes its policy. Sourced by tools/bench/guest and
# tools/bench/here.
#
# Reads: build (programs), debugfs (the module's directory), ko, params (the module's
# file and parameters, for the policy native), mirrors (the module's parameter). The
# function die ends the script.

# The policy in brackets; a file that holds one bare name is taken as it is.
active_policy() { sed 's/.*\[\(.*\)\].*/\1/' "$debugfs/policy"; }

# native: the module is not there. From the next policy on it is again, as before.
set_policy() {
	if [ "$1" = native ]; then
		# It is absent when native was the last policy, and is the next one, too.
		if [ -d "$debugfs" ]; then
			rmmod pgd_mirror || die "cannot unload the module"
		fi
		return
	fi
	if [ ! -d "$debugfs" ]; then
		# shellcheck disable=SC2086	# words
		insmod "$ko" $params || die "cannot load the module again"
	fi
	echo "$1" > "$debugfs/policy"
	[ "$(active_policy)" = "$1" ] ||
		die "cannot switch to policy '$1': $debugfs/policy reads '$(cat "$debugfs/policy")'"
	# Mirrors that lived under another policy are given up with their mms.
	echo none > "$debugfs/track" || die "cannot stop tracking"
	echo all > "$debugfs/track" || die "cannot track anew"
}

# use_policy POLICY: and every mirror of every CPU was used once under it, so that
# what the change itself causes is not counted: as many processes as fill those that are
# free, and then take all. The same work for each policy.
use_policy() {
	set_policy "$1"
	"$build/fill" $((2 * mirrors + 2)) || die "cannot use every mirror once"
}

# policies_without_native: the first of them.
policies_without_native() {
	local p
	for p in $policies; do
		[ "$p" = native ] || break
	done
	echo "$p"
}
