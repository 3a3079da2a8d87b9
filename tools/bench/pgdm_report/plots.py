# SPDX-License-Identifier: GPL-2.0
"""The plots, as SVG. Each says by marker or hatching what it says by colour.

QUICK and FULL list those of the two benchmarks. A plot is a function that makes
a figure of all that was measured (machines.Data), or None without any value.
"""

import os

os.environ.setdefault("MPLCONFIGDIR", "/tmp/pgdm-matplotlib")

# pylint: disable=wrong-import-position
import matplotlib  # noqa: E402

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402

from . import axes, comparison, measures, scales  # noqa: E402
from .model import Plot  # noqa: E402
from .numbers import ratio_cell  # noqa: E402
from .raw import NATIVE  # noqa: E402

plt.rcParams.update(
    {
        # The fonts of the reader may be wider: text is drawn.
        "svg.fonttype": "path",
        "svg.hashsalt": "pgd-mirror",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.grid": True,
        "grid.color": "#dddddd",
        "axes.axisbelow": True,
        "lines.linewidth": 1,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
    }
)

# A policy has its marker and dashes in all plots; greys differ in print too.
LOOKS = {
    "always": ("s", "-", "#000000"),
    "always-exit": ("D", "--", "#000000"),
    "flag": ("^", "-.", "#555555"),
    "flag-mm": ("v", ":", "#555555"),
    "flush-only": ("x", (0, (1, 3)), "#999999"),
    "carry": ("<", (0, (5, 1)), "#777777"),
    "eager": ("P", (0, (3, 1, 1, 1)), "#333333"),
    "dirty": ("o", "-", "#0050b0"),
}
OTHER = ("*", "-", "#888888")
CPU_MARKERS = {1: "o", 2: "s", 4: "^", 8: "D"}

# Labels that fit beside each other in a narrow panel.
FEW = 5


def once(names):
    """Names without those that came before."""
    return list(dict.fromkeys(names))


def policies_of(machines):
    """All that were run, in the order of the module; not native."""
    return once(p for m in machines for p in m.run.policies if p != NATIVE)


def ends(found, low="min", high="max"):
    """All that a median and its error bar reach."""
    return [f[name] for f in found if f for name in ("median", low, high)]


def whiskers(found, low="min", high="max"):
    """Error bars, from the median to both sides."""
    below = [max(0, f["median"] - f[low]) for f in found]
    return [below, [max(0, f[high] - f["median"]) for f in found]]


