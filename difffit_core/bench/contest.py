"""Side by side in one run: `difffit fit` with its defaults and the published method in plain torch."""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from difffit_core.bench.cases import Case
from difffit_core.bench.compare import Verdict, judge
from difffit_core.bench.measure import Cost, measure
from difffit_core.bench.runs import Run, run_case
from difffit_core.bench.scramble import random_move, scramble
from difffit_core.data.contour import suggested_level
from difffit_core.errors import DiffFitError
from difffit_core.files.map_files import read_volume
from difffit_core.files.structure_files import read_structure

ITERATIONS, STARTS = 201, 1000
SMOOTHED_LEVELS = 3  # the published default and that of the preset `paper`: four volumes with the filtered map
LARGE = 3000  # atoms: from here on the baseline takes many minutes
REPEATS = 3  # runs of the default, of which the median counts


@dataclass(frozen=True)
class Contest:
    """One case, both ways. The baseline's seconds are those for all iterations, measured or scaled."""

    name: str  # of the ratio, for example paper_sample
    case: str
    atoms: int
    iterations: int  # of the baseline that were run; fewer than 201: its time was scaled
    volumes: int  # that the baseline samples
    baseline_seconds: float  # levels and climb; files were read before
    baseline_cpu_seconds: float  # of the same
    baseline_peak_mb: float | None
    baseline: Verdict | None  # None where not all iterations were run
    samples_per_second: float  # of the baseline: atoms × poses × volumes × iterations
    fit_seconds: float  # files read and written included; median of the repeats
    fit_process_seconds: float  # with the start of the process
    fit_cpu_seconds: float | None  # of the whole process
    fit_peak_mb: float | None
    fit: Verdict

    @property
    def ratio(self) -> float:
        """How many times faster the default is, on the clock."""
        return self.baseline_seconds / self.fit_seconds

    @property
    def cpu_ratio(self) -> float | None:
        """How many times less CPU time, the start of our process included: a busy machine disturbs it little."""
        return self.baseline_cpu_seconds / self.fit_cpu_seconds if self.fit_cpu_seconds else None


def contests(cases: Sequence[Case], *, full: bool) -> list[tuple[str, Case, int]]:
    """Name, case and iterations of the baseline: a sample, a large structure, and `domains` when it is listed."""
    sizes = {case.name: len(read_structure(case.structure, chains=case.chains or None)) for case in cases}
    bundled = [case for case in cases if case.group == "bundled"]
    chosen = {
        "paper_sample": next((case for case in bundled if sizes[case.name] < LARGE), None),
        "paper_3000_atoms": next((case for case in bundled if sizes[case.name] >= LARGE), None),
        "paper_domains": next((case for case in reversed(cases) if case.name.startswith("domains")), None),
    }
    return [
        (name, case, iterations_for(sizes[case.name], full=full)) for name, case in chosen.items() if case is not None
    ]


def iterations_for(atoms: int, *, full: bool) -> int:
    """How many iterations of the baseline to run: all of them takes minutes, and each takes as long as the next."""
    if full:
        return ITERATIONS if atoms < LARGE else 20
    return max(4, 20_000 // atoms)


def hold(name: str, case: Case, iterations: int, starts: int = STARTS) -> Contest:
    """Run both on one case, the default before and after the baseline."""
    runs = [run_case(case, 0)]
    with tempfile.TemporaryDirectory() as folder:
        move = random_move(np.random.default_rng([0, 7919]))
        structure = Path(folder) / "model.pdb"
        xyz = scramble(case.structure, case.chains, structure, move)
        cost, answer = run_baseline(case, structure, iterations, starts)
    runs += [run_case(case, 0) for _ in range(REPEATS - 1)]
    if failed := next((run.error for run in runs if run.error), None):
        raise DiffFitError(f"The fit of {case.name} failed: {failed}")
    scale = ITERATIONS / answer["iterations"]
    placements = [np.array(matrix) for matrix in answer["map_from_model"]]
    return Contest(
        name=name,
        case=case.name,
        atoms=len(xyz),
        iterations=answer["iterations"],
        volumes=answer["volumes"],
        baseline_seconds=answer["prepare_seconds"] + scale * answer["climb_seconds"],
        baseline_cpu_seconds=scaled_cpu_seconds(answer, scale),
        baseline_peak_mb=cost.peak_mb,
        baseline=judge(placements, case.truth, move, xyz) if scale == 1 else None,
        samples_per_second=len(xyz) * starts * answer["volumes"] * answer["iterations"] / answer["climb_seconds"],
        **our_side(runs),
    )


def run_baseline(case: Case, structure: Path, iterations: int, starts: int) -> tuple[Cost, dict[str, Any]]:
    """The baseline in a process of its own: what the process took, and what it answered."""
    level = case.level if case.level is not None else suggested_level(read_volume(case.map))
    answer = structure.with_name("baseline.json")
    arguments = [str(case.map), str(structure), repr(level), repr(case.resolution), "--iterations", str(iterations)]
    arguments += ["--starts", str(starts), "--smoothed-levels", str(SMOOTHED_LEVELS), "--json", str(answer)]
    cost = measure([sys.executable, "-m", "difffit_core.bench.paper_baseline", *arguments])
    if cost.code:
        reason = cost.error.splitlines()[-1] if cost.error else f"exit code {cost.code}"
        raise DiffFitError(f"The baseline failed on {case.name}: {reason}")
    return cost, json.loads(answer.read_text(encoding="utf-8"))


def scaled_cpu_seconds(answer: dict[str, Any], scale: float) -> float:
    """CPU seconds for all iterations; the levels are made once, with the same share of the cores as the climb."""
    prepare, climb = answer["prepare_seconds"], answer["climb_seconds"]
    return float(answer["cpu_seconds"]) * (prepare + scale * climb) / (prepare + climb)


def our_side(runs: Sequence[Run]) -> dict[str, Any]:
    """The default's figures: medians over the runs, which all give the same placements."""
    cpu = [run.cpu_seconds for run in runs if run.cpu_seconds is not None]
    peak = [run.peak_mb for run in runs if run.peak_mb is not None]
    return {
        "fit_seconds": median(run.fit_seconds for run in runs if run.fit_seconds is not None),
        "fit_process_seconds": median(run.wall_seconds for run in runs),
        "fit_cpu_seconds": median(cpu) if cpu else None,
        "fit_peak_mb": max(peak) if peak else None,
        "fit": Verdict(runs[0].rank, runs[0].rmsd, runs[0].copies),
    }
