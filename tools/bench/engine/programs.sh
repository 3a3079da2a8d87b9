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

# build_real DIR: what the workloads real-* run: programs of tools/setup/programs, to which
# DIR/programs leads, and what they work on.
build_real() {
	# shellcheck disable=SC2154	# set by lib.sh
	local dir=$1 source=$top/tools/bench/programs tree=$build/programs
	"$top/tools/setup/programs" || return
	ln -sfnT "$tree/bin" "$dir/programs" || return
	[ "$dir/tsan" -nt "$source/tsan.c" ] ||
		"${CC:-gcc}" -O2 -Wall -Wextra -Werror -pthread -fsanitize=thread \
			-o "$dir/tsan" "$source/tsan.c" || return
	[ "$dir/Allocate.class" -nt "$source/Allocate.java" ] ||
		"$tree/bin/java" -cp "$tree/root/usr/share/java/ecj.jar" \
			org.eclipse.jdt.internal.compiler.batch.Main -source 11 -target 11 \
			-d "$dir" "$source/Allocate.java" || return
	[ "$dir/postgres/ready" -nt "$tree/bin/postgres" ] ||
		"$source/make-database" "$dir/postgres" "$tree/bin" || {
			say "PostgreSQL made no database: see ${dir#"$top/"}/postgres/log"
			return 1
		}
}
