# SPDX-License-Identifier: GPL-2.0
"""The plots, as SVG. Each says by marker or hatching what it says by colour."""

import os

os.environ.setdefault("MPLCONFIGDIR", "/tmp/pgdm-matplotlib")

# pylint: disable=wrong-import-position
import matplotlib  # noqa: E402

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402

from . import comparison, measures  # noqa: E402
from .model import Plot  # noqa: E402
from .raw import NATIVE  # noqa: E402

plt.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "pgd-mirror",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.grid": True,
        "grid.color": "#dddddd",
        "axes.axisbelow": True,
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


def look(policy):
    return LOOKS.get(policy, OTHER)


def save(fig, out, name):
    """The same bytes for the same figures: no date, no random ids."""
    path = os.path.join(out, name)
    fig.savefig(path + ".new", format="svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(fig)
    os.replace(path + ".new", path)
    return name


def whiskers(found, low="min", high="max"):
    """Error bars, from the median to both sides."""
    return [[max(0, f["median"] - f[low]) for f in found], [max(0, f[high] - f["median"]) for f in found]]


def dots(ax, settings, nr, found):
    """A marker a policy for one of the settings; found: None where there is none."""
    setting, offset = settings[nr], (nr - (len(settings) - 1) / 2) * 0.8 / max(1, len(settings))
    there = [(y + offset, f) for y, f in enumerate(found) if f]
    ax.errorbar(
        [f["median"] for _, f in there],
        [y for y, _ in there],
        xerr=whiskers([f for _, f in there]),
        fmt=CPU_MARKERS.get(setting.cpus, "v"),
        color="#000000",
        markerfacecolor="#000000" if setting.pti else "#ffffff",
        markersize=4,
        linewidth=0,
        elinewidth=0.8,
        label=setting.label,
    )


def policies_of(settings):
    """All that were run, in the order of the module; not native."""
    names = []
    for setting in settings:
        if setting.run:
            names += [p for p in setting.run.policies if p not in names and p != NATIVE]
    return names


def workloads_of(settings):
    names = []
    for setting in settings:
        if setting.run:
            names += [w for w in setting.run.workloads if w not in names]
    return names


def bytes_per_switch(settings, out, name="bytes-per-switch.svg"):
    """A panel a workload, a row a policy, a marker a number of CPUs."""
    settings = [s for s in settings if s.run]
    policies, workloads = policies_of(settings), workloads_of(settings)
    columns = min(4, len(workloads))
    rows = -(-len(workloads) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(3.1 * columns + 0.6, 0.26 * len(policies) * rows + 1.3 * rows + 0.6), sharey=True, squeeze=False)
    for ax, workload in zip(axes.flat, workloads):
        for nr, setting in enumerate(settings):
            found = [measures.spread_of(setting.run.of(workload, policy), lambda s: measures.per(measures.written(s), s["switches"])) for policy in policies]
            dots(ax, settings, nr, [f if f and f["median"] > 0 else None for f in found])
        ax.set_xscale("log")
        ax.set_title(workload, fontsize=9)
        ax.set_yticks(range(len(policies)), policies)
        ax.set_ylim(len(policies) - 0.5, -0.5)
        ax.tick_params(labelleft=True)
    for ax in axes.flat[len(workloads):]:
        ax.axis("off")
    for ax in axes.flat[max(0, len(workloads) - columns) : len(workloads)]:
        ax.set_xlabel("bytes per switch")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    fig.suptitle("Bytes written into mirrors per switch to a tracked mm (median, least and greatest round)", fontsize=10)
    if len(labels) > 1:
        fig.legend(handles, labels, loc="lower right", ncols=2, fontsize=8)
    fig.tight_layout()
    return save(fig, out, name)


def lines(ax, policy, x, found, low="min", high="max"):
    marker, dashes, color = look(policy)
    ax.errorbar(
        x,
        [f["median"] for f in found],
        yerr=whiskers(found, low, high),
        marker=marker,
        linestyle=dashes,
        color=color,
        markersize=5,
        markerfacecolor="#ffffff" if policy != measures.SUBJECT else color,
        linewidth=1.8 if policy == measures.SUBJECT else 1,
        elinewidth=0.8,
        label=policy,
    )


def cost_of_a_write(settings, native, out, name="cost-of-a-write.svg"):
    """Cycles in the writer, IPIs, and bytes in mirrors, against CPUs."""
    policies = policies_of(settings)
    fig, axes = plt.subplots(1, 3, figsize=(12, 3.9))
    if native:
        for policy in policies:
            rows = comparison.native_rows(native, group="write", name=policy)
            if rows:
                lines(axes[0], policy, [r["n"] for r in rows], [r["over_empty"] for r in rows], "p10", "p90")
    axes[0].set_xlabel("CPUs that have a mirror (simulated by one)")
    axes[0].set_ylabel("TSC cycles to publish one write")
    axes[0].set_yscale("log")
    plain = [s for s in settings if s.run and not s.pti]
    for ax, measure in (
        (axes[1], lambda s: measures.per(s["ipis"], s["publishes"])),
        (axes[2], lambda s: measures.per(measures.written(s), s["publishes"])),
    ):
        for policy in policies:
            found = [(s.cpus, measures.spread_of(s.run.of("churn", policy), measure)) for s in plain]
            found = [(x, f) for x, f in found if f]
            if found:
                lines(ax, policy, [x for x, _ in found], [f for _, f in found])
        ax.set_xlabel("CPUs of the virtual machine (churn, PTI off)")
    axes[1].set_ylabel("CPUs interrupted by the policy per write")
    axes[2].set_ylabel("bytes written into mirrors per write")
    axes[2].set_yscale("log")
    for ax in axes:
        ax.set_xscale("log", base=2)
        ticks = [1, 2, 4, 8] + ([16, 64] if ax is axes[0] else [])
        ax.set_xticks(ticks, ticks)
        ax.minorticks_off()
    axes[0 if native else 2].legend(fontsize=8)
    fig.suptitle("A write to a root, against the number of CPUs (median; bars: p10 to p90, and least to greatest round)", fontsize=10)
    fig.tight_layout()
    return save(fig, out, name)


def extra_faults(settings, out, name="extra-faults.svg"):
    """faults_fixed and the guard's, per added entry."""
    settings = [s for s in settings if s.run and s.run.of("churn", measures.SUBJECT)]
    policies = policies_of(settings)
    fig, axes = plt.subplots(1, 2, figsize=(10.5, 0.42 * len(policies) + 1.6), sharey=True)
    for ax, measure, text in (
        (axes[0], lambda s: measures.per(s["faults_fixed"], s["publishes"] / 2), "faults on an entry that the mirror lacked, per added entry"),
        (axes[1], lambda s: s["livelocks_broken"], "endless faults that the guard had to break"),
    ):
        for nr, setting in enumerate(settings):
            dots(ax, settings, nr, [measures.spread_of(setting.run.of("churn", p), measure) for p in policies])
        ax.set_xlabel(text)
        ax.set_xscale("symlog", linthresh=2 if ax is axes[0] else 1)
        ax.set_xlim(left=-0.1)
    axes[0].set_yticks(range(len(policies)), policies)
    axes[0].set_ylim(len(policies) - 0.5, -0.5)
    axes[1].legend(fontsize=8, loc="upper right")
    fig.suptitle("Extra faults on churn (median, least and greatest round)", fontsize=10)
    fig.tight_layout()
    return save(fig, out, name)


def heat(ax, xs, ys, value, text):
    """Cells: the ratio in words, shaded; a loss is hatched and framed."""
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            found = value(x, y)
            if found is None:
                continue
            ratio, best = found
            lost = ratio > 1.05
            shade = "#ffffff" if ratio > 1 else str(min(0.98, 0.55 + 0.43 * ratio))
            ax.add_patch(Rectangle((i, j), 1, 1, facecolor=shade, edgecolor="#000000" if lost else "#bbbbbb", hatch="////" if lost else None, linewidth=1.4 if lost else 0.5, zorder=2 if lost else 1))
            ax.text(i + 0.5, j + 0.62, text(ratio), ha="center", va="center", fontsize=8, zorder=3, fontweight="bold" if lost else "normal", bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.5} if lost else None)
            ax.text(i + 0.5, j + 0.28, best, ha="center", va="center", fontsize=5.5, zorder=3, bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.3} if lost else None)
    ax.set_xlim(0, len(xs))
    ax.set_ylim(0, len(ys))
    ax.set_xticks([i + 0.5 for i in range(len(xs))], xs)
    ax.set_yticks([j + 0.5 for j in range(len(ys))], ys)
    ax.grid(False)


