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
    """Measure what was asked for, one thing at a time; `say` hears every row as it comes."""
    begun = time.perf_counter()
    listed = all_cases(settings.cases)
    findings = Findings(machine_facts(), settings.command)
    warm_up()
    findings.evaluate = evaluate_cost.cost_here()
    say(f"evaluate: {findings.evaluate.value:.1f} ns per point, with gradient {findings.evaluate.gradient:.1f} ns")
    findings.runs += run_cases(chosen(listed, settings), settings, say)
    if settings.baseline:
        findings.contests += contests(listed, settings, say)
    if settings.growth:
        measure_growth(findings, settings, say)
    if settings.peers:
        findings.peers += compare_peers(listed, settings, say)
    findings.machine["load_average_at_end"] = load_average()
    findings.seconds = time.perf_counter() - begun
    return report_of(findings)


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


def run_cases(cases: Sequence[Case], settings: BenchSettings, say: Say) -> list[Run]:
    """Fit every case with every seed, the simulated ones too."""
    say(HEADER)
    runs = []
    with TemporaryDirectory() as folder:
        for case in [*cases, *simulated_cases(settings, Path(folder))]:
            for seed in settings.seeds:
                runs.append(run_case(case, seed, settings.fit_options))
                say(row(runs[-1]))
    say(summary(runs))
    return runs


def simulated_cases(settings: BenchSettings, folder: Path) -> Iterator[Case]:
    """Those that were asked for: all of them unless a set or names leave them out."""
    if not settings.simulated or settings.group not in (None, "simulated"):
        return
    for simulation in simulations():
        if not settings.names or simulation.name in settings.names:
            yield make_case(simulation, folder)


def contests(cases: Sequence[Case], settings: BenchSettings, say: Say) -> list[contest.Contest]:
    """The default and the published method, side by side."""
    held = []
    for name, case, iterations in contest.contests(cases, full=settings.full):
        held.append(contest.hold(name, case, iterations))
        say(contest_row(held[-1]))
    return held


def measure_growth(findings: Findings, settings: BenchSettings, say: Say) -> None:
    """All points of all curves."""
    say(HEADER)
    for point in growth.curves(full=settings.full):
        findings.points.append(point)
        say(row(point.run))
    findings.evaluate_by_map += growth.evaluate_by_map(full=settings.full)


def compare_peers(cases: Sequence[Case], settings: BenchSettings, say: Say) -> list[peers.PeerRun]:
    """Other programs on the same cases."""
    compared = []
    for run in peers.compare(cases, say):
        compared.append(run)
        say(peer_row(run))
    return compared
