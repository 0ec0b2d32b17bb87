"""A goal is met only by what was measured, and says when it was not."""

from typing import Any

import pytest

from difffit_core.bench.goals import goals_of
from difffit_core.bench.growth import Point
from difffit_core.bench.report import Findings, report_of
from tests.bench.reports import MACHINE, a_contest, a_peer_run, a_run, findings


def goal(measured: Findings, words: str) -> Any:
    """The one line that holds these words."""
    lines = [line for line in goals_of(report_of(measured)) if words in line.goal]
    assert len(lines) == 1
    return lines[0]


def test_without_figures_nothing_is_met_and_nothing_is_missed() -> None:
    assert {line.met for line in goals_of(report_of(Findings(dict(MACHINE), ())))} == {None}


def test_the_baseline_goal_needs_the_true_site_first() -> None:
    measured = findings()
    assert goal(measured, "`domains`").met is True
    assert goal(measured, "3000+").met is False  # 50 of the 100 times
    from difffit_core.bench.compare import Verdict

    measured.contests = [a_contest(fit=Verdict(2, 0.1, 1))]
    assert goal(measured, "`domains`").met is False


def test_scaled_baselines_say_so() -> None:
    assert "scaled from 20 iterations" in goal(findings(), "3000+").measured
    assert "all iterations run" in goal(findings(), "`domains`").measured


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({}, True),
        ({"rank": 2, "confidence": 0.5}, False),
        ({"wall_seconds": 11.0}, False),
        ({"rank": None, "rmsd": None, "confidence": 0.999}, False),
    ],
)
def test_the_extended_set_must_be_first_fast_and_honest(changes: dict[str, Any], met: bool) -> None:
    measured = findings()
    measured.runs = [a_run("R", "extended", **changes)]
    assert goal(measured, "17 small").met is met


def test_a_confident_miss_is_named() -> None:
    measured = findings()
    measured.runs = [a_run("R", "extended", rank=None, rmsd=None, confidence=0.995)]
    assert "1 confident misses" in goal(measured, "17 small").measured


@pytest.mark.parametrize(
    ("theirs", "met"),
    [
        (a_peer_run("powerfit", 10.0, rmsd=2.0), True),
        (a_peer_run("powerfit", 5.0, rmsd=2.0), False),  # only 2.5 times
        (a_peer_run("powerfit", 10.0, rmsd=0.05), False),  # more accurate than we are
        (a_peer_run("powerfit", 1.0, rank=None, rmsd=None), True),  # fast, but does not find it
        (a_peer_run("powerfit", 1.0, rank=2), True),
    ],
)
def test_peers_count_when_they_find_the_answer(theirs: Any, met: bool) -> None:
    measured = findings()
    measured.peers = [a_peer_run("difffit", 2.0), theirs]
    assert goal(measured, "domains-X").met is met


def test_growth_goals_look_at_their_point_only() -> None:
    assert goal(findings(), "300,000").met is True
    assert goal(findings(), "512³").met is None


def test_a_fast_fit_of_the_wrong_place_is_not_met() -> None:
    measured = findings()
    measured.points = [Point("atoms", 300_000, a_run("300000 atoms", rank=None, rmsd=None))]
    assert goal(measured, "300,000").met is False


def test_a_failed_point_is_not_met() -> None:
    measured = findings()
    failed = a_run("300000 atoms", error="no memory", rank=None)
    measured.points = [Point("atoms", 300_000, failed)]
    assert goal(measured, "300,000").met is False
    assert goal(measured, "300,000").measured == "no memory"


def test_a_point_that_costs_more_in_large_maps_is_not_flat() -> None:
    measured = findings()
    assert goal(measured, "flat").met is True
    measured.evaluate_by_map[-1]["gradient_cpu"] = 100.0
    assert goal(measured, "flat").met is False


def test_accuracy_names_what_was_not_found() -> None:
    measured = findings()
    measured.runs = [a_run("s", "simulated"), a_run("t", "simulated", passed=False, rmsd=None, rank=None)]
    line = goal(measured, "Simulated")
    assert line.met is False
    assert "not found" in line.measured