def short_ratio(ratio):
    if ratio >= 100:
        return f"{ratio:.0f}"
    return f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.3f}"


def break_even(native_map, bytes_map, out, name="break-even.svg"):
    """Two rows of maps: native cycles, and bytes of the virtual machine."""
    panels = [("cycles", rate, native_map[rate]) for rate in sorted(native_map)]
    panels += [("bytes", trips, bytes_map[trips]) for trips in sorted(bytes_map)]
    if not panels:
        return None
    fig, axes = plt.subplots(len(panels), 1, figsize=(8.6, 2.25 * len(panels) + 0.6), squeeze=False)
    for ax, (kind, rate, found) in zip(axes[:, 0], panels):
        xs = sorted({x for x, _ in found})
        ys = sorted({y for _, y in found})
        heat(ax, xs, ys, lambda x, y, found=found: found.get((x, y)), short_ratio)
        times = "once" if rate == 1 else f"{rate} times"
        what = "native cycles per switch, writes included" if kind == "cycles" else "bytes written into mirrors (virtual machine)"
        ax.set_title(f"{what}; each CPU leaves the mm {times} and returns", fontsize=9)
        ax.set_ylabel("CPUs")
        ax.set_xlabel("entries written between two switches")
    fig.suptitle("dirty divided by the best other correct policy (named below).\nLess than 1: dirty costs less. Hatched: more than 1.05, dirty loses.", fontsize=10)
    fig.tight_layout(rect=(0, 0, 1, 1 - 0.2 / fig.get_figheight()))
    return save(fig, out, name)