def finish(fig, title, legend=(), columns=8):
    """The title, and a legend below the panels where there are several labels."""
    fig.suptitle(title, fontsize=10, y=1 - 0.05 / fig.get_figheight(), va="top")
    below = 0
    handles, labels = legend or ((), ())
    if len(labels) > 1:
        below = (0.2 * -(-len(labels) // columns) + 0.1) / fig.get_figheight()
        fig.legend(handles, labels, loc="lower center", ncols=columns, fontsize=8)
    fig.tight_layout(rect=(0, below, 1, 1))
    return fig


def dots(ax, machines, found):
    """A row a policy, in it a marker a machine; found: [[spread or None]]."""
    for nr, (machine, row) in enumerate(zip(machines, found)):
        offset = (nr - (len(machines) - 1) / 2) * 0.8 / len(machines)
        there = [(y + offset, f) for y, f in enumerate(row) if f]
        ax.errorbar(
            [f["median"] for _, f in there],
            [y for y, _ in there],
            xerr=whiskers([f for _, f in there]),
            fmt=CPU_MARKERS.get(machine.cpus, "v"),
            color="#000000",
            markerfacecolor="#000000" if machine.pti else "#ffffff",
            markersize=4,
            linewidth=0,
            elinewidth=0.8,
            label=machine.label,
        )


def dot_panels(panels, machines, policies, columns):
    """Panels of (title, label, found), and those of a label on the same scale."""
    rows = -(-len(panels) // columns)
    width = max(3.1 * columns + 0.6, 6)
    height = rows * ((0.06 * len(machines) + 0.2) * len(policies) + 1.0) + 0.8
    fig, grid = plt.subplots(rows, columns, figsize=(width, height), squeeze=False)
    few = FEW if columns > 2 else 7
    shared = {}
    for _, label, found in panels:
        shared.setdefault(label, []).extend(v for row in found for v in ends(row))
    for ax, (title, label, found) in zip(grid.flat, panels):
        dots(ax, machines, found)
        axes.apply(ax.xaxis, scales.choose(shared[label], few), label)
        axes.words(ax.yaxis, policies, "policy", down=True)
        ax.set_title(title, fontsize=9)
    for ax in grid.flat[len(panels) :]:
        ax.axis("off")
    return fig, grid.flat[0].get_legend_handles_labels()


def spreads(machines, policies, workload, measure):
    """A measure: for each machine, of each policy."""
    return [
        [measures.spread_of(m.run.of(workload, p), measure) for p in policies]
        for m in machines
    ]


def bytes_per_switch(data):
    """A panel a workload."""
    machines = [m for m in data.machines if m.run]
    policies = policies_of(machines)
    if not policies:
        return None

    def measure(stats):
        return measures.per(measures.written(stats), stats["switches"])

    workloads = once(w for m in machines for w in m.run.workloads)
    panels = [
        (w, "bytes per switch", spreads(machines, policies, w, measure))
        for w in workloads
    ]
    fig, legend = dot_panels(panels, machines, policies, min(4, len(workloads)))
    title = (
        "Bytes written into mirrors per switch to a tracked mm "
        "(median, least and greatest round)"
    )
    return finish(fig, title, legend)


def extra_faults(data):
    """Faults that mirroring adds, and the endless ones among them."""
    machines = [m for m in data.machines if m.run and "churn" in m.run.workloads]
    policies = policies_of(machines)
    if not policies:
        return None

    def fixed(stats):
        return measures.per(stats["faults_fixed"], measures.added(stats))

    def broken(stats):
        return stats["livelocks_broken"]

    panels = [
        (title, label, spreads(machines, policies, "churn", measure))
        for title, label, measure in (
            ("the mirror lacked the entry", "faults per added entry", fixed),
            ("endless, the guard broke them", "faults of one run", broken),
        )
    ]
    fig, legend = dot_panels(panels, machines, policies, 2)
    title = "Extra faults on churn (median, least and greatest round)"
    return finish(fig, title, legend, 4)


def curve(ax, x, found, look, label, low="min", high="max", strong=False):
    """Medians, joined, with their error bars."""
    marker, dashes, color = look
    ax.errorbar(
        x,
        [f["median"] for f in found],
        yerr=whiskers(found, low, high),
        marker=marker,
        linestyle=dashes,
        color=color,
        markersize=5,
        markerfacecolor=color if strong else "#ffffff",
        linewidth=1.8 if strong else 1,
        elinewidth=0.8,
        label=label,
    )


def policy_curves(ax, curves, labels, low="min", high="max"):
    """A curve a policy: {policy: [(x, spread)]}."""
    for policy, found in curves.items():
        x, values = zip(*found)
        look = LOOKS.get(policy, OTHER)
        strong = policy == measures.SUBJECT
        curve(ax, x, values, look, policy, low, high, strong)
    xs = [x for found in curves.values() for x, _ in found]
    spread = [f for found in curves.values() for _, f in found]
    ys = ends(spread, low, high)
    axes.apply(ax.xaxis, scales.doubling(xs), labels[0])
    axes.apply(ax.yaxis, scales.choose(ys), labels[1])


def cost_of_a_write(data):
    """Cycles in the writer, IPIs, and bytes in mirrors, against CPUs."""
    there = [m for m in data.machines if m.run]
    policies = policies_of(there)
    shown = [m for m in there if not m.pti]

    def native(policy):
        rows = comparison.native_rows(data.native, group="write", name=policy)
        return [(r["n"], r["over_empty"]) for r in rows]

    def virtual(measure):
        def found(policy):
            values = [(m.cpus, m.run.of("churn", policy)) for m in shown]
            return [(x, measures.spread_of(s, measure)) for x, s in values if s]

        return found

    ipis = virtual(lambda s: measures.per(s["ipis"], s["publishes"]))
    written = virtual(lambda s: measures.per(measures.written(s), s["publishes"]))
    simulated = "CPUs that have a mirror (simulated by one)"
    machine = "CPUs of the virtual machine (churn, PTI off)"
    panels = []
    for found, bars, labels in (
        (native, ("p10", "p90"), (simulated, "TSC cycles to publish one write")),
        (ipis, (), (machine, "CPUs interrupted by the policy per write")),
        (written, (), (machine, "bytes written into mirrors per write")),
    ):
        curves = {p: found(p) for p in policies if found(p)}
        if curves:
            panels.append((curves, labels, *bars))
    if not panels:
        return None
    fig, grid = plt.subplots(
        1, len(panels), figsize=(4 * len(panels), 4.3), squeeze=False
    )
    for ax, panel in zip(grid.flat, panels):
        policy_curves(ax, *panel)
    legends = [ax.get_legend_handles_labels() for ax in grid.flat]
    title = (
        "A write to a root, against the number of CPUs "
        "(median; bars: p10 to p90, and least to greatest round)"
    )
    return finish(fig, title, max(legends, key=lambda one: len(one[1])))


def heat_cell(ax, x, y, ratio, best):
    """The ratio in words, shaded; a loss is hatched and framed."""
    lost = ratio > comparison.NOISE
    shade = "#ffffff" if ratio > 1 else str(min(0.98, 0.55 + 0.43 * ratio))
    frame = {"edgecolor": "#bbbbbb", "linewidth": 0.5, "zorder": 1}
    if lost:
        frame = {"edgecolor": "#000000", "linewidth": 1.4, "zorder": 2, "hatch": "////"}
    ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade, **frame))
    box = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.5} if lost else None
    text = {"ha": "center", "va": "center", "zorder": 3, "bbox": box}
    weight = "bold" if lost else "normal"
    ax.text(x, y + 0.14, ratio_cell(ratio), fontsize=8, fontweight=weight, **text)
    ax.text(x, y - 0.24, best, fontsize=6.5, **text)


