# SPDX-License-Identifier: GPL-2.0
# Shared by the tools: where things are, and how to speak and fail.
# Sourced by bash scripts, after "tool=NAME".
# shellcheck shell=bash

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck disable=SC2034	# for the scripts that source this file
build=$top/build
# Packages are kept outside the tree, so that a second clone needs no network.
# shellcheck disable=SC2034	# the same
cache_root=${PGDM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pgd-mirror}

# The kernel that was built in KDIR goes by this name (tools/setup/custom).
[[ -z ${KDIR-} ]] || export KERNEL=${KERNEL:-custom}

say()
{
	printf '%s: %s\n' "${tool:-tool}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# cache_complete DIR: the manifest is written last, so it vouches for all files.
cache_complete()
{
	[[ -s $1/manifest ]] && (cd "$1" && sha256sum --quiet -c manifest >/dev/null 2>&1)
}

# why_no_kernel VERSION: it has no file in tools/setup/kernels; why, in one line.
why_no_kernel()
{
	local known pattern reason

	while IFS=$'\t' read -r pattern reason; do
		# shellcheck disable=SC2053	# a pattern
		if [[ $pattern != \#* && $1 == $pattern ]]; then
			printf '%s\n' "kernel $1 is refused: $reason"
			return 0
		fi
	done <"$top/tools/setup/kernels/refused"
	known=$(cd "$top/tools/setup/kernels" && printf '%s ' *.conf)
	known=${known//.conf/}
	printf '%s\n' "unknown kernel '$1'; known: ${known% }"
}

# kernel_conf VERSION: read tools/setup/kernels/VERSION.conf, or say why there is none.
kernel_conf()
{
	local conf=$top/tools/setup/kernels/$1.conf

	if [[ $1 != */* && -r $conf ]]; then
		# shellcheck source=tools/setup/kernels/6.1.conf
		. "$conf"
		# Empty, or the compiler is not the machine's.
		[[ -z ${toolchain-} ]] || PATH=$build/kernels/$1/toolchain/bin:$PATH
		return 0
	fi
	say "$(why_no_kernel "$1")"
	return 1
}
