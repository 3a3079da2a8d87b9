# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Variables below "Reads" are set by the script that sources this file:
# shellcheck disable=SC2154
# What the benchmark knows of the machine it runs on. Sourced by tools/bench/guest
# and tools/bench/here.
#
# Reads: debugfs.

file_or() { cat "$1" 2>/dev/null || echo "$2"; }	# file_or FILE OTHERWISE

# The hypervisor, as CPUID and DMI have it. lscpu names KVM but not TCG.
accel() {
	if ! grep -qw hypervisor /proc/cpuinfo; then
		echo none
	elif lscpu | grep 'Hypervisor vendor:.*KVM' >/dev/null; then
		echo kvm
	elif grep -q 'TCG\|QEMU Virtual CPU' /proc/cpuinfo ||
		grep -qs QEMU /sys/class/dmi/id/sys_vendor; then
		echo tcg
	else
		echo unknown
	fi
}

# describe_machine: `name value` lines; the module is loaded.
describe_machine() {
	echo "kernel $(uname -r)"
	echo "kernel_version $(uname -v)"
	echo "accel $(accel)"
	echo "cpu_model $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
	echo "cpus $(nproc)"
	echo "memory_kib $(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"
	# The flag is there when it is on; /sys tells only of CPUs that need it.
	if grep -qw pti /proc/cpuinfo; then
		echo "pti on"
	else
		echo "pti off"
	fi
	# The kernel clears the flag when it was told to stay at four levels.
	if grep -qw la57 /proc/cpuinfo; then
		echo "paging_levels 5"
	else
		echo "paging_levels 4"
	fi
	case $(file_or "$debugfs/live" unknown) in
	0) echo "mode shadow" ;;
	1) echo "mode live" ;;
	*) echo "mode unknown" ;;
	esac
	echo "mirrors $(file_or /sys/module/pgd_mirror/parameters/mirrors unknown)"
	echo "track $(file_or /sys/module/pgd_mirror/parameters/track unknown)"
	echo "module_version $(file_or /sys/module/pgd_mirror/version unknown)"
	echo "module_srcversion $(file_or /sys/module/pgd_mirror/srcversion unknown)"
}
