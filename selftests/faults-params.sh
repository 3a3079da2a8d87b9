#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Module parameters that make no sense: refused, with what was expected.
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

needs module

for value in 0 1 65 4294967295; do
	subtest "mirrors=$value"
	expect EINVAL try load "mirrors=$value"
	expect_log "pgd_mirror: mirrors=$value: expected 2 to 64"
	expect_log "pgd_mirror: not loaded, error -22"
	expect ENOENT try unload
done

for value in -1 4294967296 six '' 6x; do
	subtest "mirrors='$value' is no number"
	case $value in
	4294967296) expect ERANGE try load "mirrors=$value" ;;
	*) expect EINVAL try load "mirrors=$value" ;;
	esac
	expect_log "pgd_mirror: \`$value"
	expect ENOENT try unload
done

for value in nonsense Dirty '' dirty,always; do
	subtest "policy='$value'"
	expect EINVAL try load "policy=$value"
	expect_log "pgd_mirror: policy: unknown name, expected one of always"
	expect ENOENT try unload
done

for value in nonsense ALL '' 1; do
	subtest "track='$value'"
	expect EINVAL try load "track=$value"
	expect_log "pgd_mirror: track=$value: expected all or none"
	expect ENOENT try unload
done

for param in live oracle timing; do
	subtest "$param=maybe"
	expect EINVAL try load "$param=maybe"
	expect_log "pgd_mirror: \`maybe' invalid for parameter \`$param'"
	expect ENOENT try unload
done

subtest "the least and the greatest that make sense"
for value in 2 64; do
	load_mod "mirrors=$value"
	unload_mod
done

finish
