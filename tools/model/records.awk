# SPDX-License-Identifier: GPL-2.0
# For tools/model/accept: writes DIR/records.h and DIR/records.pml from a trace.

function number(i)
{
	if (!(i in entry))
		entry[i] = entries++
	return entry[i]
}

function add(kind, a, b, d, named)
{
	at[n] = $1
	step[n] = sprintf("{ %d, %d, %d, %d, %d }", kind, a, b, d, named)
	n++
}

# The numbers are those of trace.pml.
BEGIN {
	n = 0
	reason["switch"] = 1
	reason["flush"] = 2
	reason["fault"] = 3
	reason["attach"] = 4
}

$1 !~ /^[01]$/ {
	print FILENAME ": CPUs 0 and 1 only: " $0 > "/dev/stderr"
	bad = 1
	exit 1
}

$2 == "publish" {
	i = number($4)
	if (!(i in first))
		first[i] = !$5
	# A record's number is nowhere else what the entry leads to.
	add(1, $3, i, $5, 0)
	next
}

$2 == "sync" && $3 in reason && NF == 7 {
	add(2, $5, reason[$3], $4 == "full" ? -1 : $6, $7)
	next
}

$2 == "fault" {
	i = number($3)
	add(3, i, $4, 0, 0)
	next
}

$2 == "mark" {
	add(4, 0, 0, 0, 0)
	next
}

{
	print FILENAME ": cannot be replayed: " $0 > "/dev/stderr"
	bad = 1
	exit 1
}

END {
	if (bad)
		exit 1
	if (!entries)
		entries = 1
	printf "#define N 2\n#define E %d\n#define RECORDS %d\n", entries, n > dir "/records.h"
	for (i = 0; i < n; i++) {
		order[at[i]] = order[at[i]] i ", "
		count[at[i]]++
	}
	printf "#define count_of(c) ((c) == 0 -> %d : %d)\n\n", count[0], count[1] > dir "/records.pml"
	print "c_decl {\n\tstatic const short record[][5] = {" > dir "/records.pml"
	for (i = 0; i < n; i++)
		print "\t\t" step[i] "," > dir "/records.pml"
	printf "\t};\n\tstatic const short order_0[] = { %s0 };\n\tstatic const short order_1[] = { %s0 };\n}\n\n", order[0], order[1] > dir "/records.pml"
	print "inline first_values()\n{" > dir "/records.pml"
	for (i = 0; i < entries; i++)
		if (!(i in first) || first[i])
			printf "\tmem[PRIM(0, %d, 0)] = 1;\n#if SPARSE\n\tMARK(0, %d) = 1;\n#endif\n", i, i > dir "/records.pml"
	print "\tskip\n}" > dir "/records.pml"
}
