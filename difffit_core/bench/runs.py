"""One run of a case: scramble, fit in a process of its own, judge."""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from difffit_core.bench.cases import Case
from difffit_core.bench.compare import judge, passes
from difffit_core.bench.measure import Cost, measure
from difffit_core.bench.scramble import random_move, scramble


@dataclass(frozen=True)
class Run:
    """A row of the table; figures are None where the fit failed or the system does not tell."""

    name: str
    seed: int
    passed: bool
    error: str
    wall_seconds: float
    cpu_seconds: float | None
    peak_mb: float | None
    of: int  # true places
    required_rmsd: float  # Å
    group: str = ""
    fit_seconds: float | None = None  # what fits.json says: without the start of the process
    stages: dict[str, float] = field(default_factory=dict)  # seconds: read, screen, climb, polish, write
    rank: int | None = None
    rmsd: float | None = None  # Å
    copies: int = 0
    hits: int | None = None
    score: float | None = None  # correlation about the mean of the first cluster
    confidence: float | None = None


def fit_command(case: Case, structures: Sequence[Path], seed: int, out: Path, extra: Sequence[str]) -> list[str]:
    """The command that a user would type."""
    fixed = ["--resolution", f"{case.resolution:g}", "--seed", str(seed), "-o", str(out), "--quiet"]
    return [str(difffit_script()), "fit", str(case.map), *map(str, structures), *fixed, *case.options, *extra]


def difffit_script() -> Path:
    """The program as it is installed beside this Python."""
    return Path(sys.executable).with_name("difffit" + (".exe" if sys.platform == "win32" else ""))


def run_case(case: Case, seed: int, extra: Sequence[str] = (), more: Sequence[Path] = ()) -> Run:
    """Fit the case from a place that the seed chooses, and compare what was found with the truth.

    `more` structures are fitted by the same command; only the time that they take counts.
    """
    move = random_move(np.random.default_rng([seed, 7919]))
    with tempfile.TemporaryDirectory() as folder:
        structure = Path(folder) / ("model.cif" if ".cif" in case.structure.suffixes else "model.pdb")
        xyz = scramble(case.structure, case.chains, structure, move)
        cost = measure(fit_command(case, (structure, *more), seed, Path(folder) / "out", extra))
        report = Path(folder) / "out" / "fits.json"
        if cost.code or not report.exists():
            return failed_run(case, seed, cost)
        fits = json.loads(report.read_text(encoding="utf-8"))
    clusters = [cluster for cluster in fits["clusters"] if cluster.get("structure", 0) == 0]
    verdict = judge([np.array(cluster["map_from_model"]) for cluster in clusters], case.truth, move, xyz)
    seconds = dict(fits["seconds"])
    return Run(
        **common(case, seed, cost),
        passed=passes(case, verdict),
        error="",
        fit_seconds=seconds.pop("total"),
        stages=seconds,
        rank=verdict.rank,
        rmsd=verdict.rmsd,
        copies=verdict.copies,
        **first_cluster(clusters),
    )


def run_as_dict(run: Run) -> dict[str, Any]:
    """A run as the benchmark's JSON reports it; `seconds` is that of the whole process."""
    facts = asdict(run)
    return {"name": facts.pop("name"), "seconds": facts.pop("wall_seconds"), **facts}


def common(case: Case, seed: int, cost: Cost) -> dict[str, Any]:
    """What is known of every run, failed or not."""
    return {
        "name": case.name,
        "seed": seed,
        "wall_seconds": cost.wall_seconds,
        "cpu_seconds": cost.cpu_seconds,
        "peak_mb": cost.peak_mb,
        "of": len(case.truth),
        "required_rmsd": case.rmsd,
        "group": case.group,
    }


def failed_run(case: Case, seed: int, cost: Cost) -> Run:
    """The row of a fit that came back without a result."""
    error = cost.error.splitlines()[-1] if cost.error else f"exit code {cost.code} and no fits.json"
    return Run(**common(case, seed, cost), passed=False, error=error)


def first_cluster(clusters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Hits, score and confidence of the best cluster; nothing when there is none."""
    if not clusters:
        return {}
    first = clusters[0]
    score = first["scores"]["correlation_about_mean"]
    return {"hits": first["hits"], "score": score, "confidence": first["confidence"]}
