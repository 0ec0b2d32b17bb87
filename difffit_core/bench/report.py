"""What a run of the benchmark measured, as the JSON that others read (PRODUCT's contract, and more)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from difffit_core.bench.contest import ITERATIONS, Contest
from difffit_core.bench.evaluate_cost import PointCost
from difffit_core.bench.goals import goals_of
from difffit_core.bench.growth import Point
from difffit_core.bench.peers import PeerRun
from difffit_core.bench.runs import Run, run_as_dict

SCHEMA = "difffit/bench/1"


@dataclass
class Findings:
    """What has been measured so far."""

    machine: dict[str, Any]
    command: Sequence[str]
    evaluate: PointCost | None = None
    runs: list[Run] = field(default_factory=list)
    contests: list[Contest] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    evaluate_by_map: list[dict[str, float]] = field(default_factory=list)
    peers: list[PeerRun] = field(default_factory=list)
    seconds: float = 0.0
    complete: bool = False


def report_of(findings: Findings) -> dict[str, Any]:
    """The content of the JSON file."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "version": version("difffit"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(findings.command),
        "machine": findings.machine,
        "seconds": findings.seconds,
        "complete": findings.complete,
        "evaluate_ns_per_point": asdict(findings.evaluate) if findings.evaluate else {},
        "samples_per_second": samples_per_second(findings.evaluate) if findings.evaluate else {},
        "ratios": {contest.name: contest.ratio for contest in findings.contests},
        "ratios_cpu": {contest.name: contest.cpu_ratio for contest in findings.contests},
        "contests": [contest_as_dict(contest) for contest in findings.contests],
        "success": success(findings.runs),
        "cases": [run_as_dict(run) for run in findings.runs],
        "growth": growth(findings),
        "peers": [peer_as_dict(run) for run in findings.peers],
    }
    return judged(content)


def judged(report: dict[str, Any]) -> dict[str, Any]:
    """The report with the goals that its figures meet or miss."""
    return {**report, "goals": [asdict(goal) for goal in goals_of(report)]}


def samples_per_second(cost: PointCost) -> dict[str, float]:
    """Density samples that `evaluate` takes in a second, on all cores."""
    return {"value": 1e9 / cost.value, "gradient": 1e9 / cost.gradient}


def success(runs: Sequence[Run]) -> dict[str, dict[str, int]]:
    """How many runs of each group passed."""
    counted: dict[str, dict[str, int]] = defaultdict(lambda: {"passed": 0, "of": 0})
    for run in runs:
        counted[run.group]["passed"] += run.passed
        counted[run.group]["of"] += 1
    return dict(counted)


def contest_as_dict(contest: Contest) -> dict[str, Any]:
    """Both sides, the ratios, and whether the baseline's time was scaled from fewer iterations."""
    return {
        **asdict(contest),
        "scaled": contest.iterations != ITERATIONS,
        "ratio": contest.ratio,
        "cpu_ratio": contest.cpu_ratio,
    }


def growth(findings: Findings) -> dict[str, list[dict[str, Any]]]:
    """Points by curve, smallest amount first, and what a point of `evaluate` costs in maps of growing size."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for point in findings.points:
        found[point.curve].append({"amount": point.amount, **run_as_dict(point.run)})
    if findings.evaluate_by_map:
        found["evaluate_voxels"] = list(findings.evaluate_by_map)
    return dict(found)


def peer_as_dict(run: PeerRun) -> dict[str, Any]:
    """A program on a case, in one level."""
    facts = asdict(run)
    return {**facts.pop("verdict"), **facts}
