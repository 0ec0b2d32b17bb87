"""Plots of a report as inline SVG, drawn by matplotlib."""

import io
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Report = dict[str, Any]

INK, QUIET, GRID = "#1f2933", "#6b7785", "#e4e8ed"
OURS, OTHERS, WARM = "#1565c0", "#9aa5b1", "#e07b39"
STAGES = {"read": "#b8c4d0", "screen": "#1565c0", "climb": "#4ea1e0", "polish": "#e07b39", "write": "#d9dee4"}
STYLE: Any = {  # of matplotlib's own long list of names
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": QUIET,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "difffit",  # the same report gives the same page
}
UNITS = {"atoms": "atoms", "voxels": "voxels along an edge", "starts": "starts", "structures": "structures"}


def plots_of(report: Report) -> dict[str, str]:
    """Inline SVG by section; sections without figures are left out."""
    import matplotlib

    wanted: dict[str, tuple[Any, Callable[[Report], Figure]]] = {
        "contests": (report["contests"], contest_figure),
        "peers": (report["peers"], peer_figure),
        "growth": ([c for c in report["growth"] if c in UNITS], growth_figure),
        "accuracy": ([r for r in report["cases"] if r["rmsd"] is not None], accuracy_figure),
        "stages": ([r for r in report["cases"] if r["stages"]], stage_figure),
    }
    with matplotlib.rc_context(STYLE):
        return {name: svg(draw(report)) for name, (figures, draw) in wanted.items() if figures}


def svg(figure: "Figure") -> str:
    """A figure as an `<svg>` element that refers to nothing outside of itself."""
    stream = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(stream, format="svg", bbox_inches="tight", metadata=nothing)
    text = stream.getvalue()
    return text[text.index("<svg") :]


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure (inches) without a window or a global state."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def contest_figure(report: Report) -> "Figure":
    """How many times faster than the baseline, by case: on the clock and in CPU time."""
    contests = report["contests"]
    figure = new_figure(9.6, 0.9 + 0.7 * len(contests))
    axes = figure.subplots()
    for k, contest in enumerate(contests):
        bars = [("on the clock", contest["ratio"], OURS), ("in CPU time", contest["cpu_ratio"], OTHERS)]
        for n, (label, ratio, colour) in enumerate(bars):
            if ratio:
                axes.barh(k + 0.2 * (2 * n - 1), ratio, 0.36, color=colour, label=label if k == 0 else None)
                axes.text(ratio, k + 0.2 * (2 * n - 1), f" {ratio:.0f}×", va="center")
    axes.set_yticks(range(len(contests)), [f"{c['case']}\n{c['atoms']:,} atoms" for c in contests])
    axes.invert_yaxis()
    axes.set_xlabel("times faster than the published method in plain torch")
    legend_above(axes)
    axes.grid(axis="y", visible=False)
    return figure


def peer_figure(report: Report) -> "Figure":
    """CPU seconds and accuracy of every program, one panel per case."""
    cases = list(dict.fromkeys(run["case"] for run in report["peers"]))
    figure = new_figure(9.6, 2.9 * math.ceil(len(cases) / 2))
    panels = figure.subplots(math.ceil(len(cases) / 2), 2, squeeze=False).ravel()
    for axes, case in zip(panels, cases, strict=False):
        draw_peers(axes, case, [run for run in report["peers"] if run["case"] == case])
    for axes in panels[len(cases) :]:
        axes.set_axis_off()
    return figure


def draw_peers(axes: "Axes", case: str, runs: Sequence[Report]) -> None:
    """Bars of CPU seconds, with what each program found beside them."""
    seconds = [run["cpu_seconds"] or run["seconds"] for run in runs]
    axes.barh(range(len(runs)), seconds, 0.6, color=[OURS if r["program"] == "difffit" else OTHERS for r in runs])
    for k, (run, time) in enumerate(zip(runs, seconds, strict=True)):
        found = f"{run['rmsd']:.2f} Å, {run['copies']}/{run['of']}" if run["rmsd"] is not None else "not found"
        first = "" if run["rank"] in (1, None) else f", rank {run['rank']}"
        axes.text(time, k, f" {time:.1f} s, {found}{first}", va="center", fontsize=8)
    axes.set_yticks(range(len(runs)), [f"{run['program'].split()[0]} {run['setting']}" for run in runs])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.9 * max(seconds))
    axes.set_title(case)
    axes.set_xlabel("CPU seconds")
    axes.grid(axis="y", visible=False)


