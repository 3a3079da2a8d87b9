# SPDX-License-Identifier: GPL-2.0
"""What tools/check/run does: read the suites, run them, judge and count them."""
