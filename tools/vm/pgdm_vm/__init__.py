# SPDX-License-Identifier: GPL-2.0
"""The host's side of the virtual machine: one subject a module."""