def sync_cost(native, ring, out, name="sync-cost.svg"):
    """Cycles of one sync against the number of writes since the last one."""
    fig, axes = plt.subplots(1, 2, figsize=(10, 3.8))
    for ax, cache in zip(axes, ("hot", "cold")):
        for rows, label, marker, dashes, color in (
            (comparison.native_rows(native, group="sweep", name="changes", cache=cache), f"dirty (ring of {native['ring']})", "o", "-", "#0050b0"),
            (comparison.native_rows(ring, group="sweep", name="changes", cache=cache) if ring else [], "entry by entry, without end", "x", "--", "#555555"),
        ):
            if rows:
                found = [r["over_empty"] for r in rows]
                ax.errorbar([r["n"] for r in rows], [f["median"] for f in found], yerr=whiskers(found, "p10", "p90"), marker=marker, linestyle=dashes, color=color, markersize=4, linewidth=1.2, elinewidth=0.8, label=label)
        for what, label, dashes in (("full", "full copy of the module", "-."), ("rep movsq", "rep movsq, 4 KiB", ":")):
            rows = comparison.native_rows(native, group="sweep", name=what, cache=cache)
            if rows:
                ax.axhline(rows[0]["over_empty"]["median"], linestyle=dashes, color="#000000", linewidth=1, label=label)
        ax.set_xscale("symlog", linthresh=1, base=2)
        ax.set_xticks([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512], [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
        ax.minorticks_off()
        ax.set_xlim(-0.2, 600)
        ax.set_ylim(bottom=0)
        ax.set_title({"hot": "everything in the first-level cache", "cold": "nothing in any cache"}[cache], fontsize=9)
        ax.set_xlabel("entries written since the last sync")
        ax.set_ylabel("TSC cycles of one sync")
    axes[0].set_ylim(0, 800)
    axes[0].legend(fontsize=8, loc="upper left")
    fig.suptitle("One sync (median, p10 to p90 of the rounds)", fontsize=10)
    fig.tight_layout()
    return save(fig, out, name)


def quick(data, out):
    """The plots of a single machine."""
    name = "quick-bytes-per-switch.svg"
    made = [Plot(bytes_per_switch(data.machines, out, name), "bytes per switch, by policy and workload")]
    if "churn" in data.first.workloads:
        made.append(Plot(extra_faults(data.machines, out, "quick-extra-faults.svg"), "extra faults"))
    return made


def full(data, out):
    """All plots that there are figures for."""
    made = []
    if data.first:
        made.append(Plot(bytes_per_switch(data.machines, out), "bytes per switch, by policy and workload"))
        made.append(Plot(cost_of_a_write(data.machines, data.native, out), "cost of a write against the number of CPUs"))
        made.append(Plot(extra_faults(data.machines, out), "extra faults"))
    name = break_even(comparison.native_maps(data.native), comparison.bytes_maps(data.machines), out)
    if name:
        made.append(Plot(name, "break-even map"))
    if data.native:
        made.append(Plot(sync_cost(data.native, data.ring, out), "cost of a sync against the entries written"))
    return made
