# SPDX-License-Identifier: GPL-2.0
# A compiler and kbuild's programs that need a newer libc than the machine has: each is
# started with the libraries that its own release has, from where they are unpacked.
# Sourced by tools/setup/kernel, after lib.sh.
# shellcheck shell=bash

# wrap FILE TOOLCHAIN: in place of this program a script that starts it. Programs find
# what belongs to them by the name that they were called by, so they keep it. The tree
# may be moved.
wrap()
{
	local file=$1 up

	up=$(realpath --relative-to="${file%/*}" "$2")
	mv "$file" "$file.elf"
	cat >"$file" <<-END
	#!/bin/sh
	here=\${0%/*}/$up/usr
	exec "\$here/lib64/ld-linux-x86-64.so.2" --argv0 "\$0" \\
		--library-path "\$here/lib/x86_64-linux-gnu" "\${0%/*}/${file##*/}.elf" "\$@"
	END
	chmod 755 "$file"
}

# needs_interpreter FILE: a program, and no library or script.
needs_interpreter()
{
	LC_ALL=C readelf -l "$1" 2>/dev/null | grep -q 'INTERP'
}

# unpack_toolchain CACHE DIR: all packages that are not the kernel's own; kbuild is
# in DIR/root already.
unpack_toolchain()
{
	local deb file

	for deb in "$1"/*.deb; do
		[[ ${deb##*/} == linux-* ]] || dpkg-deb -x "$deb" "$2/toolchain"
	done
	while IFS= read -r file; do
		! needs_interpreter "$file" || wrap "$file" "$2/toolchain"
	done < <(find "$2/toolchain/usr/bin" "$2/toolchain/usr/libexec" \
		"$2"/root/usr/lib/linux-kbuild-* -type f -perm /100)
	# Their names without the machine's; other packages have these links.
	for file in "$2"/toolchain/usr/bin/x86_64-linux-gnu-*; do
		[[ $file == *.elf ]] || ln -s "${file##*/}" "${file/x86_64-linux-gnu-/}"
	done
	ln -s usr/bin "$2/toolchain/bin"
	"$2/toolchain/bin/${kernel_cc:?}" --version >/dev/null ||
		die "the compiler $kernel_cc does not run"
}
