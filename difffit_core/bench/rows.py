"""The tables of a report as text, for the page and for Markdown alike."""

from collections.abc import Sequence
from statistics import median
from typing import Any

Report = dict[str, Any]
Table = tuple[Sequence[str], list[list[str]]]
MET = {True: "yes", False: "no", None: "–"}


def figure(value: float | None, digits: int) -> str:
    """A number, or a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def goal_rows(report: Report) -> Table:
    """What must be reached, measured, met."""
    return ("goal", "measured", "met"), [[g["goal"], g["measured"], MET[g["met"]]] for g in report["goals"]]


def contest_rows(report: Report) -> Table:
    """The default and the baseline side by side."""
    head = ("case", "atoms", "baseline s", "iterations run", "baseline", "fit s", "fit", "times faster", "in CPU time")
    rows = [
        [
            c["case"],
            figure(c["atoms"], 0),
            figure(c["baseline_seconds"], 0),
            str(c["iterations"]),
            "not judged" if c["baseline"] is None else verdict(c["baseline"]),
            figure(c["fit_seconds"], 2),
            verdict(c["fit"]),
            figure(c["ratio"], 0),
            figure(c["cpu_ratio"], 0),
        ]
        for c in report["contests"]
    ]
    return head, rows


def verdict(judged: Report) -> str:
    """Rank and accuracy of the first true placement."""
    if judged["rank"] is None:
        return "not found"
    return f"rank {judged['rank']}, {judged['rmsd']:.2f} Å"


def peer_rows(report: Report) -> Table:
    """Programs by case."""
    head = ("case", "program", "seconds", "CPU seconds", "MB", "first true rank", "RMSD Å", "places")
    rows = [
        [
            run["case"],
            f"{run['program']} {run['setting']}",
            figure(run["seconds"], 1),
            figure(run["cpu_seconds"], 1),
            figure(run["peak_mb"], 0),
            run["error"] or figure(run["rank"], 0),
            figure(run["rmsd"], 2),
            f"{run['copies']} of {run['of']}",
        ]
        for run in report["peers"]
    ]
    return head, rows


def growth_rows(report: Report) -> Table:
    """Points of all curves."""
    head = ("against", "amount", "seconds", "fit s", "CPU seconds", "MB", "first true rank")
    rows = [
        [
            curve,
            f"{point['amount']}³" if curve == "voxels" else f"{point['amount']:,}",
            figure(point["seconds"], 1),
            figure(point["fit_seconds"], 1),
            figure(point["cpu_seconds"], 1),
            figure(point["peak_mb"], 0),
            point["error"] or figure(point["rank"], 0),
        ]
        for curve, points in report["growth"].items()
        if curve != "evaluate_voxels"
        for point in points
    ]
    return head, rows


def group_rows(report: Report) -> Table:
    """All fits in short: how many passed in each set, how long they took, how far off they were, which did not pass."""
    head = ("set", "passed", "median s", "longest s", "largest RMSD Å", "not passed")
    groups = dict.fromkeys(run["group"] for run in report["cases"])
    rows = []
    for group in groups:
        runs = [run for run in report["cases"] if run["group"] == group]
        seconds = [run["seconds"] for run in runs]
        offsets = [run["rmsd"] for run in runs if run["rmsd"] is not None]
        rows.append(
            [
                group or "–",
                f"{sum(run['passed'] for run in runs)} of {len(runs)}",
                figure(median(seconds), 1),
                figure(max(seconds), 1),
                figure(max(offsets, default=None), 3),
                ", ".join(run["name"] for run in runs if not run["passed"]) or "–",
            ]
        )
    return head, rows


def case_rows(report: Report) -> Table:
    """All fits."""
    head = ("case", "seed", "rank", "RMSD Å", "required", "places", "hits", "confidence", "seconds", "fit s", "CPU s")
    rows = [
        [
            run["name"],
            str(run["seed"]),
            run["error"] or figure(run["rank"], 0),
            figure(run["rmsd"], 3),
            f"{run['required_rmsd']:g}",
            f"{run['copies']} of {run['of']}",
            figure(run["hits"], 0),
            figure(run["confidence"], 3),
            figure(run["seconds"], 1),
            figure(run["fit_seconds"], 1),
            figure(run["cpu_seconds"], 1),
            figure(run["peak_mb"], 0),
            "yes" if run["passed"] else "no",
        ]
        for run in report["cases"]
    ]
    return (*head, "MB", "passed"), rows