def heat(ax, found):
    """A map of comparison.py."""
    xs = sorted({writes for writes, _ in found})
    ys = sorted({cpus for _, cpus in found})
    for (writes, cpus), (ratio, best) in found.items():
        heat_cell(ax, xs.index(writes), ys.index(cpus), ratio, best)
    axes.words(ax.xaxis, xs, "entries written between two switches")
    axes.words(ax.yaxis, ys, "CPUs")
    ax.grid(False)
    return len(ys)


def break_even(data):
    """Maps of native cycles, and of bytes of the virtual machine."""
    native = comparison.native_maps(data.native)
    virtual = comparison.bytes_maps(data.machines)
    cycles = "native cycles per switch, writes included"
    written = "bytes written into mirrors (virtual machine)"
    panels = [(cycles, rate, native[rate]) for rate in sorted(native)]
    panels += [(written, trips, virtual[trips]) for trips in sorted(virtual)]
    if not panels:
        return None
    rows = [len({cpus for _, cpus in found}) for _, _, found in panels]
    fig, grid = plt.subplots(
        len(panels),
        1,
        figsize=(8.6, sum(0.38 * n + 0.95 for n in rows) + 0.6),
        squeeze=False,
        gridspec_kw={"height_ratios": [0.38 * n + 0.6 for n in rows]},
    )
    for ax, (what, rate, found) in zip(grid[:, 0], panels):
        heat(ax, found)
        times = "once" if rate == 1 else f"{rate} times"
        ax.set_title(f"{what}; each CPU leaves the mm {times} and returns", fontsize=9)
    title = (
        "dirty divided by the best other correct policy (named below).\n"
        "Less than 1: dirty costs less. "
        f"Hatched: more than {comparison.NOISE}, dirty loses."
    )
    return finish(fig, title)


def sync_cost(data):
    """Cycles of one sync against the number of writes since the last one."""
    titles = {
        "hot": "everything in the first-level cache",
        "cold": "nothing in any cache",
    }
    sweeps = (
        (data.native, LOOKS["dirty"], "dirty (ring of {ring})"),
        (data.ring, ("x", "--", "#555555"), "entry by entry (ring of {ring})"),
    )
    copies = (
        ("full", "full copy of the module", "-."),
        ("rep movsq", "rep movsq, 4 KiB", ":"),
    )
    if not comparison.native_rows(data.native, group="sweep", name="changes"):
        return None
    fig, grid = plt.subplots(1, 2, figsize=(10, 4.2))
    for ax, (cache, title) in zip(grid, titles.items()):
        want = {"group": "sweep", "cache": cache}
        xs, ys = [], []
        for source, look, label in sweeps:
            rows = comparison.native_rows(source, name="changes", **want)
            if not rows:
                continue
            found = [r["over_empty"] for r in rows]
            label = label.format(ring=source["ring"])
            curve(ax, [r["n"] for r in rows], found, look, label, "p10", "p90")
            xs += [r["n"] for r in rows]
            ys += ends(found, "p10", "p90")
        for name, label, dashes in copies:
            found = comparison.native_spread(data.native, name=name, **want)
            if found:
                ys.append(found["median"])
                ax.axhline(ys[-1], linestyle=dashes, color="#000000", label=label)
        axes.apply(ax.xaxis, scales.doubling(xs), "entries written since the last sync")
        # Nothing to sync costs next to nothing: decades would show that alone.
        axes.apply(ax.yaxis, scales.linear(ys), "TSC cycles of one sync")
        ax.set_title(title, fontsize=9)
    title = "One sync (median, p10 to p90 of the rounds)"
    return finish(fig, title, grid[0].get_legend_handles_labels(), 4)


BYTES = "bytes per switch, by policy and workload"
FAULTS = "extra faults"
QUICK = (
    (bytes_per_switch, "quick-bytes-per-switch.svg", BYTES),
    (extra_faults, "quick-extra-faults.svg", FAULTS),
)
FULL = (
    (bytes_per_switch, "bytes-per-switch.svg", BYTES),
    (cost_of_a_write, "cost-of-a-write.svg", "cost of a write against CPUs"),
    (extra_faults, "extra-faults.svg", FAULTS),
    (break_even, "break-even.svg", "break-even map"),
    (sync_cost, "sync-cost.svg", "cost of a sync against the entries written"),
)


def save(fig, path):
    """The same bytes for the same figures: no date, no random ids. Returns them."""
    options = {"format": "svg", "metadata": {"Date": None}, "bbox_inches": "tight"}
    fig.savefig(path + ".new", **options)
    plt.close(fig)
    os.replace(path + ".new", path)
    with open(path, encoding="utf-8") as f:
        return f.read()


def draw(wanted, data, out):
    """Make those that there are figures for; returns what lies beside the page."""
    made = []
    for plot, name, what in wanted:
        fig = plot(data)
        if fig:
            svg = save(fig, os.path.join(out, name))
            made.append(Plot(name, what, svg))
    return made