def growth_figure(report: Report) -> "Figure":
    """Seconds above, memory below, one column per curve; both axes logarithmic."""
    curves = [curve for curve in UNITS if curve in report["growth"]]
    figure = new_figure(9.6, 4.6)
    rows = figure.subplots(2, len(curves), squeeze=False, sharex="col", sharey="row")
    for column, curve in enumerate(curves):
        points = [point for point in report["growth"][curve] if not point["error"]]
        amounts = [point["amount"] for point in points]
        series(rows[0][column], amounts, [p["seconds"] for p in points], OURS, "whole process")
        series(rows[0][column], amounts, [p["cpu_seconds"] for p in points], OTHERS, "CPU")
        series(rows[1][column], amounts, [p["peak_mb"] for p in points], WARM, "peak")
        rows[0][column].set_title(UNITS[curve])
        if amounts and max(amounts) < 20 * min(amounts):  # too few powers of ten to label
            rows[1][column].set_xticks(amounts, [str(amount) for amount in amounts])
            rows[1][column].xaxis.set_minor_formatter("")
    for row in rows:
        frame_decades(row[0])
    rows[0][0].set_ylabel("seconds")
    rows[0][0].legend(fontsize=8, loc="upper left")
    rows[1][0].set_ylabel("peak memory, MB")
    return figure


def series(axes: "Axes", amounts: Sequence[float], values: Sequence[float | None], colour: str, label: str) -> None:
    """One curve; figures that the system does not tell are left out."""
    there = [(amount, value) for amount, value in zip(amounts, values, strict=True) if value is not None]
    if there:
        axes.loglog([a for a, _ in there], [v for _, v in there], "o-", color=colour, markersize=4, label=label)
    plain_numbers(axes.yaxis)


def frame_decades(axes: "Axes") -> None:
    """Let a logarithmic axis reach from a power of ten to a power of ten, so that it has labels."""
    lowest, highest = axes.get_ylim()
    axes.set_ylim(10 ** math.floor(math.log10(lowest)), 10 ** math.ceil(math.log10(highest)))


def plain_numbers(axis: Any) -> None:
    """Label a logarithmic axis 0.1, 1, 10, 1,000 at its powers of ten."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axis.set_minor_formatter(NullFormatter())


def legend_above(axes: "Axes") -> None:
    """A legend in one line, above the drawing and to the left, where nothing lies under it."""
    count = len(axes.get_legend_handles_labels()[0])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=count, borderaxespad=0.2)


def accuracy_figure(report: Report) -> "Figure":
    """RMSD of the first true placement of every case, and how close it had to come."""
    runs = [run for run in report["cases"] if run["rmsd"] is not None]
    figure = new_figure(9.6, 0.8 + 0.19 * len(runs))
    axes = figure.subplots()
    places = range(len(runs))
    axes.hlines(places, [run["rmsd"] for run in runs], [run["required_rmsd"] for run in runs], color=GRID, linewidth=1)
    axes.plot([run["required_rmsd"] for run in runs], places, "|", color=QUIET, markersize=8, label="required")
    axes.plot([run["rmsd"] for run in runs], places, "o", color=OURS, markersize=5, label="reached")
    axes.set_xscale("log")
    axes.set_xlim(0.001, 10)
    plain_numbers(axes.xaxis)
    label_cases(axes, runs)
    axes.set_xlabel("RMSD to the known place, Å")
    legend_above(axes)
    return figure


def stage_figure(report: Report) -> "Figure":
    """Seconds of every case by stage."""
    runs = [run for run in report["cases"] if run["stages"]]
    figure = new_figure(9.6, 0.8 + 0.19 * len(runs))
    axes = figure.subplots()
    left = [0.0] * len(runs)
    for stage, colour in STAGES.items():
        widths = [run["stages"].get(stage, 0.0) for run in runs]
        axes.barh(range(len(runs)), widths, 0.7, left=left, color=colour, label=stage)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    label_cases(axes, runs)
    axes.set_xlabel("seconds by stage, without the start of the process")
    legend_above(axes)
    return figure


def label_cases(axes: "Axes", runs: Sequence[Report]) -> None:
    """Names of cases down the side, the first on top."""
    axes.set_yticks(range(len(runs)), [run["name"] for run in runs], fontsize=8)
    axes.set_ylim(len(runs) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
