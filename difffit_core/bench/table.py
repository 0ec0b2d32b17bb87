"""The benchmark's rows as text."""

from collections.abc import Sequence
from statistics import median

from difffit_core.bench.runs import Run

HEADER = (
    f"{'case':<26}{'seed':>5}{'rank':>6}{'RMSD Å':>9}{'max':>6}{'copies':>8}{'hits':>6}"
    f"{'wall s':>8}{'fit s':>7}{'CPU s':>7}{'MB':>6}"
)


def number(value: float | None, digits: int) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def row(run: Run) -> str:
    """One run as a line under HEADER."""
    start = f"{run.name:<26}{run.seed:>5}"
    if run.error:
        return f"{start}  FAILED: {run.error}"
    return (
        f"{start}{number(run.rank, 0):>6}{number(run.rmsd, 3):>9}{run.required_rmsd:>6g}"
        f"{f'{run.copies}/{run.of}':>8}{number(run.hits, 0):>6}{run.wall_seconds:>8.1f}"
        f"{number(run.fit_seconds, 1):>7}{number(run.cpu_seconds, 1):>7}{number(run.peak_mb, 0):>6}"
        f"{'' if run.passed else '  NOT OK'}"
    )


def summary(runs: Sequence[Run]) -> str:
    """How many runs passed, and their usual and largest time."""
    passed = sum(run.passed for run in runs)
    seconds = [run.wall_seconds for run in runs]
    return f"{passed} of {len(runs)} ok, median {median(seconds):.1f} s, longest {max(seconds):.1f} s"
