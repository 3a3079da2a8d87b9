# SPDX-License-Identifier: GPL-2.0
# From a kernel's packages to build/kernels/VERSION/.
# Sourced by tools/setup/kernel, after lib.sh and the kernel's configuration.
# shellcheck shell=bash

# one_of PATTERN: the only file of that name.
one_of()
{
	local -a found

	mapfile -t found < <(compgen -G "$1")
	((${#found[@]} == 1)) || die "expected one $1, found ${#found[@]}"
	printf '%s\n' "${found[0]}"
}

# kernel_file ROOT RELEASE NAME: the kernel, its configuration, its symbols: in /boot,
# from 7.3 on with the modules.
kernel_file()
{
	local file

	for file in "boot/$3-$2" "usr/lib/modules/$2/$3"; do
		if [[ -f $1/$file ]]; then
			printf '%s\n' "root/$file"
			return 0
		fi
	done
	die "no $3 of $2 in its packages"
}

# unpack_kernel CACHE DIR
unpack_kernel()
{
	local cache=$1 dir=$2 deb release headers name file

	for deb in "$cache"/linux-{image,binary,modules,base,headers,kbuild}-[0-9]*.deb; do
		[[ ! -f $deb ]] || dpkg-deb -x "$deb" "$dir/root"
	done
	# In packages of Debian 13 /lib is a link, which its base system has.
	[[ -d $dir/root/lib ]] || ln -s usr/lib "$dir/root/lib"
	release=$(one_of "$cache/linux-image-*.deb")
	release=${release##*/linux-image-}
	release=${release%%_*}
	headers=usr/src/linux-headers-$release
	[[ -f $dir/root/$headers/.config ]] || die "no headers for $release"

	# The packages expect to be installed; here, everything is found from where
	# the Makefile is, so the tree may be moved.
	# shellcheck disable=SC2016	# for make, not for the shell
	sed -i -e 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' \
		-e 's|^KBUILD_OUTPUT=/usr/src/.*|KBUILD_OUTPUT := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))|' \
		"$dir/root/$headers/Makefile"

	# Type information for BPF (6.12 and later), with which a module is built only
	# where pahole is installed.
	rm -f "$dir/root/$headers/vmlinux"

	for name in vmlinuz config System.map; do
		file=$(kernel_file "$dir/root" "$release" "$name")
		ln -s "$file" "$dir/$name"
	done
	ln -s "root/$headers" "$dir/kdir"
	printf '%s\n' "$release" >"$dir/release"
	depmod -b "$dir/root" "$release"
}

# unpack_source CACHE DIR: only what the tests and checkers use.
unpack_source()
{
	local deb tar=./usr/src/${source_package:?}.tar.xz
	local -a more

	read -ra more <<<"${source_more-}"
	deb=$(one_of "$1/${source_package}_*.deb")
	mkdir -p "$2/source"
	# tar ends with an error for names that this version lacks; what must be
	# there is looked at below.
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "$tar" | xz -dc -T0 |
		tar -x -C "$2/source" --strip-components=1 --wildcards \
			--no-wildcards-match-slash \
			"$source_package/COPYING" \
			"$source_package/LICENSES" \
			"$source_package/.clang-format" \
			"$source_package/scripts/checkpatch.pl" \
			"$source_package/scripts/kernel-doc" \
			"$source_package/scripts/spelling.txt" \
			"$source_package/scripts/spdxcheck.py" \
			"$source_package/scripts/const_structs.checkpatch" \
			"$source_package/scripts/Makefile.compiler" \
			"$source_package/scripts/subarch.include" \
			"$source_package/scripts/coccicheck" \
			"$source_package/scripts/coccinelle" \
			"$source_package/Documentation/dev-tools/checkpatch.rst" \
			"$source_package/arch/x86/include/asm/desc_defs.h" \
			"$source_package/include/vdso/time64.h" \
			"$source_package/lib/test_hmm_uapi.h" \
			"$source_package/mm/gup_test.h" \
			"$source_package/tools/include" \
			"$source_package/tools/arch/x86/include" \
			"$source_package/tools/scripts" \
			"$source_package/tools/testing/selftests/*.h" \
			"$source_package/tools/testing/selftests/*.mk" \
			"$source_package/tools/testing/selftests/*.sh" \
			"$source_package/tools/testing/selftests/Makefile" \
			"$source_package/tools/testing/selftests/kselftest" \
			"$source_package/tools/testing/selftests/x86" \
			"$source_package/tools/testing/selftests/${selftests_mm:?}" \
			${more[@]+"${more[@]/#/$source_package/}"} || true
	for tar in scripts/checkpatch.pl scripts/kernel-doc \
		   tools/testing/selftests/{lib.mk,kselftest.h,kselftest_harness.h} \
		   include/vdso/time64.h arch/x86/include/asm/desc_defs.h mm/gup_test.h \
		   tools/testing/selftests/{kselftest/runner.sh,x86/Makefile}; do
		[[ -f $2/source/$tar ]] || die "$source_package has no $tar"
	done
}
