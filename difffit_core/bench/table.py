"""The benchmark's rows as text."""

from collections.abc import Sequence
from statistics import median

from difffit_core.bench.contest import Contest
from difffit_core.bench.peers import PeerRun
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


def contest_row(contest: Contest) -> str:
    """The default against the published method, as a line."""
    return (
        f"{contest.name:<18} {contest.case}: {contest.fit_seconds:.1f} s against {contest.baseline_seconds:.0f} s"
        f" ({contest.iterations} iterations run): {contest.ratio:.0f} times faster,"
        f" {number(contest.cpu_ratio, 0)} times less CPU time"
    )


def peer_row(run: PeerRun) -> str:
    """A program on a case, as a line."""
    start = f"{run.case:<26}{run.program + ' ' + run.setting:<26}"
    if run.error:
        return f"{start}FAILED: {run.error}"
    found = f"rank {number(run.verdict.rank, 0)}, {number(run.verdict.rmsd, 2)} Å, {run.verdict.copies}/{run.of} places"
    return f"{start}{run.seconds:.1f} s ({number(run.cpu_seconds, 1)} s of CPU), {found}"
