"""The contest with the baseline is fair and says what it scaled."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from difffit_core.bench import contest
from difffit_core.bench.cases import Case, bundled_cases
from difffit_core.bench.contest import ITERATIONS, LARGE, contests, hold, iterations_for, run_baseline
from difffit_core.bench.measure import Cost
from difffit_core.errors import DiffFitError
from tests.bench.reports import a_run


def test_sample_large_structure_and_domain_are_chosen() -> None:
    sample = bundled_cases()
    domain = replace(sample[0], name="domains-X", group="develop")
    chosen = {name: case.name for name, case, _ in contests([*sample, domain], full=False)}
    assert chosen == {
        "paper_sample": "haemoglobin-A",
        "paper_3000_atoms": "haemoglobin-whole",
        "paper_domains": "domains-X",
    }


def test_only_large_structures_are_scaled_in_a_full_run() -> None:
    assert iterations_for(1000, full=True) == ITERATIONS
    assert iterations_for(LARGE, full=True) < ITERATIONS
    assert 4 <= iterations_for(100_000, full=False) < iterations_for(1000, full=False) < ITERATIONS


def fake_contest(monkeypatch: pytest.MonkeyPatch, iterations: int, **changes: Any) -> contest.Contest:
    """A contest whose baseline took 1 s for levels and 0.5 s for each iteration, on two cores."""
    climb = 0.5 * iterations
    answer = {
        "volumes": 4,
        "iterations": iterations,
        "prepare_seconds": 1.0,
        "climb_seconds": climb,
        "cpu_seconds": 2 * (1.0 + climb),
        "map_from_model": [np.eye(3, 4).tolist()],
    }
    monkeypatch.setattr(contest, "run_baseline", lambda *_: (Cost(0, "", 9.0, 9.0, 500.0), answer))
    monkeypatch.setattr(contest, "run_case", lambda *_: a_run(fit_seconds=2.0, cpu_seconds=3.0, **changes))
    return hold("paper_sample", bundled_cases()[0], iterations)


def test_fewer_iterations_are_scaled_and_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    held = fake_contest(monkeypatch, 20)
    assert held.baseline_seconds == pytest.approx(1 + 0.5 * ITERATIONS)
    assert held.baseline_cpu_seconds == pytest.approx(2 * held.baseline_seconds)
    assert held.baseline is None
    assert held.ratio == pytest.approx(held.baseline_seconds / 2)
    assert held.cpu_ratio == pytest.approx(held.baseline_cpu_seconds / 3)


def test_a_whole_baseline_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    held = fake_contest(monkeypatch, ITERATIONS)
    assert held.baseline is not None
    assert held.baseline.rank is None  # it left the structure where it was
    assert held.samples_per_second == pytest.approx(held.atoms * 1000 * 4 / 0.5)


def test_a_failed_fit_ends_the_contest_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DiffFitError, match="no such map"):
        fake_contest(monkeypatch, 20, error="no such map")


def test_the_baseline_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    case = bundled_cases()[0]
    structure = tmp_path / "model.pdb"
    structure.write_bytes(case.structure.read_bytes())
    cost, answer = run_baseline(case, structure, 2, 6)
    assert cost.code == 0
    assert (answer["iterations"], answer["volumes"]) == (2, 4)
    assert np.shape(answer["map_from_model"])[1:] == (3, 4)
    assert answer["climb_seconds"] > 0
    json.dumps(answer)


def test_a_baseline_that_fails_is_a_sentence(tmp_path: Path) -> None:
    case: Case = replace(bundled_cases()[0], map=tmp_path / "missing.mrc")
    with pytest.raises(DiffFitError, match="The baseline failed on haemoglobin-A"):
        run_baseline(case, tmp_path / "missing.pdb", 2, 6)
