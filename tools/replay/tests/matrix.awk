# SPDX-License-Identifier: GPL-2.0
# For predict: of "real POLICY POLICY FIGURE..." and "replay FROM POLICY FIGURE...", a line a
# run, the errors of one figure in percent, each the worst of the runs, against the mean
# of the real runs.
#
# Variables: what it is, its field, the policies of columns and rows, and the bound in
# percent, of errors, and of what real runs differ by.

function absolute(x) { return x < 0 ? -x : x }

function line(head) { printf "# %-22s", head }

# Reals first: each error needs the mean of all.
$1 == "real" {
	runs[$2]++
	sum[$2] += $field
	if (runs[$2] == 1 || $field < least[$2])
		least[$2] = $field
	if ($field > most[$2])
		most[$2] = $field
}

$1 == "replay" { replayed[$2, $3] = replayed[$2, $3] " " $field }

function worst(from, policy,	n, i, value, error, found) {
	n = split(replayed[from, policy], value)
	for (i = 1; i <= n; i++) {
		error = (value[i] - mean[policy]) * 100 / mean[policy]
		if (absolute(error) >= absolute(found))
			found = error
	}
	return found
}

END {
	nr_columns = split(columns, column)
	nr_rows = split(rows, row)
	line(what)
	for (i = 1; i <= nr_columns; i++)
		printf "%12s", column[i]
	print ""
	line("counted, mean of runs")
	for (i = 1; i <= nr_columns; i++) {
		if (!sum[column[i]])
			bad = 1
		mean[column[i]] = runs[column[i]] ? sum[column[i]] / runs[column[i]] : 1
		printf "%12.0f", mean[column[i]]
	}
	print ""
	line("runs differ by, %")
	for (i = 1; i <= nr_columns; i++) {
		p = column[i]
		spread = (most[p] - least[p]) * 100 / mean[p]
		bad = bad || spread > bound
		printf "%12.2f", spread
	}
	print ""
	for (j = 1; j <= nr_rows; j++) {
		line("from " row[j] ", %")
		for (i = 1; i <= nr_columns; i++) {
			if (!((row[j], column[i]) in replayed)) {
				printf "%12s", "-"
				continue
			}
			error = worst(row[j], column[i])
			bad = bad || absolute(error) > bound
			printf "%+12.2f", error
		}
		print ""
	}
	exit bad
}
