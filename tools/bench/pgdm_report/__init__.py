# SPDX-License-Identifier: GPL-2.0
"""The benchmark's report: snapshots in, table, JSON and HTML out."""
