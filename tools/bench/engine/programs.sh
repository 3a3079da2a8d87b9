# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The benchmark's own programs. Sourced by tools/bench/run and tools/bench/here, after
# tools/setup/lib.sh.

# build_programs DIR NAME...: tools/bench/NAME.c, where that is newer.
build_programs() {
	local dir=$1 name
	shift
	for name; do
		# shellcheck disable=SC2154	# set by lib.sh
		[ "$dir/$name" -nt "$top/tools/bench/$name.c" ] ||
			"${CC:-gcc}" -O2 -Wall -Wextra -Werror -pthread \
				-o "$dir/$name" "$top/tools/bench/$name.c" || return
	done
}
