# SPDX-License-Identifier: GPL-2.0
# Debian's archive, at the place from which this machine has its packages.
# Sourced by bash scripts, after tools/setup/lib.sh.
#
# Without suites, what the machine's apt lists is asked. With suites, which may be of
# another release, apt is given sources, lists, cache and state of its own, so that
# the machine's stay as they are; nothing counts as installed then.
# shellcheck shell=bash

# What apt is told besides the command (its user for downloads cannot write where we
# do); the suites that were opened, if any.
archive_options=(-o APT::Sandbox::User=root)
archive_suites=""

# archive_entry: label, codename and place in the configuration of the first source of
# this release. An entry is FILE:N, the Nth stanza or line.
archive_entry()
{
	local label component name release entry

	# shellcheck disable=SC2016	# for apt, not for the shell
	apt-get indextargets --format \
		'$(LABEL) $(COMPONENT) $(CODENAME) $(RELEASE) $(SOURCESENTRY)' \
		'Created-By: Packages' |
	while read -r label component name release entry; do
		[[ $label == Debian && $component == main && $release == "$name" ]] || continue
		printf '%s %s\n' "$name" "$entry"
		break
	done
}

# archive_codename: of the release that this machine runs.
archive_codename()
{
	local name _

	read -r name _ < <(archive_entry) || true
	printf '%s\n' "${name-}"
}

# archive_sources ENTRY DIR SUITE...: the same source, with these suites. All else of
# it, such as the URI and the keys, stays.
archive_sources()
{
	local file=${1%:*} number=${1##*:} dir=$2

	shift 2
	if [[ $file == *.sources ]]; then
		awk -v RS= -v number="$number" -v suites="$*" '
			{
				lines = split($0, line, "\n")
				text = field = ""
				for (i = 1; i <= lines; i++) {
					if (line[i] ~ /^#/)
						continue
					if (line[i] !~ /^[ \t]/)
						field = tolower(substr(line[i], 1, index(line[i], ":") - 1))
					if (field != "suites" && field != "components")
						text = text line[i] "\n"
				}
			}
			text != "" && ++seen == number {
				printf "%sSuites: %s\nComponents: main\n", text, suites
			}' "$file" >"$dir/archive.sources"
	else
		for suite; do
			sed -n -E "$number{s/^(deb( +\[[^]]*\])? +[^ ]+) .*/\1 $suite main/p}" "$file"
		done >"$dir/archive.list"
	fi
}

# archive_open DIR SUITE...: from here on ask these suites; DIR is for apt's files.
archive_open()
{
	local dir=$1 entry _

	shift
	read -r _ entry < <(archive_entry) || true
	[[ -n ${entry-} ]] || die "apt has no source of Debian: cannot find $*"
	rm -rf "$dir/sources"
	mkdir -p "$dir"/{sources,lists/partial,cache/archives/partial}
	archive_sources "$entry" "$dir/sources" "$@"
	: >"$dir/status"
	archive_options+=(-o Dir::Etc::sourcelist=- -o "Dir::Etc::sourceparts=$dir/sources"
		-o "Dir::State=$dir" -o "Dir::State::lists=$dir/lists"
		-o "Dir::State::status=$dir/status" -o "Dir::Cache=$dir/cache"
		-o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin
		-o "APT::Default-Release=${*: -1}")
	archive_suites=$*
	say "reading the package lists of $archive_suites"
	archive_get update >&2 || die "cannot read the package lists of $archive_suites"
}

# archive_aside DIR: from here on nothing counts as installed, or as downloaded before. The
# machine's lists are asked; DIR is for apt's files.
archive_aside()
{
	mkdir -p "$1/cache/archives/partial"
	: >"$1/status"
	archive_options+=(-o "Dir::State::status=$1/status" -o "Dir::Cache=$1/cache"
		-o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin)
}

# archive_get, archive_ask: apt-get and apt-cache.
archive_get()
{
	apt-get -q=2 "${archive_options[@]}" "$@"
}

archive_ask()
{
	LC_ALL=C apt-cache "${archive_options[@]}" "$@"
}

# archive_update: read the machine's lists anew. (Those of suites are new.)
archive_update()
{
	[[ -z $archive_suites ]] || return 0
	((EUID == 0)) || die "run apt-get update as root first"
	say "apt-get update"
	archive_get update >/dev/null || say "apt-get update reported errors"
}

# archive_newest PATTERN: of the packages whose names match whole.
archive_newest()
{
	archive_ask pkgnames | grep -E -x -e "$1" | sort -V | tail -n 1
}

# archive_depends PACKAGE: what it names first.
archive_depends()
{
	archive_ask depends --important "$1" 2>/dev/null |
		sed -n 's/^ *|\{0,1\}Depends: //p'
}

# archive_closure PACKAGE...: they and all that they need, where nothing is installed.
archive_closure()
{
	archive_get -y --no-install-recommends --print-uris install "$@" |
		sed -n "s/^'[^']*' \([^_]*\)_.*/\1/p"
}

# archive_download DIR PACKAGE...: what is there already and whole is not loaded again.
# Other packages in DIR are removed.
archive_download()
{
	local dir=$1 file size sum total=0 here number=0
	local -a big=() small=()
	local -A wanted=()

	shift
	# From a directory without packages, as apt leaves out those that are there.
	here=$(cd / && archive_get --print-uris download "$@") || return 1
	while read -r _ file size sum; do
		wanted[$file]=1
		if [[ -f $dir/$file ]] && sha256sum --status -c - <<<"${sum#SHA256:}  $dir/$file"; then
			continue
		fi
		rm -f "$dir/$file"
		total=$((total + size))
		if ((size > 8000000)); then
			big+=("$file $size")
		else
			small+=("${file%%_*}")
		fi
	done <<<"$here"
	for file in "$dir"/*.deb; do
		[[ -n ${wanted[${file##*/}]-} ]] || rm -f "$file"
	done
	say "downloading $((${#big[@]} + ${#small[@]})) of $# packages, $((total / 1000000)) MB"
	if ((${#small[@]})); then
		(cd "$dir" && archive_get download "${small[@]}" >&2) || return 1
	fi
	for here in ${big[@]+"${big[@]}"}; do
		read -r file size <<<"$here"
		number=$((number + 1))
		say "  $number of ${#big[@]} big ones: ${file%%_*}, $((size / 1000000)) MB"
		(cd "$dir" && archive_get download "${file%%_*}" >&2) || return 1
	done
}

# archive_keep PART DIR: what was downloaded is complete and becomes DIR. The manifest
# is written last, so it vouches for all files.
archive_keep()
{
	local part=$1 dir=$2 deb

	for deb in "$part"/*.deb; do
		dpkg-deb --info "$deb" >/dev/null || die "broken package: ${deb##*/}"
	done
	rm -rf "$part/apt"
	(cd "$part" && sha256sum ./*.deb >manifest.part && mv manifest.part manifest)
	rm -rf "$dir"
	mv -T "$part" "$dir"
}
