# SPDX-License-Identifier: GPL-2.0
"""Results of tools/bench/here: read, judged, written, compared."""
