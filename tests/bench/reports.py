"""A small report, made of findings that no machine has measured."""

from typing import Any

from difffit_core.bench.compare import Verdict
from difffit_core.bench.contest import Contest
from difffit_core.bench.evaluate_cost import PointCost
from difffit_core.bench.growth import Point
from difffit_core.bench.peers import PeerRun
from difffit_core.bench.report import Findings, report_of
from difffit_core.bench.runs import Run

MACHINE = {"system": "Linux", "processor": "P & Q", "cores": 2, "python": "3.11", "packages": {"numpy": "2"}}
STAGES = {"read": 0.1, "screen": 0.4, "climb": 0.3, "polish": 0.1, "write": 0.1}


def a_run(name: str = "haemoglobin-A", group: str = "bundled", **changes: Any) -> Run:
    """A run that passed."""
    facts: dict[str, Any] = {
        "name": name,
        "seed": 0,
        "passed": True,
        "error": "",
        "wall_seconds": 2.0,
        "cpu_seconds": 2.5,
        "peak_mb": 210.0,
        "of": 2,
        "required_rmsd": 0.05,
        "group": group,
        "fit_seconds": 1.0,
        "stages": STAGES,
        "rank": 1,
        "rmsd": 0.02,
        "copies": 2,
        "hits": 5,
        "score": 0.5,
        "confidence": 1.0,
    }
    return Run(**{**facts, **changes})


def a_contest(name: str = "paper_domains", **changes: Any) -> Contest:
    """The default 50 times faster than the baseline."""
    facts: dict[str, Any] = {
        "name": name,
        "case": "domains-X",
        "atoms": 1678,
        "iterations": 201,
        "volumes": 4,
        "baseline_seconds": 100.0,
        "baseline_cpu_seconds": 180.0,
        "baseline_peak_mb": 900.0,
        "baseline": Verdict(1, 0.9, 1),
        "samples_per_second": 1e7,
        "fit_seconds": 2.0,
        "fit_process_seconds": 3.0,
        "fit_cpu_seconds": 3.0,
        "fit_peak_mb": 200.0,
        "fit": Verdict(1, 0.1, 1),
    }
    return Contest(**{**facts, **changes})


def a_peer_run(program: str, seconds: float, rank: int | None = 1, rmsd: float | None = 0.1) -> PeerRun:
    """A program on the domain; `seconds` of CPU time."""
    found = Verdict(rank, rmsd, 0 if rank is None else 1)
    return PeerRun("domains-X", program, "10°", seconds / 2, seconds, 100.0, found, 1)


def findings() -> Findings:
    """A bit of everything."""
    return Findings(
        machine=dict(MACHINE),
        command=("difffit", "bench", "--cases", "/home/someone/cases.json"),
        evaluate=PointCost(6.0, 12.0, 11.0, 23.0),
        runs=[a_run(), a_run("simulated-3A", "simulated"), a_run("small|protein", "extended")],
        contests=[a_contest(), a_contest("paper_3000_atoms", iterations=20, baseline=None)],
        points=[Point("atoms", 100, a_run("100 atoms")), Point("atoms", 300_000, a_run("300000 atoms"))],
        evaluate_by_map=[{"amount": edge, "gradient_cpu": 20.0 + edge / 100} for edge in (64, 512)],
        peers=[a_peer_run("difffit", 2.0), a_peer_run("powerfit-em 6", 10.0, rmsd=2.0)],
        seconds=60.0,
        complete=True,
    )


def a_report() -> dict[str, Any]:
    """As `difffit bench --json` writes it."""
    return report_of(findings())
