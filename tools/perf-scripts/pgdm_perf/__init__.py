# SPDX-License-Identifier: GPL-2.0
"""What the perf scripts of pgd-mirror share.

    report.py    a report: from perf's calls to its output and exit status
    event.py     an event, its fields by name, and the names of their values
    mirrors.py   which CPU has a mirror of which mm, and how far it was synced
    waits.py     which mirrors lack which change
    datafile.py  what perf says of the data file that it reads
    health.py    what is not in the data: lost events, missed hooks
    table.py     tables and percentiles
    lanes.py, timeline_*.py    what a timeline shows, and its two forms
    all_reports.py    every report in one pass: a script by itself
"""
