"""The whole benchmark, part by part, on this machine."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from difffit_core.bench import contest, evaluate_cost, growth, peers
from difffit_core.bench.cases import Case, bundled_cases, choose, read_cases
from difffit_core.bench.machine_facts import load_average, machine_facts
from difffit_core.bench.report import Findings, report_of
from difffit_core.bench.runs import Run, run_case
from difffit_core.bench.simulated import make_case, simulations
from difffit_core.bench.table import HEADER, contest_row, peer_row, row, summary
from difffit_core.errors import DiffFitError
from difffit_core.fit.device import warm_up

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class BenchSettings:
    """What to measure."""

    cases: Path | None = None  # a list of further cases
    group: str | None = None  # only cases of this set
    names: tuple[str, ...] = ()  # only these cases
    seeds: tuple[int, ...] = (0,)
    simulated: bool = True
    baseline: bool = True
    growth: bool = True
    peers: bool = False
    full: bool = False  # every iteration of the baseline, the ends of the growth curves
    fit_options: tuple[str, ...] = ()  # further ones for `difffit fit`
    command: tuple[str, ...] = ()  # as it was typed


def run_benchmark(settings: BenchSettings, say: Say) -> dict[str, Any]:
    """Measure what was asked for, one thing at a time; `say` hears every row as it comes.

    Ctrl-C ends it early: the report holds what had been measured, and says that it is not complete.
    """
    begun = time.perf_counter()
    listed = all_cases(settings.cases)
    cases = chosen(listed, settings)
    findings = Findings(machine_facts(), settings.command)
    try:
        measure_all(findings, listed, cases, settings, say)
        findings.complete = True
    except KeyboardInterrupt:
        say("Interrupted; what has been measured is kept.")
    findings.machine["load_average_at_end"] = load_average()
    findings.seconds = time.perf_counter() - begun
    return report_of(findings)


def measure_all(
    findings: Findings, listed: Sequence[Case], cases: Sequence[Case], settings: BenchSettings, say: Say
) -> None:
    """All parts, one after the other; each row is in the findings as soon as it is known."""
    warm_up()
    findings.evaluate = evaluate_cost.cost_here()
    say(f"evaluate: {findings.evaluate.value:.1f} ns per point, with gradient {findings.evaluate.gradient:.1f} ns")
    run_cases(findings.runs, cases, settings, say)
    if settings.baseline:
        hold_contests(findings.contests, listed, settings, say)
    if settings.growth:
        measure_growth(findings, settings, say)
    if settings.peers:
        for run in peers.compare(listed, say):
            findings.peers.append(run)
            say(peer_row(run))


def all_cases(file: Path | None) -> list[Case]:
    """The bundled cases and those of a list, without those that are bundled under the same name."""
    bundled = bundled_cases()
    names = {case.name for case in bundled}
    return [*bundled, *(case for case in (read_cases(file) if file else ()) if case.name not in names)]


def chosen(listed: Sequence[Case], settings: BenchSettings) -> list[Case]:
    """The listed cases that were asked for; DiffFitError when there are none and nothing is simulated either."""
    cases = choose(listed, settings.group, settings.names)
    wanted = {simulation.name for simulation in simulations()} & set(settings.names)
    if not cases and not (settings.simulated and wanted):
        raise DiffFitError("No case has that name or set; look into the list of cases for what there is.")
    return cases


def run_cases(runs: list[Run], cases: Sequence[Case], settings: BenchSettings, say: Say) -> None:
    """Fit every case with every seed, the simulated ones too."""
    say(HEADER)
    with TemporaryDirectory() as folder:
        for case in [*cases, *simulated_cases(settings, Path(folder))]:
            for seed in settings.seeds:
                runs.append(run_case(case, seed, settings.fit_options))
                say(row(runs[-1]))
    say(summary(runs))


def simulated_cases(settings: BenchSettings, folder: Path) -> Iterator[Case]:
    """Those that were asked for: all of them unless a set or names leave them out."""
    if not settings.simulated or settings.group not in (None, "simulated"):
        return
    for simulation in simulations():
        if not settings.names or simulation.name in settings.names:
            yield make_case(simulation, folder)


def hold_contests(held: list[contest.Contest], cases: Sequence[Case], settings: BenchSettings, say: Say) -> None:
    """The default and the published method, side by side."""
    for name, case, iterations in contest.contests(cases, full=settings.full):
        held.append(contest.hold(name, case, iterations))
        say(contest_row(held[-1]))


def measure_growth(findings: Findings, settings: BenchSettings, say: Say) -> None:
    """All points of all curves."""
    say(HEADER)
    for point in growth.curves(full=settings.full):
        findings.points.append(point)
        say(row(point.run))
    findings.evaluate_by_map += growth.evaluate_by_map(full=settings.full)
