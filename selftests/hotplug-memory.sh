#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bug 15: memory that is plugged in at 512 GiB needs a new root entry in the
# direct map, in the kernel half of every mm, while all of user space is live
# (W3). The module repairs no kernel fault: a mirror that lacks the entry is fatal as
# soon as its CPU touches the new memory.
#
# The memory is a virtio-mem device, and comes when its driver is loaded:
#	tools/vm/run --mem 1G --cpu max,la57=off --append nokaslr
#	  --qemu '-m maxmem=520G,slots=1'
#	  --qemu '-object memory-backend-ram,id=far,size=512M'
#	  --qemu '-device virtio-mem-pci,memdev=far,requested-size=512M,memaddr=0x8000000000'
# shellcheck source=functions.sh
. "$(dirname -- "$0")/functions.sh"

grep -q -s -x 0x0018 /sys/bus/virtio/devices/*/device ||
	skip "needs a virtio-mem device"
[[ ! -d /sys/module/virtio_mem ]] || skip "virtio_mem is loaded already"
grep -q -w nokaslr /proc/cmdline || skip "needs nokaslr"
! grep -q -w la57 /proc/cpuinfo || skip "5-level paging: one entry spans 256 TiB"

needs module stress-ng

FAR=$((0x8000000000)) FAR_SIZE=$((512 << 20))

# far_free: free pages in the zone for movable memory, where the new one goes.
far_free()
{
	awk '/zone +Movable/ { movable = 1 } movable && $1 == "nr_free_pages" { n += $2; movable = 0 }
	     END { print n + 0 }' /proc/zoneinfo
}

# is_there: does the kernel know of it?
is_there()
{
	grep -q '^ *80[0-9a-f]*-80[0-9a-f]* : System RAM' /proc/iomem
}

# put_online: is all of it? It comes block by block.
put_online()
{
	local dir=/sys/devices/system/memory block all=0
	local -i size first

	size=16#$(<"$dir/block_size_bytes")
	first=$((FAR / size))
	for ((block = first; block < first + FAR_SIZE / size; block++)); do
		if [[ $(cat "$dir/memory$block/state" 2>/dev/null) != online ]]; then
			all=1
			{ echo online_movable >"$dir/memory$block/state"; } 2>/dev/null
		fi
	done
	return "$all"
}

# written: kernel-half entries that were stored into mirrors since then.
written()
{
	read_stats
	echo $((STATS[write_throughs] - before))
}

# mirrors: how many have a primary.
mirrors()
{
	grep -c -w -E 'loaded|cached' "$DIR/mirrors"
}

subtest "memory at 512 GiB, all of user space live"
load_mod "track=all live=1"
# Some address spaces with mirrors on both CPUs.
stress-ng --quiet --verify --context 2 --fork 1 --vm 1 --vm-bytes 8M --timeout 600 &
load=$!
for ((i = 0; i < 600 && $(mirrors) < 8; i++)); do sleep 0.1; done
read_stats
before=${STATS[write_throughs]}
modprobe virtio_mem || fail "modprobe virtio_mem: status $?"
# It is in the list before it is mapped.
for ((i = 0; i < 600; i++)); do
	is_there && (($(written) >= 4)) && break
	sleep 0.1
done
is_there || fail "no memory came"
echo "# $(written) mirrors were written through, of $(mirrors)"
(($(written) >= 4)) || fail "too few kernel-half entries were written through"
expect_audit_clean
# M3: init_mm's root was written first; when all others have followed, they agree again.
for ((i = 0; i < 600; i++)); do
	grep -q '^ok kernel_halves: the same' "$DIR/preflight" && break
	sleep 0.1
done
grep -q '^ok kernel_halves: the same' "$DIR/preflight" ||
	fail "the kernel halves do not agree any more"

subtest "the kernel uses it on all CPUs"
for ((i = 0; i < 600; i++)); do
	! put_online || break
	sleep 0.1
done
free=$(far_free)
((free > 0)) || fail "the new memory is not online"
# More than the machine had before: each page is cleared by the kernel.
stress-ng --quiet --verify --vm 2 --vm-bytes 100% --vm-keep --vm-method zero-one \
	--timeout 10 || fail "stress-ng: status $?"
kill -INT "$load"
wait "$load" || fail "the load: status $?"
head -c 400M /dev/zero >/dev/shm/pgdm.$$ || fail "cannot fill the memory"
used=$((free - $(far_free)))
rm -f "/dev/shm/pgdm.$$"
echo "# $((used / 256)) MiB of the new memory in use at once"
((used > 1000)) || fail "the new memory was not used"
expect_audit_clean
unload_mod

finish
