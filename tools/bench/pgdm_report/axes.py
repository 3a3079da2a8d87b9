# SPDX-License-Identifier: GPL-2.0
"""The axes of matplotlib's plots, by the scales of scales.py."""

from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter


def apply(axis, scale, label):
    """Give an axis its scale and label; the label names the unit."""
    options = {} if scale.kind == "linear" else {"base": scale.base}
    if scale.kind == "symlog":
        options.update(linthresh=scale.threshold, linscale=0.5)
    ax, is_x = axis.axes, axis.axis_name == "x"
    (ax.set_xscale if is_x else ax.set_yscale)(scale.kind, **options)
    (ax.set_xlim if is_x else ax.set_ylim)(scale.low, scale.high)
    axis.set_major_locator(FixedLocator(scale.ticks))
    axis.set_major_formatter(FixedFormatter(scale.labels))
    axis.set_minor_locator(FixedLocator(scale.minor))
    axis.set_minor_formatter(NullFormatter())
    axis.set_label_text(label)


def words(axis, names, label, down=False):
    """An axis of names at 0, 1, 2, ...; @down: the first one on top."""
    limits = (-0.5, len(names) - 0.5)
    ax, is_x = axis.axes, axis.axis_name == "x"
    (ax.set_xlim if is_x else ax.set_ylim)(*(limits[::-1] if down else limits))
    axis.set_major_locator(FixedLocator(range(len(names))))
    axis.set_major_formatter(FixedFormatter([str(name) for name in names]))
    axis.set_label_text(label)
