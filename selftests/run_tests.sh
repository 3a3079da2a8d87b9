#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run the tests of some groups, one after the other, and print KTAP.
set -u

usage()
{
	cat <<-END
	usage: run_tests.sh [-l] [-x TEST]... [GROUP|TEST]...
	  functional   what the module is for (default: the first five groups)
	  regression   a bug of another system each
	  bugs         seeded bugs, which the tests must notice
	  faults       bad input, failing allocations, missing symbols
	  stress       load, pressure, again and again
	  pcid         what needs a CPU with PCIDs: skipped on any other
	  smoke        a minute's look at a kernel
	  tables       hooks=tables, on a machine without page table isolation: to be named
	  final        what leaves a machine that must be booted again: to be named last
	A name without a group picks one test. -l only lists. -x leaves a test out.
	PGDM_KO, PGDM_SEEDED_KO: the modules (default: build/module/, or modprobe).
	PGDM_BIN: where the programs were built. PGDM_TIMEOUT: seconds a test may take.
	END
}

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
bin=${PGDM_BIN:-$here}
if [[ -z ${PGDM_BIN-} && -d $here/../build/selftests ]]; then
	bin=$(cd "$here/../build/selftests" && pwd)
fi
export PGDM_SELFTESTS=$here PGDM_BIN=$bin
collection=pgd_mirror

# settings_timeout: from the file that kselftest's runner reads too.
settings_timeout()
{
	local line

	while read -r line; do
		[[ $line != timeout=* ]] || echo "${line#timeout=}"
	done <"$here/settings"
}

# tests_of WORD: paths of a group's tests, or of one test.
tests_of()
{
	local word=$1 file name
	local -A seen=()

	for file in "$here/$word"-*.[cs]* "$here/$word".[cs]* "$bin/$word"-* "$bin/$word"; do
		[[ -f $file ]] || continue
		name=${file##*/}
		case $name in
		*.sh) file=$here/$name ;;
		*.c) name=${name%.c} file=$bin/$name ;;
		*.*) continue ;;
		esac
		[[ -z ${seen[$name]-} ]] || continue
		seen[$name]=1
		printf '%s\n' "$file"
	done | sort -u
}

# without: leaves out what -x has named.
without()
{
	local test name

	while IFS= read -r test; do
		name=${test##*/}
		[[ -n ${without[${name%.sh}]-} ]] || printf '%s\n' "$test"
	done
}

skip_reason()
{
	sed -n 's/.*# SKIP[: ]*//p' "$1" | head -n 1
}

# run_one NUMBER PATH
run_one()
{
	local number=$1 test=$2 name=${2##*/} status=0 problem="" start=$SECONDS

	echo "# selftests: $collection: $name"
	if [[ ! -x $test ]]; then
		echo "# $test is missing: make selftests"
		echo "not ok $number selftests: $collection: $name"
		return 1
	fi
	[[ ! -w /dev/kmsg ]] || echo "selftests: $collection: $name" >/dev/kmsg
	(cd "${test%/*}" && exec timeout -k 20 "$timeout" "$test") \
		>"$log" 2>&1 </dev/null || status=$?
	# A final test may leave the module pinned, and has said so itself.
	if [[ -d /sys/module/pgd_mirror && $name != final-* ]]; then
		rmmod pgd_mirror 2>/dev/null
		[[ $status == 4 ]] || problem="left the module loaded"
	fi
	case $status in
	0)	if [[ -z $problem ]]; then
			sed -n "s/^[# ]*\(ok .*# SKIP\)/# \1/p" "$log"
			echo "# $name: $((SECONDS - start)) s"
			echo "ok $number selftests: $collection: $name"
			return 0
		fi ;;
	4)	echo "ok $number selftests: $collection: $name # SKIP $(skip_reason "$log")"
		return 0 ;;
	124|137) problem="TIMEOUT $timeout seconds" ;;
	*)	problem="exit=$status" ;;
	esac
	sed 's/^\(# \)*/# /' "$log"
	echo "not ok $number selftests: $collection: $name # $problem"
	return 1
}

main()
{
	local list="" word number=0 failed=0
	local -a tests
	local -A without=()

	while getopts lx:h opt; do
		case $opt in
		l) list=1 ;;
		x) without[$OPTARG]=1 ;;
		h) usage; return 0 ;;
		*) usage >&2; return 2 ;;
		esac
	done
	shift $((OPTIND - 1))
	(($#)) || set -- functional regression bugs faults stress
	for word; do
		if [[ -z $(tests_of "$word") ]]; then
			echo "run_tests.sh: no test '$word'" >&2
			usage >&2
			return 2
		fi
	done
	for word in "${!without[@]}"; do
		if [[ $(tests_of "$word" | wc -l) != 1 ]]; then
			echo "run_tests.sh: no test '$word' to leave out" >&2
			return 2
		fi
	done
	mapfile -t tests < <(for word; do tests_of "$word"; done | without)
	if ((${#tests[@]} == 0)); then
		echo "run_tests.sh: no test is left" >&2
		return 2
	fi
	for test in "${tests[@]::${#tests[@]}-1}"; do
		if [[ ${test##*/} == final-* ]]; then
			echo "run_tests.sh: ${test##*/}: only the last test can be a final one" >&2
			return 2
		fi
	done
	if [[ -n $list ]]; then
		printf '%s\n' "${tests[@]##*/}"
		return 0
	fi

	timeout=${PGDM_TIMEOUT:-$(settings_timeout)}
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	echo "TAP version 13"
	echo "1..${#tests[@]}"
	for test in "${tests[@]}"; do
		number=$((number + 1))
		run_one "$number" "$test" || failed=$((failed + 1))
	done
	((failed == 0))
}

main "$@"
