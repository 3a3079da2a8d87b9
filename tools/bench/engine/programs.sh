# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The benchmark's own programs, and those of others. Sourced by tools/bench/run and
# tools/bench/here, after tools/setup/lib.sh.

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

# build_real DIR: what the workloads real-* run, of tools/bench/programs. Their packages
# are installed first.
build_real() {
	local dir=$1 source=$top/tools/bench/programs
	"$top/tools/setup/host" "$top/tools/setup/packages-programs" || return
	[ "$dir/tsan" -nt "$source/tsan.c" ] ||
		"${CC:-gcc}" -O2 -Wall -Wextra -Werror -pthread -fsanitize=thread \
			-o "$dir/tsan" "$source/tsan.c" || return
	[ "$dir/Allocate.class" -nt "$source/Allocate.java" ] ||
		javac -d "$dir" "$source/Allocate.java" || return
	[ "$dir/allocate" -nt "$source/allocate.go" ] ||
		GOCACHE=$dir/go-cache CGO_ENABLED=0 \
			go build -o "$dir/allocate" "$source/allocate.go"
}
