# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file, those below
# "Sets" are used there:
# shellcheck disable=SC2154,SC2034
# The machine at hand, for tools/bench/here: may the module be loaded, which one; and
# everything as it was afterwards. Sourced after the engine.
#
# Reads: build_root (where modules were built), mode, out, work. Sets: ko, known,
# warned_before, TRACEFS.

loaded=/sys/module/pgd_mirror
# What is to be undone.
ours='' mounted='' warned_before=''

check_machine() {
	[ "$(id -u)" = 0 ] || die "run it as root: it loads a module"
	[ ! -e $loaded ] || die "pgd_mirror is loaded already. Whoever loaded it may need it;" \
		"if it was you: rmmod pgd_mirror"
	if grep -qs '\[\(integrity\|confidentiality\)\]' /sys/kernel/security/lockdown; then
		die "the kernel is locked down: debugfs, by which the module is driven, is out of reach"
	fi
}

# release_of FILE: the kernel that a module was built for.
release_of() {
	local vermagic
	vermagic=$(modinfo -F vermagic "$1" 2>/dev/null) && echo "${vermagic%% *}"
}

# find_module: the one that was built for the running kernel; the newest, if several.
find_module() {
	local file release
	release=$(uname -r)
	ko=''
	for file in "$build_root"/module/*/pgd_mirror.ko; do
		case $file in
		*-seeded/*) continue ;;
		esac
		[ "$(release_of "$file")" = "$release" ] || continue
		if [ -z "$ko" ] || [ "$file" -nt "$ko" ]; then
			ko=$file
		fi
	done
	[ -n "$ko" ] && return
	file=$(modinfo -F filename pgd_mirror 2>/dev/null)
	if [ -f "$file" ] && [ "$(release_of "$file")" = "$release" ]; then
		ko=$file
		return
	fi
	die "no module was built for the running kernel, $release. To build one (it needs the" \
		"kernel's headers, on Debian the package linux-headers-$release):" \
		"make KDIR=/lib/modules/$release/build"
}

# mount_one TYPE DIR: unless something of that type is there.
mount_one() {
	[ "$(stat -f -c %T "$2" 2>/dev/null)" != "$1" ] || return 0
	mount -t "$1" "$1" "$2" || die "cannot mount $1 on $2"
	mounted="$2 $mounted"
}

# warnings: the kernel's taint bits for an oops (7) and a warning (9).
warnings() { echo $(($(file_or /proc/sys/kernel/tainted 0) & (1 << 7 | 1 << 9))); }

# try_module: loaded once, in shadow mode, with nothing tracked: is every hook there, and
# what policies has it? Then live mode, if it is asked for. And away again.
try_module() {
	local said

	mount_one debugfs /sys/kernel/debug
	mount_one tracefs "${TRACEFS:=/sys/kernel/tracing}"
	export TRACEFS
	warned_before=$(warnings)
	ours=yes
	if ! said=$(insmod "$ko" 2>&1); then
		dmesg 2>/dev/null | grep pgd_mirror | tail -n 3 >&2
		die "$ko was refused: ${said##*: }. The kernel log above says why;" \
			"for signatures see Documentation/installing.md"
	fi
	known=$(tr -d '[]' < "$debugfs/policy") || die "cannot read $debugfs/policy"
	if [ "$mode" = live ] && ! echo 1 2>/dev/null > "$debugfs/live"; then
		grep '^FAIL' "$debugfs/preflight" >&2
		die "live mode is refused: see the lines above. Without --mode live it can be run"
	fi
	unload || die "the module cannot be unloaded"
}

# unload: also from live mode; what is not loaded need not be.
unload() {
	[ ! -e $loaded ] || rmmod pgd_mirror
}

# restore: as it was before; the EXIT trap. What was begun is ended first.
# shellcheck disable=SC2317	# called by the trap
restore() {
	local dir
	trap '' INT TERM HUP
	stop_work
	counting_stops
	close_fifos
	if [ -n "$ours" ] && ! unload; then
		echo "here: pgd_mirror is still loaded: rmmod pgd_mirror" >&2
	fi
	for dir in $mounted; do
		umount "$dir"
	done
	ours='' mounted=''
	[ -z "$work" ] || rm -rf "$work"
	trap - INT TERM HUP EXIT
}
